"""Frozen pictures that the pages of a team show beside its matrix."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from lms.certificates.cycles.values import Place
from lms.certificates.values import Certification, CertificationId, Missing
from lms.identity.values import Person, PersonId


class Outcome(StrEnum):
    """What comes of asking a person for a certificate."""

    ASKED = "asked"
    SOONER = "sooner"
    """They are asked already, for a later day than this one."""
    ALREADY = "already"
    """They are asked already, and nothing changes."""
    HELD = "held"
    """They hold it, and its renewal is not open yet."""
    NOT_MEANT = "not_meant"
    """They are not in the audience of those who may hold it."""

    @property
    def changes(self) -> bool:
        """Return whether anything is done."""
        return self in {Outcome.ASKED, Outcome.SOONER}


Pair = tuple[PersonId, CertificationId]


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """What comes of asking one person for one certificate; `due_on` is the day that holds then."""

    person_id: PersonId
    certification_id: CertificationId
    outcome: Outcome
    due_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """A certification that a person needs or was asked for and does not hold, with the shortest way to it."""

    person: Person
    certification: Certification
    due_on: date | None
    missing: Missing
    place: Place | None = None
    """Where they are with it; read for the gaps that a page shows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GapTotals:
    """How many gaps a team has, and how many of its people."""

    gaps: int
    people: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """A month of the manufacturer's calendar, as far as it is to come: after `begins_at`, through `ends_at`."""

    first: date
    begins_at: datetime
    ends_at: datetime

    @property
    def key(self) -> str:
        """Return it as addresses say it: 2026-11."""
        return f"{self.first:%Y-%m}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """How many certificates end in each of some months, by certification and together, if nobody renews."""

    months: Sequence[Month]
    counts: Mapping[CertificationId, Sequence[int]]

    @property
    def together(self) -> Sequence[int]:
        """Return the sums of each month."""
        return [sum(some) for some in zip(*self.counts.values(), strict=True)] or [0] * len(self.months)

    @property
    def total(self) -> int:
        """Return how many end in all of them."""
        return sum(map(sum, self.counts.values()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """A certificate that will end: through which day it is valid, and until when it counts."""

    person: Person
    certification_id: CertificationId
    code: str
    valid_through: date
    expires_at: datetime
    counts_until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaving:
    """What a partner keeps of a certification if one of its holders leaves: how many are left, and who if one is."""

    certification: Certification
    place: Place
    left: int
    last: Person | None
