"""Who may speak to the record store for a while without a key of its own: the sessions of launched packages."""

from collections.abc import Sequence
from typing import Protocol

from flask import Flask, current_app

from lms.lrs.values import Accepted, Credential, DocumentKey


class Guard(Protocol):
    """What one session may do. Each check raises Forbidden with its reason."""

    @property
    def credential(self) -> Credential:
        """Return whose authority its statements have, and what it may do at all."""

    @property
    def mine(self) -> bytes:
        """Return the term of the statements that it may read."""

    @property
    def own_activities(self) -> frozenset[str]:
        """Return the activities under this portal's address that it may speak of."""

    def admit(self, statements: Sequence[Accepted], *, is_named: bool) -> None:
        """Take statements that are about to be stored, in the transaction that stores them.

        `is_named` says that the address named the one there is.
        """

    def settle(self) -> None:
        """Do what follows from them, once they are stored."""

    def check_reading(self) -> None:
        """Check that it may read at all."""

    def check_document(self, method: str, key: DocumentKey, content_type: str, content: bytes) -> None:
        """Check that it may read or write a document."""

    def check_agent(self, digest: bytes) -> None:
        """Check that it may ask about somebody."""


class Launches(Protocol):
    """A feature whose sessions speak to the store."""

    def find(self, key: str, secret: str) -> Guard | None:
        """Return what a session may do; None if this is none of its sessions, or not its secret."""


def install(app: Flask, offered: Sequence[Launches]) -> None:
    """Give the application those who launch."""
    app.extensions["lms.lrs.launches"] = tuple(offered)


def find_guard(key: str, secret: str) -> Guard | None:
    """Return what the session of this key may do, None without one."""
    offered: Sequence[Launches] = current_app.extensions["lms.lrs.launches"]
    return next((guard for one in offered if (guard := one.find(key, secret)) is not None), None)
