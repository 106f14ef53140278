"""What others may hold of courses: ids, kinds, frozen pictures, and what an import found before it is stored."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, NewType, Protocol
from uuid import UUID

from lms.courses.values.written import WrittenForm
from lms.identity.values import BrandId, PersonId

CourseId = NewType("CourseId", UUID)
CourseVersionId = NewType("CourseVersionId", UUID)
SectionKey = NewType("SectionKey", UUID)
"""A section, the same in every version of its course."""
ActivityId = NewType("ActivityId", UUID)
"""An activity as it stands in one version."""
ActivityKey = NewType("ActivityKey", UUID)
"""An activity, the same in every version of its course."""
EnrolmentId = NewType("EnrolmentId", UUID)
CompletionId = NewType("CompletionId", UUID)
ResultId = NewType("ResultId", UUID)
CourseImportId = NewType("CourseImportId", UUID)
ReviewId = NewType("ReviewId", UUID)
LiveSessionId = NewType("LiveSessionId", UUID)
BookingId = NewType("BookingId", UUID)
CurriculumId = NewType("CurriculumId", UUID)
CurriculumVersionId = NewType("CurriculumVersionId", UUID)
StageKey = NewType("StageKey", UUID)
"""A stage of a curriculum, the same in every version of it."""
FollowingId = NewType("FollowingId", UUID)
"""A person on a curriculum's path."""
CurriculumCompletionId = NewType("CurriculumCompletionId", UUID)
EquivalenceId = NewType("EquivalenceId", UUID)

PAGE = "page"
MEDIA = "media"
TEXTS = frozenset({PAGE, MEDIA})
"""The kinds of activity whose text the course keeps and the player itself shows."""


class VersionState(StrEnum):
    """A draft may change; what is published never does."""

    DRAFT = "draft"
    PUBLISHED = "published"


class Level(StrEnum):
    """Whom a course is for."""

    FOUNDATION = "foundation"
    INTERMEDIATE = "intermediate"
    ADVANCED = "advanced"


class EnrolmentSource(StrEnum):
    """Who or what brought a person into a course."""

    SELF = "self"
    PARTNER_ADMIN = "partner_admin"
    TRAINER = "trainer"
    AUDIENCE = "audience"
    RENEWAL = "renewal"


class AudienceUse(StrEnum):
    """What a course names an audience for."""

    SEES = "sees"
    ENROLLED = "enrolled"


class Ending(StrEnum):
    """Why an enrolment ended without a completion."""

    BY_PERSON = "by_person"
    BY_OTHERS = "by_others"
    LEFT_AUDIENCE = "left_audience"
    LEFT_FOR_GOOD = "left_for_good"


@dataclass(frozen=True, slots=True, kw_only=True)
class DueRule:
    """When those are due who are enrolled from now on: on a day, so many days after, or never."""

    on: date | None = None
    days: int | None = None


class LearnerGroup(StrEnum):
    """Whom a new version of a course finds on an older one."""

    NOT_STARTED = "not_started"
    IN_PROGRESS = "in_progress"


class RuleKind(StrEnum):
    """What completes an activity."""

    VIEWED = "viewed"
    TIME = "time"
    """At least so many minutes on the page."""
    SCORE = "score"
    """At least so many per cent."""
    WATCHED = "watched"
    """At least so many per cent of each film and sound in it."""
    MARKED = "marked"
    """A trainer, or what hands work in to one, says so."""
    ATTENDED = "attended"
    """A live session says so."""
    FINISHED = "finished"
    """The activity itself says so: an exam is passed, a package completed and not failed."""


class Word(StrEnum):
    """Who says that somebody is done with an activity."""

    ACTIVITY = "activity"
    TRAINER = "trainer"
    MARKER = "marker"
    """The activity itself, once a person has marked what it could not: locks of today do not hold it back."""
    ATTENDANCE = "attendance"


class BookingState(StrEnum):
    """How a person stands with a date of a live session."""

    CONFIRMED = "confirmed"
    WAITING = "waiting"
    CANCELLED = "cancelled"


class BookingEnd(StrEnum):
    """Why a booking is no longer open."""

    BY_PERSON = "by_person"
    BY_TRAINER = "by_trainer"
    SESSION_CANCELLED = "session_cancelled"
    LEFT_COURSE = "left_course"
    OVER = "over"
    """Its session is past."""


