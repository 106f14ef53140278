"""Frozen notes."""

from dataclasses import dataclass
from datetime import datetime

from lms.courses.values import ActivityId, ActivityKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """What somebody keeps of an activity: words, or a mark to find it again, or both."""

    activity_key: ActivityKey
    text: str
    is_marked: bool
    revision: int
    changed_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NotePlace:
    """A note with where it stands: the activity as the reader's version has it."""

    note: Note
    title: str
    course_title: str
    slug: str
    language: str
    activity_id: ActivityId
