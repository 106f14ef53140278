"""Tables of documents."""
