"""Fixtures for tests of the portal."""

from tests.certificates.scene import scene
from tests.portal.dealing import dealing
from tests.portal.scene import gate

__all__ = ["dealing", "gate", "scene"]
