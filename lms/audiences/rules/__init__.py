"""Pure decisions about audiences: who is meant, which rest on which, and how a rule is said."""
