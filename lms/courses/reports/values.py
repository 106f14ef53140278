"""Frozen lines of reports."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from lms.courses.values import CompletionId, CourseId


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
