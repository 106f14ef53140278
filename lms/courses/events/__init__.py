"""What has happened to courses and to the people who take them."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import ClassVar
from uuid import UUID

from lms.courses.values import (
    ActivityKey,
    BookingEnd,
    BookingId,
    BookingState,
    CompletionId,
    CourseId,
    CourseVersionId,
    CurriculumCompletionId,
    CurriculumId,
    CurriculumVersionId,
    DraftChange,
    Ending,
    EnrolmentId,
    EnrolmentSource,
    EquivalenceId,
    FollowingId,
    LearnerGroup,
    LiveSessionId,
    Mark,
    ReviewId,
)
from lms.courses.values.marking import HandInId, Outcome, WorkId
from lms.identity.values import PersonId
from lms.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class CourseImported(Event):
    """A course came from files, new or into the draft of one that was there."""

    SUBJECT: ClassVar[str] = "course_id"
    course_id: CourseId
    is_new: bool
    activities: int


@dataclass(frozen=True, kw_only=True)
class DraftChanged(Event):
    """An author changed a course's facts or its draft; `activity_key` names the activity if it was one."""

    SUBJECT: ClassVar[str] = "course_id"
    course_id: CourseId
    change: DraftChange
    activity_key: ActivityKey | None = None


@dataclass(frozen=True, kw_only=True)
class CoursePublished(Event):
    """A draft became version `number`, which never changes again."""

    SUBJECT: ClassVar[str] = "course_id"
    course_id: CourseId
    version_id: CourseVersionId
    number: int
    moves: tuple[LearnerGroup, ...] = ()
    """Who of those on an older version goes on in this one; the others finish on theirs."""


@dataclass(frozen=True, kw_only=True)
class CourseFileKept(Event):
    """A file was given to a course that it did not have before."""

    SUBJECT: ClassVar[str] = "course_id"
    course_id: CourseId
    file_id: UUID
    filename: str


@dataclass(frozen=True, kw_only=True)
class CoursePrintAsked(Event):
    """Somebody asked for a version on paper."""

    SUBJECT: ClassVar[str] = "course_id"
    course_id: CourseId
    version_id: CourseVersionId
    asked_by: PersonId | None


@dataclass(frozen=True, kw_only=True)
class CourseFileRemoved(Event):
    """A file that no version showed was taken out of a course."""

    SUBJECT: ClassVar[str] = "course_id"
    course_id: CourseId
    file_id: UUID
    filename: str


@dataclass(frozen=True, kw_only=True)
class ReviewAsked(Event):
    """An author asked that a draft is read before it is published; `reviewer_id` None means any other trainer."""

    SUBJECT: ClassVar[str] = "course_id"
    course_id: CourseId
    review_id: ReviewId
    asked_by: PersonId | None
    reviewer_id: PersonId | None


@dataclass(frozen=True, kw_only=True)
class ReviewDecided(Event):
    """A draft was approved or returned, or the request was taken back (`verdict`)."""

    SUBJECT: ClassVar[str] = "course_id"
    course_id: CourseId
    review_id: ReviewId
    verdict: str
    asked_by: PersonId | None
    decided_by: PersonId | None
    reason: str


@dataclass(frozen=True, kw_only=True)
class LearnersMoved(Event):
    """People who were on older versions go on in this one, with the progress of every activity it still has."""

    SUBJECT: ClassVar[str] = "course_id"
    course_id: CourseId
    version_id: CourseVersionId
    count: int


@dataclass(frozen=True, kw_only=True)
class EnrolmentMade(Event):
    """A person was enrolled; `enrolled_by` is None when the system did it."""

    SUBJECT: ClassVar[str] = "enrolment_id"
    enrolment_id: EnrolmentId
    person_id: PersonId
    course_id: CourseId
    source: EnrolmentSource
    due_on: date | None
    enrolled_by: PersonId | None


@dataclass(frozen=True, kw_only=True)
class PeopleEnrolled(Event):
    """Some people were enrolled together, at most `ENROLLED_AT_ONCE` in one event; their enrolments hold the rest."""

    SUBJECT: ClassVar[str] = "course_id"
    course_id: CourseId
    person_ids: tuple[PersonId, ...]
    source: EnrolmentSource
    due_on: date | None
    enrolled_by: PersonId | None


ENROLLED_AT_ONCE = 500


@dataclass(frozen=True, kw_only=True)
class ActBegun(Event):
    """Somebody said that something be done to many people of a course: `act` is enrol, extend or withdraw."""

    SUBJECT: ClassVar[str] = "course_id"
    course_id: CourseId
    act_id: UUID
    act: str
    people: int
    reason: str


