"""Fixtures for tests of the portal."""

from tests.certificates.scene import scene
from tests.portal.scene import gate

__all__ = ["gate", "scene"]
