"""Pure decisions of deals: who may do what when, which customers are one, and the dates that follow."""
