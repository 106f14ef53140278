"""Courses: authoring, publishing, learning."""
