"""Curricula: courses in order, with prerequisites and choices, and what counts for what."""
