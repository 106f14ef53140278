"""Frozen lines of reports, and what they may be narrowed to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from lms.courses.learning.values.feedback import mean_of
from lms.courses.values import ActivityKey, CompletionId, CourseId, CourseVersionId, EnrolmentId
from lms.identity.values import OrganisationId, PersonId, PositionId, RegionId

SOON = timedelta(days=14)
"""How long before its day something is due soon."""
RECENT = timedelta(days=90)
"""How long something completed counts as recent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Completed:
    """A course that somebody completed, in the version they took; `scores` (0 to 1) are those of its exams."""

    id: CompletionId
    course_id: CourseId
    title: str
    slug: str
    language: str
    version: int
    minutes: int
    completed_at: datetime
    scores: Sequence[Decimal]


@dataclass(frozen=True, slots=True)
class Funnel:
    """How many enrolments came how far: who is further on is in every step before.

    Withdrawn ones count in the steps that they had reached.
    """

    enrolled: int = 0
    begun: int = 0
    half: int = 0
    completed: int = 0
    withdrawn: int = 0

    def __add__(self, other: "Funnel") -> "Funnel":
        """Return both together."""
        return Funnel(
            self.enrolled + other.enrolled,
            self.begun + other.begun,
            self.half + other.half,
            self.completed + other.completed,
            self.withdrawn + other.withdrawn,
        )

    def __sub__(self, other: "Funnel") -> "Funnel":
        """Return this without those."""
        return Funnel(
            self.enrolled - other.enrolled,
            self.begun - other.begun,
            self.half - other.half,
            self.completed - other.completed,
            self.withdrawn - other.withdrawn,
        )

    @property
    def open(self) -> int:
        """Return how many are under way or still to begin."""
        return self.enrolled - self.completed - self.withdrawn

    @property
    def share(self) -> Decimal | None:
        """Return the part of those not withdrawn that is completed, None of nobody."""
        stayed = self.enrolled - self.withdrawn
        return Decimal(self.completed) / stayed if stayed > 0 else None


@dataclass(frozen=True, slots=True)
class Ratings:
    """How many rate a course 1, 2, … 5."""

    counts: Sequence[int] = (0, 0, 0, 0, 0)

    def __add__(self, other: "Ratings") -> "Ratings":
        """Return both together."""
        return Ratings([one + more for one, more in zip(self.counts, other.counts, strict=True)])

    def __sub__(self, other: "Ratings") -> "Ratings":
        """Return these without those."""
        return Ratings([one - less for one, less in zip(self.counts, other.counts, strict=True)])

    @property
    def total(self) -> int:
        """Return how many have rated."""
        return sum(self.counts)

    @property
    def mean(self) -> Decimal | None:
        """Return the mean to a tenth, None of nobody."""
        return mean_of(sum(rating * count for rating, count in enumerate(self.counts, 1)), self.total)


class Stage(StrEnum):
    """A step of the funnel, or another number of it, as a filter of rows."""

    ENROLLED = "enrolled"
    BEGUN = "begun"
    HALF = "half"
    COMPLETED = "completed"
    WITHDRAWN = "withdrawn"
    OPEN = "open"
    OVERDUE = "overdue"


class DeedState(StrEnum):
    """How an activity stands, as a filter of rows."""

    BEGUN = "begun"
    COMPLETED = "completed"
    LEFT = "left"
    """Begun and not completed."""
    PASSED = "passed"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class LearnerFilter:
    """Which of a course's enrolments are meant; None takes all."""

    version_id: CourseVersionId | None = None
    stage: Stage | None = None
    activity_key: ActivityKey | None = None
    deed: DeedState | None = None
    tenth: int | None = None
    organisation_id: OrganisationId | None = None
    """With all below it."""
    employer_id: OrganisationId | None = None
    """Without."""
    region_id: RegionId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedbackFilter:
    """Which feedback on a course is meant; None takes all."""

    version_id: CourseVersionId | None = None
    rating: int | None = None
    only_comments: bool = False


@dataclass(frozen=True, slots=True)
class FeedbackLine:
    """What somebody said of a course, without who; `given_on` is the first of the month, lest the day say it."""

    rating: int
    comment: str
    version: int
    given_on: date


@dataclass(frozen=True, slots=True)
class Version:
    """A published version."""

    id: CourseVersionId
    number: int
    published_at: datetime | None


