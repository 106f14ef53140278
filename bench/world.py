"""What the figures need to know of the data they are measured on."""

from dataclasses import dataclass
from datetime import UTC, datetime

NOW = datetime(2026, 6, 1, 9, tzinfo=UTC)
"""When everything is measured: the clock stands, so that what holds in the data holds in every run."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody whose pages are asked for: signed in, in the middle of a course and of its exam, certified."""

    person_id: str
    token: str
    certificate_id: str
    attempt_id: str


@dataclass(frozen=True, slots=True)
class Seller:
    """Somebody at a partner for whom a gate is decided."""

    person_id: str
    partner_id: str


@dataclass(frozen=True, slots=True)
class World:
    """What the figures need to know of the data."""

    people: int
    readers: tuple[Reader, ...]
    course_slug: str
    lesson_id: str
    brand_id: str
    few: Seller
    many: Seller
    uncertified: Seller
