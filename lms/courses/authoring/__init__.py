"""Writing courses: drafts, imports, published versions."""
