"""Whether two statements say the same: what stores set and what lives elsewhere has no part in it."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any, Final

from lms.lrs.formats.words import coarse_duration

# xAPI 1.0.3, Data 2.3.1: what stores set, and what is no part of a statement's meaning.
_NOT_CONTENT: Final = frozenset({"id", "stored", "authority", "version", "timestamp", "attachments"})


def digest(given: Mapping[str, Any]) -> bytes:
    """Return a digest of what makes a statement what it is, whatever order it was written in."""
    written = json.dumps(content(given), sort_keys=True, separators=(",", ":"))
    return hashlib.blake2b(written.encode(), digest_size=16).digest()


def content(given: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what makes a statement what it is."""
    return {name: _settled(value) for name, value in given.items() if name not in _NOT_CONTENT}


def _settled(value: Any) -> Any:
    """Return a value without what may differ.

    Definitions live with the activity, members stand in any order, and of a duration no more counts than hundredths
    of a second.
    """
    if isinstance(value, list):
        return [_settled(one) for one in value]
    if not isinstance(value, dict):
        return value
    settled = {name: _settled(one) for name, one in value.items()}
    if settled.get("objectType", "Activity") == "Activity" and "id" in settled:
        settled.pop("definition", None)
    if isinstance(settled.get("member"), list):
        settled["member"] = sorted(settled["member"], key=lambda one: json.dumps(one, sort_keys=True))
    if isinstance(settled.get("duration"), str):
        settled["duration"] = coarse_duration(settled["duration"])
    return settled
