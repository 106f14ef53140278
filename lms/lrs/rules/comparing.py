"""Whether two statements say the same: what stores set and what lives elsewhere has no part in it."""

import hashlib
from collections.abc import Callable, Mapping
from typing import Any, Final

import msgspec

from lms.lrs.formats.words import coarse_duration

# xAPI 1.0.3, Data 2.3.1: what stores set, and what is no part of a statement's meaning.
_NOT_CONTENT: Final = frozenset({"id", "stored", "authority", "version", "timestamp", "attachments"})


def digest(given: Mapping[str, Any]) -> bytes:
    """Return a digest of what makes a statement what it is, whatever order it was written in."""
    return digest_of(msgspec.json.encode(content(given), order="deterministic"))


def digest_of(written: bytes) -> bytes:
    """Return the digest of what makes a statement what it is, written in its one order."""
    return hashlib.blake2b(written, digest_size=16).digest()


def content(given: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what makes a statement what it is.

    Definitions live with the activity, members stand in any order, one context activity is a list of one, and of a
    duration no more counts than hundredths of a second.
    """
    kept = {name: value for name, value in given.items() if name not in _NOT_CONTENT}
    for name, change in _CHANGES.items():
        if name in kept:
            kept[name] = change(kept[name])
    return kept


def actor(given: Any) -> Any:
    """Return somebody, the members of a group in one order."""
    if "member" not in given:
        return given
    return {
        **given,
        "member": sorted(given["member"], key=lambda one: msgspec.json.encode(one, order="deterministic")),
    }


def _target(given: Any) -> Any:
    kind = given.get("objectType", "Activity")
    if kind == "Activity":
        return activity(given)
    return content(given) if kind == "SubStatement" else actor(given)


def activity(given: Any) -> Any:
    """Return an activity: its definition lives elsewhere."""
    return {"id": given["id"]}


def result(given: Any) -> Any:
    """Return what came of it, its duration no finer than counts."""
    return {**given, "duration": coarse_duration(given["duration"])} if "duration" in given else given


def _context(given: Any) -> Any:
    kept = {name: actor(value) if name in {"team", "instructor"} else value for name, value in given.items()}
    if "contextActivities" in given:
        kept["contextActivities"] = context_activities(given["contextActivities"])
    return kept


def context_activities(given: Any) -> Any:
    """Return what it was part of: each a list."""
    return {
        name: [activity(one) for one in (value if isinstance(value, list) else [value])]
        for name, value in given.items()
    }


_CHANGES: Final[Mapping[str, Callable[[Any], Any]]] = {
    "actor": actor,
    "object": _target,
    "result": result,
    "context": _context,
}
