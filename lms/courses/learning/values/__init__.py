"""Frozen pictures of courses as a learner meets them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, NewType
from uuid import UUID

from lms.audiences.values import AudienceId
from lms.courses.learning.values.feedback import CourseRating, Feedback
from lms.courses.values import (
    Activity,
    ActivityId,
    ActivityKey,
    CompletionRule,
    CourseId,
    CourseSummary,
    CourseVersionId,
    DueRule,
    Ending,
    EnrolmentId,
    EnrolmentSource,
    Lock,
    RuleKind,
    Shut,
)
from lms.identity.values import PeopleFilter, PersonId

EnrolmentActId = NewType("EnrolmentActId", UUID)
"""One act on many people: enrolling, moving dates, withdrawing."""


CourseWaitId = NewType("CourseWaitId", UUID)
"""A place on the waiting list of a course."""


class WaitEnd(StrEnum):
    """Why somebody is no longer on a waiting list."""

    PLACED = "placed"
    BY_PERSON = "by_person"
    BY_OTHERS = "by_others"
    LEFT_AUDIENCE = "left_audience"
    LEFT_FOR_GOOD = "left_for_good"


class EnrolmentChange(StrEnum):
    """What happened to an enrolment that its history shows."""

    DUE_MOVED = "due_moved"
    WITHDRAWN = "withdrawn"


class ActKind(StrEnum):
    """What is done to many people at once."""

    ENROL = "enrol"
    EXTEND = "extend"
    WITHDRAW = "withdraw"


class ActWay(StrEnum):
    """How the people of an act were chosen."""

    AUDIENCE = "audience"
    FILE = "file"
    PASTED = "pasted"
    TICKED = "ticked"
    MATCHING = "matching"
    """Everybody whom a filter of a list leaves."""


class ActState(StrEnum):
    """How an act on many people stands."""

    LOOKED_AT = "looked_at"
    """Its people are listed and counted; nothing is done before somebody says so."""
    RUNNING = "running"
    DONE = "done"
    CANCELLED = "cancelled"


class Outcome(StrEnum):
    """What an act came to for one person, or one line of a list."""

    ENROLLED = "enrolled"
    EXTENDED = "extended"
    WITHDRAWN = "withdrawn"
    ALREADY = "already"
    """Enrolled already, and that is left as it is."""
    COMPLETED = "completed"
    """Completed the course before, or was withdrawn from it: an audience enrols nobody twice."""
    NOT_ENROLLED = "not_enrolled"
    NOT_SEEN = "not_seen"
    """The course is not for this person."""
    BEYOND_REACH = "beyond_reach"
    """Nobody is called so, or nobody whom the one who asks may enrol: nobody can tell the two apart."""
    REPEATED = "repeated"
    CANCELLED = "cancelled"
    WAITING = "waiting"
    """All places are taken: on the waiting list."""


DONE_OUTCOMES = frozenset({Outcome.ENROLLED, Outcome.EXTENDED, Outcome.WITHDRAWN})
"""What an act was for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrolment:
    """A person's enrolment. `done` of `total` required activities count; `resume_id` is where to go on."""

    id: EnrolmentId
    person_id: PersonId
    course_id: CourseId
    version_id: CourseVersionId
    source: EnrolmentSource
    due_on: date | None
    enrolled_by: PersonId | None
    started_at: datetime | None
    seen_at: datetime | None
    completed_at: datetime | None
    done: int
    total: int
    resume_id: ActivityId | None


@dataclass(frozen=True, slots=True)
class Places:
    """How a course that has only so many places stands for a reader; `number` is theirs on the waiting list, or 0."""

    total: int
    taken: int
    number: int

    @property
    def is_full(self) -> bool:
        """Return whether who asks for a place now waits."""
        return self.taken >= self.total


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseView:
    """A course with the version this reader meets, and their enrolment if they have one."""

    course: CourseSummary
    brand_name: str
    version_id: CourseVersionId
    number: int
    intro_html: str
    objectives: Sequence[str]
    activity_count: int
    enrolment: Enrolment | None
    is_open: bool
    """Whether the course has a published version today that a person can be enrolled on."""
    places: Places | None = None
    """None without limit, and where nobody asks."""
    feedback: Feedback | None = None
    """What this reader said of it, None while they were not asked, and where nobody asks."""
    rating: CourseRating | None = None
    """How everybody rates it, None of too few, and where nobody asks."""


