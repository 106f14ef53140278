"""The demo's world: an invented maker with its partners, people, courses and deals, kept as data files."""
