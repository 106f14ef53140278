"""What marking is to pages: an answer with its question."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from lms.quizzes.values import AttemptId, QuestionVersionId

LATE = "late_answer"
"""The key of answers there that came late."""
SOURCE = "answer"
"""The key of answers of exams in the marking queue."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownFile:
    """A file of an answer as a page shows it."""

    id: UUID
    name: str
    url: str
    size_bytes: int
    is_picture: bool
    is_shown: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerToMark:
    """An answer that a person marks: where it stands, what was asked, and what was given."""

    id: UUID
    attempt_id: AttemptId
    slot: int
    version_id: QuestionVersionId
    content: Mapping[str, Any]
    given: Mapping[str, Any] | None
    drawn: Mapping[str, Any] | None