@dataclass(frozen=True, slots=True)
class WaitLine:
    """Somebody on a course's waiting list; `number` counts everybody who waits, also whom the reader does not see."""

    id: CourseWaitId
    number: int
    name: str
    employer_name: str
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class OutlineItem:
    """One activity in the outline, with how it stands for the reader; `number` counts from 1."""

    id: ActivityId
    key: ActivityKey
    number: int
    kind: str
    title: str
    minutes: int
    is_required: bool
    config: Mapping[str, Any]
    started_at: datetime | None
    completed_at: datetime | None
    passed: bool | None
    score: Decimal | None
    rule: CompletionRule = CompletionRule(RuleKind.VIEWED)  # noqa: RUF009  frozen
    locks: tuple[Lock, ...] = ()
    shut: tuple[Shut, ...] = ()
    """What keeps it from this reader now; what they once opened stays open."""

    @property
    def state(self) -> str:
        """Return its state as the page style names it: valid, danger (not passed), progress or none."""
        if self.completed_at is not None:
            return "valid"
        if self.passed is False:
            return "danger"
        return "none" if self.started_at is None else "progress"


@dataclass(frozen=True, slots=True, kw_only=True)
class OutlineSection:
    """A section of the outline."""

    title: str
    items: Sequence[OutlineItem]

    @property
    def done(self) -> int:
        """Return how many of its activities are completed."""
        return sum(item.completed_at is not None for item in self.items)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """One activity opened in the player: its page as stored, and how far down reading stopped (0 to 1)."""

    view: CourseView
    activity: Activity
    html: str
    place: float
    seen_at: datetime | None
    seconds: int = 0
    watched: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """What an activity's rule asks after a page told something: `so_far` of its least, and what is `left`."""

    rule: CompletionRule
    is_done: bool
    so_far: int
    left: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Current:
    """An open enrolment as the home page shows it, with the activity to go on with."""

    enrolment: Enrolment
    course: CourseSummary
    activity_count: int
    next_id: ActivityId | None
    next_title: str
    next_number: int
    next_minutes: int


@dataclass(frozen=True, slots=True)
class Affected:
    """How many people a new version finds on older ones, and how many ever completed the course."""

    not_started: int
    in_progress: int
    completed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EnrolmentLine:
    """An open enrolment in a list of those who answer for people."""

    id: EnrolmentId
    name: str
    employer_name: str
    course_id: CourseId
    course_title: str
    due_on: date | None
    done: int
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryEntry:
    """What was done to an enrolment, by whom (empty for the system), and why."""

    kind: EnrolmentChange
    at: datetime
    by: str
    due_before: date | None
    due_after: date | None
    ending: Ending | None
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EnrolmentFile:
    """One enrolment with its history, the newest first."""

    id: EnrolmentId
    name: str
    course_title: str
    source: EnrolmentSource
    enrolled_at: datetime
    enrolled_by: str
    due_on: date | None
    ended_at: datetime | None
    completed_at: datetime | None
    done: int
    total: int
    history: Sequence[HistoryEntry]


@dataclass(frozen=True, slots=True)
class Listed:
    """One line of an act about to be looked at: a person, or what the list said that names nobody.

    `same_as` is the number of the line that names the same before it.
    """

    number: int
    person_id: PersonId | None
    given: str = ""
    same_as: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Whom:
    """Whom an act is about: the lines of a list, an audience, those who are ticked, or all whom a filter leaves.

    `words` say it in the report: a file's name, what was looked for.
    """

    way: ActWay
    words: str = ""
    lines: Sequence[Listed] = ()
    audience_id: AudienceId | None = None
    ticked: Sequence[PersonId] = ()
    matching: PeopleFilter = PeopleFilter()  # noqa: RUF009  frozen


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """What somebody asks to be done to many people; `id` is the form's own, so that asked twice is asked once."""

    id: EnrolmentActId
    course_id: CourseId
    kind: ActKind
    whom: Whom
    due: DueRule
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """An act on many people as its page shows it. `counts` says how many lines came to which outcome so far."""

    id: EnrolmentActId
    course_id: CourseId
    course_title: str
    kind: ActKind
    state: ActState
    way: ActWay
    whom: str
    due: DueRule
    reason: str
    counts: Mapping[Outcome, int]
    total: int
    done: int
    asked_at: datetime
    asked_by: str
    """A name; empty for the system."""
    begun_at: datetime | None
    ended_at: datetime | None

    @property
    def rows(self) -> int:
        """Return how many lines it has, also those that there is nothing to do for."""
        waiting = 0 if self.state is ActState.CANCELLED else self.total - self.done
        return sum(self.counts.values()) + waiting

    @property
    def achieved(self) -> int:
        """Return for how many it was done."""
        return sum(count for outcome, count in self.counts.items() if outcome in DONE_OUTCOMES)

    @property
    def left_out(self) -> int:
        """Return how many lines came to nothing, as far as it is known."""
        return sum(count for outcome, count in self.counts.items() if outcome not in DONE_OUTCOMES)


@dataclass(frozen=True, slots=True, kw_only=True)
class ActLine:
    """One line of an act; a person whom the reader may not see has no name. `outcome` None is still to be done."""

    number: int
    name: str
    email: str
    employer_name: str
    given: str
    same_as: int | None
    outcome: Outcome | None
