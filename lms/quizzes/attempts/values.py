"""What attempts are to pages: how one stands, what its slots hold, why none may begin, how it was marked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from lms.courses.values import ActivityId, ActivityKey, EnrolmentId
from lms.identity.values import PersonId
from lms.quizzes.values import (
    AttemptId,
    EndedBy,
    QuestionId,
    QuestionVersionId,
    QuizId,
    QuizRules,
    StoredQuestion,
)


class Refusal(StrEnum):
    """Why no attempt may begin now."""

    PASSED = "passed"
    NONE_LEFT = "none_left"
    WAIT = "wait"


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """An attempt of before, as far as it decides about the next; `finished_at` None while it is open."""

    number: int
    finished_at: datetime | None
    passed: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """Whether an attempt may begin. `left` counts those left, None without limit; `opens_at` ends a wait."""

    refusal: Refusal | None = None
    left: int | None = None
    opens_at: datetime | None = None

    @property
    def is_allowed(self) -> bool:
        """Return whether one may begin."""
        return self.refusal is None


@dataclass(frozen=True, slots=True)
class Pool:
    """What one random draw may choose from."""

    count: int
    questions: Sequence[QuestionId]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """What an attempt earned: `earned` of `marks`, and that as a score from 0 to 1."""

    earned: Decimal
    marks: Decimal
    score: Decimal
    passed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """An attempt as it stands."""

    id: AttemptId
    enrolment_id: EnrolmentId
    activity_id: ActivityId
    activity_key: ActivityKey
    quiz_id: QuizId
    person_id: PersonId
    number: int
    rules: QuizRules
    started_at: datetime
    deadline_at: datetime | None
    finished_at: datetime | None = None
    ended_by: EndedBy | None = None
    earned: Decimal | None = None
    marks: Decimal
    score: Decimal | None = None
    passed: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """A place in an attempt: the version drawn for it, how its choices are ordered, the answer given so far.

    `given` is a response as JSON; `fraction` what it earned, once the attempt is marked.
    """

    number: int
    question_id: QuestionId
    version_id: QuestionVersionId
    order: tuple[str, ...]
    is_flagged: bool
    is_answered: bool
    given: Mapping[str, Any] | None
    saved_at: datetime | None
    fraction: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """The slots of a paper, be it an attempt's or a preview's."""

    slots: Sequence[Slot]

    @property
    def answered(self) -> int:
        """Return how many slots have a whole answer."""
        return sum(slot.is_answered for slot in self.slots)

    @property
    def open_numbers(self) -> Sequence[int]:
        """Return the numbers of the slots without a whole answer."""
        return [slot.number for slot in self.slots if not slot.is_answered]

    @property
    def flagged_numbers(self) -> Sequence[int]:
        """Return the numbers of the flagged slots."""
        return [slot.number for slot in self.slots if slot.is_flagged]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sitting(Sheet):
    """An attempt with all its slots."""

    attempt: Attempt


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A slot with its question, for the page that asks it."""

    slot: Slot
    stored: StoredQuestion


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """An answer is kept; `is_replay` when it had been already."""

    at: datetime
    is_answered: bool
    is_replay: bool
    remark: str = ""
