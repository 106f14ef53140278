"""What was wrong with what a form sent, carried to the page that is shown next, once."""

from collections.abc import Mapping
from typing import Final
from uuid import UUID

from flask import session

_KEY: Final = "complaints"


def keep(subject_id: UUID, fields: Mapping[str, str]) -> None:
    """Keep what is wrong with each field of a form about a subject."""
    session[_KEY] = {"of": str(subject_id), "fields": dict(fields)}


def take(subject_id: UUID) -> Mapping[str, str]:
    """Return what is wrong with each field, and forget it; nothing if it was about another subject."""
    if session.get(_KEY, {}).get("of") != str(subject_id):
        return {}
    found: dict[str, str] = session.pop(_KEY)["fields"]
    return found