@dataclass(frozen=True, kw_only=True)
class ActEnded(Event):
    """It is done, or was stopped by somebody (`stopped_by`); `left_out` counts those to whom it was not done."""

    SUBJECT: ClassVar[str] = "course_id"
    course_id: CourseId
    act_id: UUID
    act: str
    asked_by: PersonId | None
    stopped_by: PersonId | None
    done: int
    left_out: int


@dataclass(frozen=True, kw_only=True)
class CourseAccessChanged(Event):
    """A course has other audiences that see it or are enrolled on it, or another date for who they enrol."""

    SUBJECT: ClassVar[str] = "course_id"
    course_id: CourseId
    sees: tuple[UUID, ...]
    enrolled: tuple[UUID, ...]
    due_on: date | None
    due_days: int | None
    withdraws_leavers: bool
    places: int | None


@dataclass(frozen=True, kw_only=True)
class WaitBegun(Event):
    """All places of a course are taken, and somebody waits for one; `asked_by` None when the system enrolled them."""

    SUBJECT: ClassVar[str] = "course_id"
    course_id: CourseId
    person_id: PersonId
    asked_by: PersonId | None


@dataclass(frozen=True, kw_only=True)
class WaitEnded(Event):
    """Somebody is on the waiting list of a course no longer, and was not enrolled (`why`)."""

    SUBJECT: ClassVar[str] = "course_id"
    course_id: CourseId
    person_id: PersonId
    why: str


@dataclass(frozen=True, kw_only=True)
class PlaceFound(Event):
    """Who had waited longest was enrolled on a course in which a place became free."""

    SUBJECT: ClassVar[str] = "enrolment_id"
    enrolment_id: EnrolmentId
    person_id: PersonId
    course_id: CourseId


@dataclass(frozen=True, kw_only=True)
class DueDateExtended(Event):
    """Somebody gave an open enrolment another date, with a reason; `due_on` None means that it is due no longer."""

    SUBJECT: ClassVar[str] = "enrolment_id"
    enrolment_id: EnrolmentId
    person_id: PersonId
    course_id: CourseId
    due_before: date | None
    due_on: date | None
    reason: str


@dataclass(frozen=True, kw_only=True)
class DueDateMoved(Event):
    """An open enrolment is due earlier than it was, or due at all."""

    SUBJECT: ClassVar[str] = "enrolment_id"
    enrolment_id: EnrolmentId
    person_id: PersonId
    due_on: date


@dataclass(frozen=True, kw_only=True)
class ActivityResultRecorded(Event):
    """A result of one activity came in; kept in full in the results' own append-only table."""

    SUBJECT: ClassVar[str] = "enrolment_id"
    AUDITED: ClassVar[bool] = False
    enrolment_id: EnrolmentId
    person_id: PersonId
    course_id: CourseId
    activity_key: ActivityKey
    completed: bool
    passed: bool | None
    score: Decimal | None


@dataclass(frozen=True, kw_only=True)
class CourseCompleted(Event):
    """A person completed a course in the version they took."""

    SUBJECT: ClassVar[str] = "completion_id"
    person_id: PersonId
    course_id: CourseId
    version_id: CourseVersionId
    completion_id: CompletionId


@dataclass(frozen=True, kw_only=True)
class EnrolmentWithdrawn(Event):
    """An open enrolment ended without a completion; its progress stays on record."""

    SUBJECT: ClassVar[str] = "enrolment_id"
    enrolment_id: EnrolmentId
    person_id: PersonId
    course_id: CourseId
    ending: Ending = Ending.LEFT_FOR_GOOD
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class SessionScheduled(Event):
    """A date was set for a live session."""

    SUBJECT: ClassVar[str] = "session_id"
    session_id: LiveSessionId
    course_id: CourseId
    activity_key: ActivityKey


@dataclass(frozen=True, kw_only=True)
class SessionChanged(Event):
    """A date was changed; `is_moved` says that its time, place or name is another than those who booked know.

    `days_before` is how many days it had: those it has no longer leave calendars.
    """

    SUBJECT: ClassVar[str] = "session_id"
    session_id: LiveSessionId
    is_moved: bool
    days_before: int


@dataclass(frozen=True, kw_only=True)
class SessionCancelled(Event):
    """A date was called off; whoever had booked it may book another."""

    SUBJECT: ClassVar[str] = "session_id"
    session_id: LiveSessionId
    reason: str


@dataclass(frozen=True, kw_only=True)
class SeatTaken(Event):
    """A person has a seat or stands on the waiting list; `moved_up` if a seat became free for them."""

    SUBJECT: ClassVar[str] = "booking_id"
    booking_id: BookingId
    session_id: LiveSessionId
    person_id: PersonId
    state: BookingState
    moved_up: bool


