"""What packages decide, pure: one module for each standard."""
