"""Figures of the record store: how fast statements come in and are found, and what they take to keep."""
