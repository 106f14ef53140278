"""What verbs and activities are called in statements, as somebody may type it; pure."""

import hashlib
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from lms.kernel.folding import folded
from lms.kernel.lines import cleaned
from lms.lrs.rules import filing
from lms.lrs.values import NamedKind

LONGEST: Final = 200
_PARTS: Final = re.compile(r"[/#]")


class Name(NamedTuple):
    """A name of a verb or an activity, and how it is compared."""

    kind: NamedKind
    iri: str
    name: str

    @property
    def compared(self) -> bytes:
        """Return what is compared, as bytes: they are in one order in every database."""
        return compared(self.name)

    @property
    def digest(self) -> bytes:
        """Return what tells it from every other."""
        words = f"{self.kind}\0{self.iri}\0{folded(self.name)}"
        return hashlib.blake2b(words.encode(), digest_size=16).digest()


def compared(words: str) -> bytes:
    """Return words as they are compared."""
    return folded(words).encode()


def names_in(given: Mapping[str, Any]) -> Iterator[Name]:
    """Yield what a statement calls its verb and activities; a verb is also called as its address ends."""
    verb = given["verb"]
    iri = verb["id"]
    last = [one for one in _PARTS.split(iri) if one][-1]
    for name in (*verb.get("display", {}).values(), last):
        yield from _name(NamedKind.VERB, iri, name)
    for activity in filing.raw_activities(given):
        for name in activity.get("definition", {}).get("name", {}).values():
            yield from _name(NamedKind.ACTIVITY, activity["id"], name)


def _name(kind: NamedKind, iri: str, name: str) -> Iterator[Name]:
    kept = cleaned(name[: 2 * LONGEST])[:LONGEST]
    if kept:
        yield Name(kind, iri, kept)
