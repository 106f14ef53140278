"""Every SELECT of audiences, and rules as database filters."""
