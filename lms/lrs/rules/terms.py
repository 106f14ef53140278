"""What statements are found by: each a digest of its kind and value, so that indexes hold numbers and no names."""

import hashlib
import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

from msgspec import UNSET

from lms.lrs.formats.shapes import Actor

# A related term is of what stands beside actor, verb and object. What earlier releases stored is filed under those of
# its actor and object too.
AGENT = b"a"
RELATED_AGENT = b"A"
ACTIVITY = b"o"
RELATED_ACTIVITY = b"O"
VERB = b"v"
REGISTRATION = b"r"
SOURCE = b"c"


_SHORT: Final = 300
_REMEMBERED: Final = 10_000


def digest(kind: bytes, value: str) -> bytes:
    """Return the term of one value."""
    return _kept(kind, value) if len(value) <= _SHORT else _digest(kind, value)


def _digest(kind: bytes, value: str) -> bytes:
    return hashlib.blake2b(kind + value.encode(), digest_size=16).digest()


_kept = lru_cache(_REMEMBERED)(_digest)


def anywhere(related: bytes, value: str) -> tuple[bytes, ...]:
    """Return the terms of which one finds a value wherever it stands: as what a statement is about, or beside that."""
    direct = AGENT if related == RELATED_AGENT else ACTIVITY
    return digest(direct, value), digest(related, value)


def registration(value: UUID | str) -> bytes:
    """Return the term of a registration, written with hyphens if it is a text."""
    return digest(REGISTRATION, str(value).lower())


def source(credential_id: UUID) -> bytes:
    """Return the term of what one credential brought."""
    return digest(SOURCE, str(credential_id))


def identifier(actor: Actor) -> Mapping[str, Any] | None:
    """Return what tells somebody from everybody else; None for an anonymous group."""
    if actor.mbox is not UNSET:
        return {"mbox": actor.mbox}
    if actor.mbox_sha1sum is not UNSET:
        return {"mbox_sha1sum": actor.mbox_sha1sum}
    if actor.openid is not UNSET:
        return {"openid": actor.openid}
    if actor.account is not UNSET:
        return {"account": {"homePage": actor.account.home_page, "name": actor.account.name}}
    return None


def word_of(found: Mapping[str, Any]) -> str:
    """Return an identifier as one text, for digests."""
    return _encoder.encode(found)


_encoder: Final = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def agent_digest(actor: Actor) -> bytes | None:
    """Return the key of somebody's documents and names; None for an anonymous group."""
    found = identifier(actor)
    return digest(b"", word_of(found)) if found is not None else None
