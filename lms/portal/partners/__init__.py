"""Partners: the commercial record of each, and the tree as one may see it."""
