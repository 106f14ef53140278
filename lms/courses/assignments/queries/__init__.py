"""Every SELECT of assignments: drafts and what was handed in, and the marking queue."""
