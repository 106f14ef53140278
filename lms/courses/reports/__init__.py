"""Reports: what was learned, as those read it whom it concerns."""
