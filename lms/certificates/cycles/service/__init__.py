"""Every write of cycles: defining what can be held, and bringing people to it."""
