"""Marking by hand: answers that wait for a person, and what was decided of them."""
