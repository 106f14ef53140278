"""What the home page and the search show."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from lms.web.words import lazy as _l


class PartOfDay(StrEnum):
    """When it is where the reader is."""

    MORNING = "morning"
    AFTERNOON = "afternoon"
    EVENING = "evening"


@dataclass(frozen=True, slots=True)
class Found:
    """One thing found."""

    label: str
    detail: str
    url: str
    icon: str


@dataclass(frozen=True, slots=True)
class Group:
    """What was found of one kind."""

    title: str
    found: tuple[Found, ...]


KINDS: Mapping[str, tuple[str, str]] = {
    "course": (_l("Courses"), "book"),
    "person": (_l("People"), "user"),
    "deal": (_l("Deals"), "deal"),
    "partner": (_l("Partners"), "building"),
}
"""The kinds of documents in the search, in the order they are shown, each with its title and glyph."""
