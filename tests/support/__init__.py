"""The machinery of the tests: real servers and a real browser, started on demand and never left behind."""
