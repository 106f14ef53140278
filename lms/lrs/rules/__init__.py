"""What makes a statement good, what it is found by, and how it is shown: pure decisions over bytes."""
