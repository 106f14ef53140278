"""Frozen pictures of courses as a learner meets them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, NewType
from uuid import UUID

from lms.courses.values import (
    Activity,
    ActivityId,
    ActivityKey,
    CompletionRule,
    CourseId,
    CourseSummary,
    CourseVersionId,
    Ending,
    EnrolmentId,
    EnrolmentSource,
    Lock,
    RuleKind,
    Shut,
)
from lms.identity.values import PersonId
from lms.web.pages import Page

EnrolmentActId = NewType("EnrolmentActId", UUID)
"""One act on many people: enrolling, moving dates, withdrawing."""


class EnrolmentChange(StrEnum):
    """What happened to an enrolment that its history shows."""

    DUE_MOVED = "due_moved"
    WITHDRAWN = "withdrawn"


class ActKind(StrEnum):
    """What is done to many people at once."""

    ENROL = "enrol"
    EXTEND = "extend"
    WITHDRAW = "withdraw"


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
    REPEATED = "repeated"
    CANCELLED = "cancelled"


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


class Sort(StrEnum):
    """How the catalogue runs."""

    BEST = "best"
    """With words the best match first, without them what the reader has begun."""
    NEWEST = "newest"
    TITLE = "title"
    SHORTEST = "shortest"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What somebody looks for in the catalogue: `chosen` values by facet, `exact` as typed and nothing near it."""

    words: str = ""
    exact: bool = False
    chosen: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    sort: Sort = Sort.BEST

    @property
    def is_untouched(self) -> bool:
        """Return whether nothing is looked for yet."""
        return not (self.words or self.chosen) and self.sort is Sort.BEST


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a text that is shown with what was found in it; a template marks the hits."""

    text: str
    is_hit: bool = False


Parts = Sequence[Part]


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A course in the catalogue. `passage` is where its text has the words, in the lesson `passage_title`."""

    view: CourseView
    is_new: bool
    format: str
    title: Parts
    summary: Parts
    passage: Parts = ()
    passage_title: str = ""


@dataclass(frozen=True, slots=True)
class FacetOption:
    """A value of a facet, and how many courses it leads to beside what is chosen elsewhere."""

    value: str
    label: str
    count: int
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class FacetChoices:
    """A facet with the values that lead somewhere."""

    key: str
    label: str
    options: Sequence[FacetOption]

    @property
    def chosen(self) -> Sequence[FacetOption]:
        """Return the values that are chosen."""
        return [one for one in self.options if one.is_chosen]


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """What the catalogue answers. `corrected` are the words that were searched for instead of those typed, if any."""

    page: Page[Card]
    total: int
    facets: Sequence[FacetChoices]
    corrected: Sequence[str]
    new: Sequence[Card]
    team: Sequence[tuple[Card, int]]
    """What colleagues take, with how many of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A passage of a lesson where something was found; `anchor` is the heading above it, `fragment` its first words."""

    parts: Parts
    anchor: str
    fragment: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundLesson:
    """A lesson of a reader's course where something was found."""

    item: "OutlineItem"
    title: Parts
    passages: Sequence[Shown]


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundInside:
    """What was found within a course. `locked` are the lessons that could not be looked into."""

    lessons: Sequence[FoundLesson]
    locked: Sequence["OutlineItem"]
    is_cut: bool
    """Whether there is more than is shown."""


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
