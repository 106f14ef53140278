"""Every SELECT of the record store."""
