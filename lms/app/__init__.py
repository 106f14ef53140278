"""The app floor: the only one that sees everything, and where it is put together."""
