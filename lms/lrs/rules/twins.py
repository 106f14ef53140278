"""One key twice in one object, which decoders pass over in silence: readers of the raw JSON would disagree on it."""

import json
import re
from typing import Any, Final

import msgspec

from lms.lrs.errors import Refused

# Where the count of keys by their colons would be wrong: a space before one, or a quote or colon written as its number.
_SPACED: Final = re.compile(rb'"[ \t\r\n]+:')
_DISGUISED: Final = re.compile(rb"\\u00(?:22|3[aA])")


def may_be_spaced(raw: bytes) -> bool:
    """Return whether a key may have a space before its colon."""
    # Most JSON has none of these, and that is told sooner than the expression looks.
    is_possible = b'" ' in raw or b"\t" in raw or b"\n" in raw or b"\r" in raw
    return is_possible and _SPACED.search(raw) is not None


def refuse(raw: bytes, given: Any) -> None:
    """Refuse JSON that has a key twice in one object; `given` is what a decoder made of it.

    Written again without its twins it has fewer keys, so fewer quotes with a colon behind them: those within texts
    are as many as before. Only where they differ, or may mislead, is it read again key by key.
    """
    if (
        raw.count(b'":') == msgspec.json.encode(given).count(b'":')
        and not may_be_spaced(raw)
        and not (b"\\u00" in raw and _DISGUISED.search(raw))
    ):
        return
    json.loads(raw, object_pairs_hook=_unique)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _value in pairs]
        twin = next(name for name in names if names.count(name) > 1)
        raise Refused(f"the key {twin!r} stands twice in one object")
    return found
