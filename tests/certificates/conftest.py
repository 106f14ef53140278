"""Fixtures for tests of certificates."""

from tests.certificates.scene import scene

__all__ = ["scene"]
