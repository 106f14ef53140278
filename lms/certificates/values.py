"""What others may hold of certificates: ids, states, rules, and frozen pictures of who holds what."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, ClassVar, NewType
from uuid import UUID

import msgspec

from lms.audiences.values import AudienceId
from lms.courses.values import ActivityKey, CourseId
from lms.identity.values import BrandId, OrganisationId, PersonId, PositionId

CertificationId = NewType("CertificationId", UUID)
CertificateId = NewType("CertificateId", UUID)
CycleId = NewType("CycleId", UUID)
DeedKey = NewType("DeedKey", UUID)
"""What practice is logged for, or what a trainer gives by hand: made with the first rule that asks for it."""
RequestId = NewType("RequestId", UUID)
EquivalenceId = NewType("EquivalenceId", UUID)


class CertificationState(StrEnum):
    """Whether a certification is still given."""

    ACTIVE = "active"
    RETIRED = "retired"


class ExpiryMode(StrEnum):
    """What the end of a certificate is counted from."""

    COMPLETION = "completion"
    EXPIRY = "expiry"
    FIXED = "fixed"


class CycleSource(StrEnum):
    """Why a cycle began."""

    ASSIGNED = "assigned"
    EARNED = "earned"
    """Nobody assigned it: what it asks for was simply done."""
    RENEWAL = "renewal"
    RECOGNISED = "recognised"
    """What it asks for was learned elsewhere, and recognised."""
    CREDITED = "credited"
    """Another certification that counts for it was held."""


class CycleEnd(StrEnum):
    """How a cycle ended."""

    CERTIFIED = "certified"
    EXEMPT = "exempt"
    WITHDRAWN = "withdrawn"
    """The certificate that was to be earned again counts again."""
    MERGED = "merged"
    """Another account of the same person had one open too, or had answered it."""


class MarkKind(StrEnum):
    """What may be said of a certificate after it was issued."""

    REVOKED = "revoked"
    REINSTATED = "reinstated"
    SUPERSEDED = "superseded"


class CycleState(StrEnum):
    """Where a person is with a certification; worked out from facts and the clock, stored nowhere."""

    NOT_ASSIGNED = "not_assigned"
    ASSIGNED = "assigned"
    IN_PROGRESS = "in_progress"
    OVERDUE = "overdue"
    CERTIFIED = "certified"
    RENEWAL_OPEN = "renewal_open"
    IN_GRACE = "in_grace"
    LAPSED = "lapsed"
    REVOKED = "revoked"
    EXEMPT = "exempt"


class CertificateState(StrEnum):
    """What a certificate is worth at an instant."""

    VALID = "valid"
    IN_GRACE = "in_grace"
    EXPIRED = "expired"
    REVOKED = "revoked"
    SUPERSEDED = "superseded"


# What must be done. Leaves carry the titles they had when the rule was made, so that a rule reads by itself for ever.


class CourseDone(msgspec.Struct, frozen=True, tag="course"):
    """The course is completed."""

    course_id: CourseId
    title: str


class ScoreReached(msgspec.Struct, frozen=True, tag="score"):
    """An activity of the course was done with at least `minimum` (0 to 1), or one of those whose place it took.

    `former` are these, the first first: who passed one of them keeps it.
    """

    activity_key: ActivityKey
    course_id: CourseId
    title: str
    minimum: Decimal
    minutes: int = 0
    former: tuple[ActivityKey, ...] = ()


class CertificationHeld(msgspec.Struct, frozen=True, tag="certification"):
    """Another certification counts at that moment."""

    certification_id: CertificationId
    title: str


class LiveAttended(msgspec.Struct, frozen=True, tag="attendance"):
    """A live session of the activity was attended to its end."""

    activity_key: ActivityKey
    course_id: CourseId
    title: str
    minutes: int = 0


class HoursPractised(msgspec.Struct, frozen=True, tag="practice"):
    """At least `hours` of practice were logged and approved; `key` names what is practised, in every version."""

    key: DeedKey
    title: str
    hours: int


class ItemGiven(msgspec.Struct, frozen=True, tag="item"):
    """A trainer gave this by hand, with a reason; `key` names it in every version."""

    key: DeedKey
    title: str


class AllOf(msgspec.Struct, frozen=True, tag="all"):
    """Every part is met."""

    parts: tuple["Requirement", ...]

    is_choice: ClassVar[bool] = False


class AnyOf(msgspec.Struct, frozen=True, tag="any"):
    """At least one part is met."""

    parts: tuple["Requirement", ...]

    is_choice: ClassVar[bool] = True


class AtLeast(msgspec.Struct, frozen=True, tag="at_least"):
    """At least `count` parts are met."""

    count: int
    parts: tuple["Requirement", ...]


Leaf = CourseDone | ScoreReached | CertificationHeld | LiveAttended | HoursPractised | ItemGiven
Group = AllOf | AnyOf | AtLeast
Requirement = (
    CourseDone
    | ScoreReached
    | CertificationHeld
    | LiveAttended
    | HoursPractised
    | ItemGiven
    | AllOf
    | AnyOf
    | AtLeast
)


class Rule(msgspec.Struct, frozen=True):
    """What a certificate asks for and how long it lasts; stored as it stands, never changed.

    `base_on` and `minimum_active_days` belong to the fixed mode. `renewal` is the shorter way for who holds it still;
    `due_days` after somebody is asked it is due, where nobody gives a day; `audience_id` are those who may hold it,
    None for everybody.
    """

    requirement: Requirement
    active_months: int
    renewal_window_days: int
    grace_days: int
    mode: ExpiryMode = ExpiryMode.COMPLETION
    base_on: date | None = None
    minimum_active_days: int = 0
    renewal: Requirement | None = None
    due_days: int | None = None
    audience_id: AudienceId | None = None


def subject_of(leaf: Leaf) -> UUID:
    """Return the id of what a leaf asks for."""
    if isinstance(leaf, CourseDone):
        return leaf.course_id
    if isinstance(leaf, ScoreReached | LiveAttended):
        return leaf.activity_key
    return leaf.certification_id if isinstance(leaf, CertificationHeld) else leaf.key


def subjects_of(leaf: Leaf) -> tuple[UUID, ...]:
    """Return the ids of all by which a leaf is met: what it asks for, and what that took the place of."""
    return (subject_of(leaf), *(leaf.former if isinstance(leaf, ScoreReached) else ()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """How long a certificate counts: valid through a day, renewable from, expired at, counting until (exclusive)."""

    valid_through: date
    renewal_opens_at: datetime
    expires_at: datetime
    counts_until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Certification:
    """What can be held, with the rule in force."""

    id: CertificationId
    code: str
    title: str
    glyph: str
    description: str
    state: CertificationState
    brand_id: BrandId
    rule_version: int
    rule: Rule
    needed_by: frozenset[PositionId] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """How a certification is called and described, and which positions need it."""

    code: str
    title: str
    glyph: str
    description: str
    brand_id: BrandId
    needed_by: frozenset[PositionId] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """A certificate that counts. `counts_until` is the end of grace, `expires_at` the midnight it expired.

    `held_title` is what is held where that counts for the certification only as partners are counted, else empty.
    """

    person_id: PersonId
    certification_id: CertificationId
    certificate_id: CertificateId
    code: str
    valid_through: date
    expires_at: datetime
    counts_until: datetime
    held_title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing a person still has to do: a course, or an activity of it with a least score (0 to 1).

    `minutes` is how long it takes, 0 if nobody knows; `url` the page where it is done. `hours` are of practice; what
    is given by hand has no course, no activity and no hours.
    """

    title: str
    course_id: CourseId | None
    activity_key: ActivityKey | None
    minimum: Decimal | None
    minutes: int
    url: str
    hours: int | None = None
    is_live: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """What a person lacks for a certificate, the shortest way; no steps when nothing is lacking."""

    steps: Sequence[Step]
    minutes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """What was said of a certificate later, and when."""

    kind: MarkKind
    at: datetime
    reason: str
    successor_code: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """One entry of the ledger, with what was said of it since. `evidence` is what it rests on, as JSON."""

    id: CertificateId
    code: str
    certification_id: CertificationId
    person_id: PersonId
    employer_id: OrganisationId | None
    """Who employed the holder on the day it was issued."""
    title: str
    glyph: str
    maker: str
    brand_name: str
    rule_version: int
    issued_at: datetime
    issued_on: date
    term: Term
    evidence: Mapping[str, Any]
    predecessor_code: str | None
    marks: Sequence[Mark] = ()

    def mark(self, kind: MarkKind) -> Mark | None:
        """Return what was last said of it in this kind, or None; a revocation no more once it is reinstated."""
        said = [mark for mark in self.marks if mark.kind is kind]
        undone = sum(mark.kind is MarkKind.REINSTATED for mark in self.marks)
        if not said or (kind is MarkKind.REVOKED and len(said) == undone):
            return None
        return said[-1]


class RequestKind(StrEnum):
    """What is asked for a person instead of what a certification asks of them."""

    EXEMPTION = "exemption"
    """Nothing is asked of them, and they do not count as holders."""
    RECOGNITION = "recognition"
    """What they learned elsewhere counts: they are issued the certificate."""


class RequestState(StrEnum):
    """Where such a request stands."""

    OPEN = "open"
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
