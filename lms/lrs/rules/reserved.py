"""The ids of activities that are the portal's own: who else may speak of them, and whose words on them count; pure."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

import msgspec
from msgspec.structs import replace

from lms.kernel.errors import Forbidden
from lms.lrs.rules import filing, terms
from lms.lrs.values import Accepted

PLACES: Final = ("/xapi/activities/", "/cmi5/")
"""Under this installation's address: what the portal tells of, and what launches of cmi5 are about."""
_ESCAPES: Final = (b"\\/", b"\\u")
"""By which an address may be written in JSON so that its bytes do not show it."""


def named(raw: bytes, *, home_page: str) -> frozenset[str]:
    """Return which ids of ours a statement that keeps every rule names, as an object or beside it."""
    ours = tuple(f"{home_page}{place}" for place in PLACES)
    if not any(one.encode() in raw for one in ours) and not any(one in raw for one in _ESCAPES):
        return frozenset()
    found = _ids(msgspec.json.decode(raw))
    return frozenset(one for one in found if one.startswith(ours))


def _ids(given: Mapping[str, Any]) -> Iterator[str]:
    for one in filing.raw_activities(given):
        yield one["id"]


def check(statements: Iterable[Accepted], allowed: Collection[str], *, home_page: str) -> Sequence[Accepted]:
    """Return statements of somebody outside, whose words on what is ours are left aside.

    Forbidden if one names an activity of ours but those it is `allowed`: what the launch is about.
    """
    found = []
    for one in statements:
        ids = named(one.raw, home_page=home_page)
        if ids - set(allowed):
            raise Forbidden(f"Only this portal speaks of {min(ids - set(allowed))}.")
        ours = {terms.digest(b"", iri) for iri in ids}
        told = (
            [activity for activity in one.activities if activity.digest not in ours]
            if ours
            else one.activities
        )
        found.append(replace(one, activities=told) if ours else one)
    return found
