"""Frozen pictures that the pages of cycles show."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from lms.certificates.values import (
    Certificate,
    CertificateId,
    CertificationId,
    CycleEnd,
    CycleId,
    CycleSource,
    CycleState,
    Term,
)
from lms.identity.values import OrganisationId, Person, PersonId, PositionId


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where one person is with one certification at an instant.

    `on` is the day that belongs to the state: through which it is valid, on which it expired, is due or was
    taken back. `met` are the rule's subjects that are done for the next certificate, of `total`.
    """

    person_id: PersonId
    certification_id: CertificationId
    state: CycleState
    on: date | None = None
    met: frozenset[UUID] = frozenset()
    total: int = 0
    cycle_id: CycleId | None = None
    due_on: date | None = None
    certificate_id: CertificateId | None = None
    code: str | None = None
    issued_at: datetime | None = None
    maker: str = ""
    term: Term | None = None
    revoked_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cycle:
    """One cycle of a person's history with a certification."""

    id: CycleId
    source: CycleSource
    assigned_at: datetime
    assigned_by: PersonId | None
    due_on: date | None
    closed_at: datetime | None
    ended_as: CycleEnd | None
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """All that happened between a person and a certification, oldest first."""

    cycles: Sequence[Cycle]
    certificates: Sequence[Certificate]


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamFilter:
    """What a team's people are narrowed to; None and "" mean any."""

    partner_id: OrganisationId
    branch_id: OrganisationId | None = None
    position_id: PositionId | None = None
    words: str = ""
    state: str = ""
    certification_id: CertificationId | None = None
    """What `state` is asked about, and the one that is shown; None for any."""

    @property
    def whole(self) -> "TeamFilter":
        """Return it with nobody of the partner or its branch left out."""
        return TeamFilter(partner_id=self.partner_id, branch_id=self.branch_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One person of a team, with what their position needs."""

    person: Person
    places: Sequence[Place]
    """In the order of the certifications asked for."""
    needs: frozenset[CertificationId]


@dataclass(frozen=True, slots=True, kw_only=True)
class Total:
    """How many people of those that a filter leaves hold a certification, need it and lack it, or come to its end."""

    holders: int = 0
    needing: int = 0
    missing: int = 0
    soon: int = 0
    overdue: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Headcount:
    """How many people of a team are in a position."""

    position_id: PositionId | None
    position_name: str
    people: int
