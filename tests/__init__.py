"""The tests mirror lms/; architecture, browser and faults stand beside them."""
