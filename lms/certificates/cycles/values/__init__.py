"""Frozen pictures that the pages of cycles show."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
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
from lms.courses.values import ActivityKey, CourseId
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
class Outline:
    """A rule as the form has it: courses (all, or at least some of them), one exam, other certifications."""

    course_ids: tuple[CourseId, ...] = ()
    course_count: int | None = None
    exam_key: ActivityKey | None = None
    minimum: Decimal | None = None
    certification_ids: tuple[CertificationId, ...] = ()


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
class Affected:
    """Whom a changed rule concerns: `on_their_way` follow the new one, `holders` keep their dates."""

    on_their_way: int
    holders: int
    names: Sequence[str]
    """The first few on their way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamFilter:
    """What a team's people are narrowed to; None and "" mean any."""

    partner_id: OrganisationId
    branch_id: OrganisationId | None = None
    position_id: PositionId | None = None
    words: str = ""
    state: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One person of a team, with what their position needs."""

    person: Person
    places: Sequence[Place]
    """In the order of the certifications asked for."""
    needs: frozenset[CertificationId]


@dataclass(frozen=True, slots=True, kw_only=True)
class Headcount:
    """How many people of a team are in a position."""

    position_id: PositionId | None
    position_name: str
    people: int
