"""Every SELECT of deals."""
