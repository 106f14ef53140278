"""Fixtures for tests with suites of others."""

from tests.certificates.scene import scene

__all__ = ["scene"]
