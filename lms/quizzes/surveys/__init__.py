"""Surveys: what people said, counted without anything that leads back to who said it."""
