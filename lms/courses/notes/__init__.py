"""What learners write beside a lesson, and which they mark to find again: theirs alone."""
