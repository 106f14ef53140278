"""Frozen pictures of assignments: what is asked, what was handed in, and what waits to be marked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from lms.courses.values import ActivityId, ActivityKey, CourseId, EnrolmentId
from lms.courses.values.marking import FileKind, HandInId, Mark, Outcome, Rubric, Work, WorkId
from lms.identity.values import PersonId

KIND: Final = "assignment"
"""The key of the kind of activity, and of its work in the marking queue."""


class Takes(StrEnum):
    """What is handed in."""

    TEXT = "text"
    FILES = "files"
    BOTH = "both"


class State(StrEnum):
    """Where a person's work for an assignment stands."""

    DRAFT = "draft"
    HANDED_IN = "handed_in"
    BEING_MARKED = "being_marked"
    RETURNED = "returned"
    PASSED = "passed"
    FAILED = "failed"


class Refusal(StrEnum):
    """Why nothing can be handed in."""

    WAITING = "waiting"
    PASSED = "passed"
    NONE_LEFT = "none_left"


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """What an activity asks for, as its version froze it.

    `again` is how often it may be handed in after the first time, None as often as needed. It is due `due_days`
    after enrolment or on `due_on`; both None is never.
    """

    task: str
    task_html: str
    takes: Takes
    kinds: tuple[FileKind, ...]
    most_files: int
    most_bytes: int
    rubric: Rubric
    again: int | None
    due_days: int | None
    due_on: date | None
    markers: tuple[PersonId, ...]

    @property
    def takes_text(self) -> bool:
        """Return whether text is handed in."""
        return self.takes is not Takes.FILES

    @property
    def takes_files(self) -> bool:
        """Return whether files are handed in."""
        return self.takes is not Takes.TEXT


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedFile:
    """A file of a draft or of work that was handed in; `id` is that of its place there."""

    id: UUID
    filename: str
    media_type: str
    size_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What a person has prepared; `revision` 0 is nothing yet."""

    text: str = ""
    revision: int = 0
    saved_at: datetime | None = None
    files: Sequence[HandedFile] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What a marker decides: a level (None where none was chosen) and a comment for each criterion, and words for all.

    `reason` says why work is marked anew.
    """

    levels: tuple[int | None, ...]
    comments: tuple[str, ...] = ()
    comment: str = ""
    is_returned: bool = False
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HandIn:
    """Work as it was handed in, with every decision about it, the latest last."""

    id: HandInId
    work_id: WorkId
    activity_id: ActivityId
    activity_key: ActivityKey
    course_id: CourseId
    enrolment_id: EnrolmentId
    person_id: PersonId
    number: int
    text: str
    files: Sequence[HandedFile]
    handed_in_at: datetime
    is_late: bool
    is_erased: bool
    is_being_marked: bool
    draft_revision: int
    marks: Sequence[Mark] = ()

    @property
    def outcome(self) -> Outcome | None:
        """Return what holds of it now, None while it waits."""
        return self.marks[-1].outcome if self.marks else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A piece of work as the queue lists it; `claimed_by` names who marks it now, and None once that lapsed."""

    id: WorkId
    work: Work
    person_name: str
    employer_name: str
    course_title: str
    claimed_by: PersonId | None
    claimed_by_name: str
    ended_at: datetime | None
    outcome: Outcome | None
    marks: int


@dataclass(frozen=True, slots=True)
class Counts:
    """How much waits for a marker: all of it, what was late, and what they have taken."""

    waiting: int
    late: int
    mine: int