@dataclass(frozen=True, kw_only=True)
class SeatGivenUp(Event):
    """A booking ended before its session; `was` says whether it had a seat."""

    SUBJECT: ClassVar[str] = "booking_id"
    booking_id: BookingId
    session_id: LiveSessionId
    person_id: PersonId
    was: BookingState
    why: BookingEnd


@dataclass(frozen=True, kw_only=True)
class SheetClosed(Event):
    """The attendance of a session is final, with how many were marked how."""

    SUBJECT: ClassVar[str] = "session_id"
    session_id: LiveSessionId
    present: int
    partly: int
    absent: int
    excused: int


@dataclass(frozen=True, kw_only=True)
class AttendanceCorrected(Event):
    """A mark was changed after its sheet was closed. What was completed by it stays completed."""

    SUBJECT: ClassVar[str] = "session_id"
    session_id: LiveSessionId
    booking_id: BookingId
    person_id: PersonId
    was: Mark
    was_minutes: int
    now: Mark
    now_minutes: int
    reason: str


@dataclass(frozen=True, kw_only=True)
class WorkHandedIn(Event):
    """A learner handed in work for an assignment, for the `number`th time."""

    SUBJECT: ClassVar[str] = "hand_in_id"
    hand_in_id: HandInId
    person_id: PersonId
    course_id: CourseId
    activity_key: ActivityKey
    number: int
    is_late: bool


@dataclass(frozen=True, kw_only=True)
class WorkMarked(Event):
    """A piece of work was marked for the first time."""

    SUBJECT: ClassVar[str] = "work_id"
    work_id: WorkId
    person_id: PersonId
    course_id: CourseId
    marked_by: PersonId | None
    outcome: Outcome
    score: Decimal


@dataclass(frozen=True, kw_only=True)
class WorkMarkedAnew(Event):
    """Work that was marked was marked again, with a reason; what was completed by it stays completed."""

    SUBJECT: ClassVar[str] = "work_id"
    work_id: WorkId
    person_id: PersonId
    course_id: CourseId
    marked_by: PersonId | None
    was: Outcome
    outcome: Outcome
    score: Decimal
    reason: str


@dataclass(frozen=True, kw_only=True)
class WorkErased(Event):
    """Texts and files that an erased person had handed in are gone; `hashes` name the bytes that nobody holds now."""

    SUBJECT: ClassVar[str] = "person_id"
    AUDITED: ClassVar[bool] = False
    person_id: PersonId
    hashes: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class CurriculumSaved(Event):
    """An author made a curriculum or changed its facts or its draft."""

    SUBJECT: ClassVar[str] = "curriculum_id"
    curriculum_id: CurriculumId
    is_new: bool
    stages: int


@dataclass(frozen=True, kw_only=True)
class CurriculumPublished(Event):
    """A draft became the version that people get; `moves` says that who is on an older one goes on in it."""

    SUBJECT: ClassVar[str] = "curriculum_id"
    curriculum_id: CurriculumId
    curriculum_version_id: CurriculumVersionId
    number: int
    moves: bool


@dataclass(frozen=True, kw_only=True)
class PathStarted(Event):
    """A person began to follow a curriculum."""

    SUBJECT: ClassVar[str] = "following_id"
    following_id: FollowingId
    person_id: PersonId
    curriculum_id: CurriculumId


@dataclass(frozen=True, kw_only=True)
class PathLeft(Event):
    """A person follows a curriculum no longer; their courses go on."""

    SUBJECT: ClassVar[str] = "following_id"
    following_id: FollowingId
    person_id: PersonId
    curriculum_id: CurriculumId


@dataclass(frozen=True, kw_only=True)
class CurriculumCompleted(Event):
    """A person has every stage of a curriculum; said once for each person and curriculum."""

    SUBJECT: ClassVar[str] = "curriculum_completion_id"
    curriculum_completion_id: CurriculumCompletionId
    person_id: PersonId
    curriculum_id: CurriculumId
    curriculum_version_id: CurriculumVersionId


@dataclass(frozen=True, kw_only=True)
class EquivalenceAdded(Event):
    """Completions of one course count for another from now on, and the other way if `is_mutual`."""

    SUBJECT: ClassVar[str] = "equivalence_id"
    equivalence_id: EquivalenceId
    course_id: CourseId
    counts_for_id: CourseId
    is_mutual: bool


@dataclass(frozen=True, kw_only=True)
class EquivalenceRemoved(Event):
    """Completions count no longer; what was completed by them stays completed."""

    SUBJECT: ClassVar[str] = "equivalence_id"
    equivalence_id: EquivalenceId
    course_id: CourseId
    counts_for_id: CourseId
