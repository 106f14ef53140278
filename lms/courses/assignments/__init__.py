"""Assignments: what is handed in, and the queue in which people mark it."""
