"""A person's data: the registry by which every feature exports and erases what it holds of someone."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol
from uuid import UUID

from flask import Flask, current_app


class PersonalData(Protocol):
    """What one feature holds of people."""

    name: str
    """The feature's name, a key of the export."""

    def export(self, person_id: UUID) -> Mapping[str, Any]:
        """Return everything held of the person, as JSON values."""

    def erase(self, person_id: UUID) -> None:
        """Delete what may be deleted and pseudonymise what law or proof must keep."""


def install(app: Flask, holders: Sequence[PersonalData]) -> None:
    """Give the application its holders; erasure runs in this order, lowest feature last."""
    names = [holder.name for holder in holders]
    if len(set(names)) != len(names):
        raise ValueError("two features export under one name")
    app.extensions["lms.privacy"] = tuple(holders)


def _holders() -> tuple[PersonalData, ...]:
    found: tuple[PersonalData, ...] = current_app.extensions["lms.privacy"]
    return found


def export(person_id: UUID) -> dict[str, Any]:
    """Return all that is held of a person, by feature."""
    return {holder.name: dict(holder.export(person_id)) for holder in _holders()}


def erase(person_id: UUID) -> None:
    """Erase a person everywhere, in the current transaction: all features or none."""
    for holder in _holders():
        holder.erase(person_id)
