"""Fixtures for all tests."""

pytest_plugins = ("tests.support.plugin", "tests.support.portal")