@dataclass(frozen=True, slots=True)
class ReportedCourse:
    """A course with its published versions, the newest first."""

    id: CourseId
    title: str
    slug: str
    language: str
    versions: Sequence[Version]


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityLine:
    """What was done of one activity. `mean_seconds` is what it took those who completed it, None of nobody."""

    key: ActivityKey
    number: int
    title: str
    kind: str
    minutes: int
    is_required: bool
    begun: int
    completed: int
    mean_seconds: int | None
    passed: int
    failed: int
    tenths: Sequence[int]

    @property
    def left(self) -> int:
        """Return how many began and did not complete it."""
        return self.begun - self.completed

    @property
    def is_scored(self) -> bool:
        """Return whether anybody has a score in it."""
        return any(self.tenths)


@dataclass(frozen=True, slots=True)
class PlaceLine:
    """A course's funnel at one place: an organisation or a region."""

    id: UUID
    name: str
    funnel: Funnel


@dataclass(frozen=True, slots=True)
class CourseLine:
    """A course in the list of reports, with the sum of its versions."""

    id: CourseId
    title: str
    language: str
    funnel: Funnel


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseReport:
    """A course as its report shows it: within the reader's reach. `others` are everybody beyond it, if enough."""

    course: ReportedCourse
    shown: Version | None
    """The version that is looked at alone, None for all of them."""
    funnel: Funnel
    overdue: int
    by_version: Mapping[CourseVersionId, Funnel]
    activities: Sequence[ActivityLine]
    regions: Sequence[PlaceLine]
    others: Decimal | None
    """The share of those beyond the reader's reach who have completed it."""
    ratings: Ratings | None
    """How people rate it; None of so few that it would tell of somebody."""
    others_ratings: Ratings | None
    """How those beyond the reader's reach rate it, if enough."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LearnerLine:
    """One enrolment of a course."""

    id: EnrolmentId
    person_id: PersonId
    name: str
    employer_name: str
    version: int
    enrolled_at: datetime
    started_at: datetime | None
    due_on: date | None
    done: int
    total: int
    completed_at: datetime | None
    ended_at: datetime | None
    score: Decimal | None
    """The best in the activity that was asked about."""


class TeamState(StrEnum):
    """How people stand with their courses, as a filter of a team."""

    OVERDUE = "overdue"
    SOON = "soon"
    OPEN = "open"
    NOTHING = "nothing"
    """No open course."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamFilter:
    """Which people are meant; None takes all that the reader reaches."""

    words: str = ""
    organisation_id: OrganisationId | None = None
    position_id: PositionId | None = None
    state: TeamState | None = None


@dataclass(frozen=True, slots=True)
class TeamTotals:
    """A whole team in figures, as of an instant.

    `soon` and `overdue` are people, `open` enrolments, and `recent` the completions of the last 90 days.
    """

    people: int
    open: int
    soon: int
    overdue: int
    recent: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenCourse:
    """A course somebody is in."""

    enrolment_id: EnrolmentId
    title: str
    slug: str
    language: str
    done: int
    total: int
    due_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamLine:
    """Somebody of a team: how many courses they have open and completed of late, and the open one that is due first."""

    person_id: PersonId
    name: str
    position_name: str
    employer_name: str
    open: int
    soon: int
    overdue: int
    title: str
    """Of the course that is due first; empty if none is open."""
    language: str
    done: int
    total: int
    due_on: date | None
    recent: int

    @property
    def where(self) -> str:
        """Return their position and employer, as one line."""
        return f"{self.position_name}, {self.employer_name}" if self.position_name else self.employer_name


@dataclass(frozen=True, slots=True)
class Shares:
    """What part of their enrolments people have completed: these, their region's, everybody's; None where too few."""

    own: Decimal | None
    region_name: str
    region: Decimal | None
    everybody: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonReport:
    """One person's courses."""

    courses: Sequence[OpenCourse]
    recent: int
    completed: int
    shares: Shares

    def overdue(self, today: date) -> int:
        """Return how many of the courses were due before today."""
        return sum(one.due_on is not None and one.due_on < today for one in self.courses)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordLine:
    """One enrolment of one person, for tables."""

    name: str
    email: str
    position_name: str
    employer_name: str
    course: str
    version: int
    enrolled_at: datetime
    started_at: datetime | None
    due_on: date | None
    done: int
    total: int
    completed_at: datetime | None
    ended_at: datetime | None
