"""Attempts: taking a quiz, answer by answer, and what it earned."""