class Mark(StrEnum):
    """What an attendance sheet says of somebody."""

    PRESENT = "present"
    PARTLY = "partly"
    ABSENT = "absent"
    EXCUSED = "excused"


class DraftChange(StrEnum):
    """What was done to a draft, for the audit trail."""

    CREATED = "created"
    FACTS = "facts"
    SECTION_ADDED = "section_added"
    SECTION_RENAMED = "section_renamed"
    SECTION_MOVED = "section_moved"
    SECTION_REMOVED = "section_removed"
    ACTIVITY_ADDED = "activity_added"
    ACTIVITY_EDITED = "activity_edited"
    ACTIVITY_MOVED = "activity_moved"
    ACTIVITY_REMOVED = "activity_removed"
    DISCARDED = "discarded"
    RESTORED = "restored"
    REVIEW_ASKED_OF_ALL = "review_asked_of_all"
    """From now on a second trainer must approve what is published."""
    REVIEW_LIFTED = "review_lifted"


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseSummary:
    """A course as lists show it. `minutes` is the published version's sum, or the draft's before there is one."""

    id: CourseId
    slug: str
    title: str
    summary: str
    brand_id: BrandId | None
    language: str
    minutes: int
    level: Level | None


@dataclass(frozen=True, slots=True)
class CompletionRule:
    """What completes an activity; `least` counts minutes or per cent, 0 where nothing is counted."""

    kind: RuleKind
    least: int = 0


