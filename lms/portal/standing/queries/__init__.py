"""Every SELECT of standing."""
