"""What others may hold of the marking queue: work, its rubric, what was decided, and who puts work there."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import NewType, Protocol
from uuid import UUID

from lms.courses.values import ActivityId, CourseId, EnrolmentId
from lms.identity.values import PersonId

HandInId = NewType("HandInId", UUID)
WorkId = NewType("WorkId", UUID)
"""A piece of work in the marking queue, whichever feature put it there."""


class Outcome(StrEnum):
    """What a marker decided about a piece of work."""

    PASSED = "passed"
    FAILED = "failed"
    RETURNED = "returned"
    """It is to be handed in again; nothing is decided yet."""


@dataclass(frozen=True, slots=True)
class Level:
    """How well a criterion can be met, in words and points."""

    points: int
    words: str


@dataclass(frozen=True, slots=True)
class Criterion:
    """One thing that work is judged by, with its levels."""

    title: str
    levels: tuple[Level, ...]

    @property
    def most(self) -> int:
        """Return the points of its best level."""
        return max((level.points for level in self.levels), default=0)


@dataclass(frozen=True, slots=True)
class Rubric:
    """What work is judged by, and the share of all points that passes, in per cent."""

    criteria: tuple[Criterion, ...]
    pass_percent: int

    @property
    def most(self) -> int:
        """Return how many points there are together."""
        return sum(criterion.most for criterion in self.criteria)


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """A piece of work that waits for a person to mark it. `ref` is its id in the feature that `source` names.

    Without `markers` anybody may mark it who may mark.
    """

    source: str
    ref: UUID
    title: str
    course_id: CourseId
    activity_id: ActivityId
    enrolment_id: EnrolmentId
    person_id: PersonId
    waiting_since: datetime
    is_late: bool = False
    markers: Collection[PersonId] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What was decided: `levels` by criterion (None where nothing was chosen), `score` from 0 to 1.

    `number` counts from 1; what is later than the first is work marked anew.
    """

    work_id: WorkId
    number: int
    outcome: Outcome
    levels: tuple[int | None, ...]
    points: int
    score: Decimal
    marked_by: PersonId | None
    marked_at: datetime


class MarkingSource(Protocol):
    """What puts work into the marking queue; features offer theirs, as they do kinds of activity."""

    key: str
    """Stored with each piece of work."""
    label: str
    """What a marker reads: "Assignment"."""
    icon: str

    def show(self, work: Work) -> str:
        """Return the work as safe HTML for whoever marks or reads it."""

    def rubric(self, work: Work) -> Rubric:
        """Return what it is judged by, as it was when the work was handed in."""

    def may_return(self, work: Work) -> bool:
        """Return whether the person could hand it in again."""

    def record(self, work: Work, judgement: Judgement) -> None:
        """Take what was decided, in the same transaction."""

    def url(self, work: Work) -> str:
        """Return the path of the page where the person reads what was decided."""