@dataclass(frozen=True, slots=True, order=True)
class Lock:
    """What keeps an activity shut until it opens: a kind of lock, and its value as that kind writes it."""

    kind: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LockContext:
    """What locks are decided from. `names` holds every activity of the version, `done` those that are completed."""

    person_id: PersonId | None
    now: datetime
    done: Collection[ActivityKey]
    names: Mapping[ActivityKey, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shut:
    """Why a lock is shut, in a sentence; `first` is what must be done before, `opens_at` the instant it opens."""

    reason: str
    first: ActivityKey | None = None
    opens_at: datetime | None = None


class CourseGate(Protocol):
    """What may keep a whole course from who would begin it by themselves; upper features offer theirs."""

    def shut(self, course_id: CourseId, person_id: PersonId) -> Shut | None:
        """Return why this person cannot begin the course now, None if they can."""


class LockKind(Protocol):
    """A kind of lock; upper features offer theirs in their plugs and the app installs them."""

    key: str
    """Stored with each lock, and written in files: "after", "from", "audience"."""
    label: str
    """What stands above its choices in the editor: "Only for"."""

    def shut(self, values: Collection[str], context: LockContext) -> Mapping[str, Shut]:
        """Return those of these locks that are shut for a person, with the reason; asked once for a page."""

    def choices(self) -> Sequence[tuple[str, str]]:
        """Return what an author may lock with, as values and names, at most a few hundred."""

    def said(self, value: str, names: Mapping[ActivityKey, str]) -> str:
        """Return what the lock asks, in words; `names` are the activities of its version."""

    def read(self, written: str) -> str | None:
        """Return the value of what a file says, None if there is no such thing here."""

    def written(self, value: str) -> str:
        """Return the value as files say it: what `read` takes back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity:
    """An activity of one version. `config` is its kind's own: {} for a page, {"quiz_id": …} for a quiz."""

    id: ActivityId
    key: ActivityKey
    course_id: CourseId
    version_id: CourseVersionId
    kind: str
    title: str
    minutes: int
    config: Mapping[str, Any] = field(default_factory=dict)


class ActivityKind(Protocol):
    """A kind of activity; upper features offer theirs in their plugs and the app installs them."""

    key: str
    """Stored with each activity: "page", "quiz", "package"."""
    label: str
    """What an author picks: "Exam"."""
    icon: str
    is_graded: bool
    """Whether its result is passed or failed."""
    activity_type: str
    """What it is in statements: the IRI of an xAPI activity type."""
    rules: Sequence[CompletionRule]
    """What may complete it, each with the least that is proposed; the first holds unless the author chooses."""
    written: WrittenForm | None
    """How it is a file of a course; None if none says what it is (or, for pages, the course itself writes it)."""

    def noun(self, config: Mapping[str, Any]) -> str:
        """Return what it is to a learner, in a few words: "Exam, 40 minutes"."""

    def play_url(self, activity: Activity, enrolment_id: EnrolmentId | None) -> str | None:
        """Return where it is taken, None if the player itself shows it; no enrolment means preview."""

    def problems(self, config: Mapping[str, Any]) -> Sequence[str]:
        """Return what keeps it from being published, in sentences."""

    def edit_url(self, activity: Activity) -> str | None:
        """Return where an author sets it up, None if the course editor does."""


class CheckSource(Protocol):
    """What asks the knowledge checks of lessons; the feature above that has the questions offers it."""

    def choices(self) -> Sequence[tuple[str, str]]:
        """Return what may be asked, as names and titles, at most a few hundred."""

    def missing(self, names: Collection[str]) -> Sequence[str]:
        """Return the names for which there is nothing."""

    def show(self, names: Sequence[str], answers: Mapping[str, Sequence[str]]) -> Mapping[str, str]:
        """Return each check as safe HTML, with what is said to the answer that the page's address gives."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Launch:
    """An activity about to be taken. A preview has no enrolment and its results are not recorded."""

    activity: Activity
    enrolment_id: EnrolmentId | None
    is_preview: bool
    person_id: PersonId | None
    course_slug: str
    back_url: str
    """The page of the course's player that the activity belongs to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Completion:
    """A course that a person completed, with the version it was."""

    id: CompletionId
    completed_at: datetime
    version_id: CourseVersionId


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """The best result of a person in an activity over all versions; `score` from 0 to 1."""

    score: Decimal | None
    passed: bool
    reached_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Deeds:
    """What people did of some courses and activities, oldest first; results are the best of each enrolment.

    `minutes_left` is what they still need for the courses they have begun, beside the activities asked about.
    """

    completions: Mapping[tuple[PersonId, CourseId], Sequence[Completion]]
    scores: Mapping[tuple[PersonId, ActivityKey], Sequence[Score]]
    minutes_left: Mapping[PersonId, Mapping[CourseId, int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a person is in their latest enrolment: `done` of `total` required activities."""

    enrolment_id: EnrolmentId
    done: int
    total: int
    due_on: date | None
    completed_at: datetime | None


class IssueLevel(StrEnum):
    """An error keeps the whole course out; a warning comes along and is shown."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class ImportIssue:
    """Something about one file of an import; ``line`` counts from 1, None if it is about the whole file."""

    level: IssueLevel
    file: str
    line: int | None
    message: str


@dataclass(frozen=True, slots=True)
class ImportedPicture:
    """A picture that a lesson shows: where it lies in the tree; its bytes stay there until it is stored."""

    path: str
    media_type: str
    size_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedActivity:
    """A lesson: its Markdown as written, and the pictures it shows.

    ``pictures`` pairs each address in the Markdown with the path in the tree, so that nothing is rewritten.
    """

    slug: str
    title: str
    file: str
    body: str
    minutes: int | None = None
    is_required: bool = True
    kind: str = "page"
    pictures: tuple[tuple[str, str], ...] = ()
    rule: CompletionRule | None = None
    after: tuple[str, ...] = ()
    """Files of lessons in the tree, and titles of activities that have none, that must be done before."""
    opens: str = ""
    """An ISO 8601 instant; without an offset it is the installation's own time."""
    locks: tuple[tuple[str, str], ...] = ()
    """Other locks: kind, and what the file says."""
    config: Mapping[str, Any] | None = None
    """What the kind's written form read; None for pages and films, whose text the course keeps."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedSection:
    """A section and its lessons, in the order of their numbers."""

    slug: str
    title: str
    file: str
    activities: tuple[ImportedActivity, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedCourse:
    """A whole course as its files say it; ``intro`` is Markdown, ``minutes`` as given or the lessons' sum."""

    title: str
    slug: str
    file: str
    brand: str = ""
    language: str = ""
    level: str = ""
    positions: tuple[str, ...] | None = None
    """Names or codes of positions; None where the file says nothing of them."""
    summary: str = ""
    minutes: int | None = None
    objectives: tuple[str, ...] = ()
    intro: str = ""
    intro_pictures: tuple[tuple[str, str], ...] = ()
    sections: tuple[ImportedSection, ...] = ()
    pictures: tuple[ImportedPicture, ...] = ()


@dataclass(frozen=True, slots=True)
class CourseImport:
    """What a reader found: the course whole, or None if any issue is an error; issues in reading order."""

    course: ImportedCourse | None
    issues: tuple[ImportIssue, ...] = ()
