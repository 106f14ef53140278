"""Frozen pictures of how a certification goes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from lms.certificates.values import Requirement
from lms.identity.values import OrganisationId, Person, RegionId


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportFilter:
    """Whose certificates are reported of; None means any."""

    partner_id: OrganisationId | None = None
    region_id: RegionId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """How long it took from being asked to the certificate, in seconds: of how many, and the quartiles of them."""

    count: int
    lower: float = 0
    median: float = 0
    upper: float = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class StuckOne:
    """Somebody who is stuck, since they were asked."""

    person: Person
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Stuck:
    """How many people on their way have this still before them, as the first of what is asked; the longest by name."""

    requirement: Requirement
    renews: bool
    people: int
    overdue: int
    since: datetime
    names: Sequence[StuckOne]
