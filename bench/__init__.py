"""The figures that the issues name, measured: `make bench`, `make bench ONLY=pattern`."""
