"""A person as statements name them, and what is put in their place once they are erased."""

import hashlib
from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

import msgspec

from lms.lrs.rules.showing import IDENTIFIERS
from lms.lrs.rules.terms import word_of

NOBODY: Final = "urn:guildhall:erased"


def identifiers_of(email: str, person_id: UUID, *, home_page: str) -> list[Mapping[str, Any]]:
    """Return every identifier that may mean a person: their address, its hash, their account here."""
    found: list[Mapping[str, Any]] = [{"account": {"homePage": home_page, "name": str(person_id)}}]
    if email:
        mbox = f"mailto:{email}"
        # What the standard wants of an address that shall not be read.
        sha1 = hashlib.sha1(mbox.encode(), usedforsecurity=False).hexdigest()
        found += [{"mbox": mbox}, {"mbox_sha1sum": sha1}]
    return found


def pseudonym(chosen: UUID) -> Mapping[str, Any]:
    """Return the identifier that stands for somebody who was erased."""
    return {"account": {"homePage": NOBODY, "name": str(chosen)}}


def without(raw: bytes, pseudonyms: Mapping[str, Mapping[str, Any]]) -> bytes:
    """Return a statement in which a pseudonym stands wherever one of these identifiers (as words) stood."""
    return msgspec.json.encode(_cleaned(msgspec.json.decode(raw), pseudonyms))


def _cleaned(value: Any, pseudonyms: Mapping[str, Mapping[str, Any]]) -> Any:
    if isinstance(value, list):
        return [_cleaned(one, pseudonyms) for one in value]
    if not isinstance(value, dict):
        return value
    held = {name: value[name] for name in IDENTIFIERS if name in value}
    instead = pseudonyms.get(word_of(held)) if held else None
    if instead is not None:
        kept = {name: one for name, one in value.items() if name not in {*IDENTIFIERS, "name"}}
        return {**kept, **instead}
    return {name: _cleaned(one, pseudonyms) for name, one in value.items()}
