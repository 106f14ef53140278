"""What documents write, set and keep."""
