"""Fixtures of identity's tests."""

import pytest
from argon2 import PasswordHasher

from lms.identity.service import passwords


@pytest.fixture(autouse=True)
def _cheap_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hash cheaply: what is proved here is who gets in, not how long a thief would have to work."""
    cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(passwords, "_hasher", cheap)
    monkeypatch.setattr(passwords, "_NO_ONES_HASH", passwords.no_ones_hash())
