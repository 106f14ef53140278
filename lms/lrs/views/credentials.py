"""Pages for the keys of sources: the list, a new one, and one that holds no longer."""
