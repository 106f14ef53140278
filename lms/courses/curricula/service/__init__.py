"""Every write of curricula: an author's, a learner's, and the completion of a path."""
