"""What has happened to courses and to the people who take them."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import ClassVar
from uuid import UUID

from lms.courses.values import (
    ActivityKey,
    CompletionId,
    CourseId,
    CourseVersionId,
    DraftChange,
    EnrolmentId,
    EnrolmentSource,
    LearnerGroup,
    ReviewId,
)
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
