"""Every SELECT of curricula."""
