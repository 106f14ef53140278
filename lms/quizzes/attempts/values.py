"""What attempts are to pages: how one stands, what its slots hold, why none may begin, how it was marked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

import msgspec

from lms.courses.values import ActivityId, ActivityKey, EnrolmentId
from lms.identity.values import PersonId
from lms.quizzes.values import (
    AttemptId,
    EndedBy,
    LateAnswerId,
    QuestionId,
    QuestionVersionId,
    QuizId,
    QuizRules,
    StoredQuestion,
    Why,
)


class Refusal(StrEnum):
    """Why no attempt may begin now."""

    PASSED = "passed"
    NONE_LEFT = "none_left"
    WAIT = "wait"
    NOT_OPEN = "not_open"
    CLOSED = "closed"
    """It has closed, or will have before another attempt could begin."""
    MARKING = "marking"
    """One waits for a person to mark it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """An attempt of before, as far as it decides about the next; `finished_at` None while it is open.

    `passed` None of a finished one: a person has yet to mark it.
    """

    number: int
    finished_at: datetime | None
    passed: bool | None

    @property
    def is_awaiting(self) -> bool:
        """Return whether it waits for a person."""
        return self.finished_at is not None and self.passed is None


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """What an attempt earned: `earned` of `marks`, and that as a score from 0 to 1; None where nothing earns marks.

    `sections` says the same of each section of the exam, in order; none where it is one piece.
    """

    earned: Decimal
    marks: Decimal
    score: Decimal | None
    passed: bool
    sections: tuple["Mark", ...] = ()


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
    device: str | None = None
    section: int = 1
    section_ends_at: datetime | None = None

    def is_elsewhere(self, device: str) -> bool:
        """Return whether it is under way on another device than this one."""
        return self.finished_at is None and self.device is not None and self.device != device

    @property
    def is_awaiting(self) -> bool:
        """Return whether it is handed in and waits for a person to mark it: it has no result yet."""
        return self.finished_at is not None and self.passed is None


@dataclass(frozen=True, slots=True)
class AnswerFile:
    """A file that came for an answer."""

    id: UUID
    slot: int
    filename: str
    media_type: str
    size_bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Try:
    """An answer that was checked: under the page's own name for it, what was given as JSON, and how it was graded."""

    key: UUID
    given: Mapping[str, Any]
    fraction: Decimal
    at: datetime


def tries_to_json(tries: Sequence[Try]) -> list[Any]:
    """Return checked answers as JSON; decimals are strings."""
    return [msgspec.to_builtins(one) for one in tries]


def tries_from_json(document: Sequence[Any] | None) -> tuple[Try, ...]:
    """Return the checked answers that `tries_to_json` gave; none for None."""
    return msgspec.convert(document, tuple[Try, ...]) if document else ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How far a question has been checked. `worth` is the share of its points that a right answer would earn next.

    `is_settled`: its answer stays as it is, since it was told, was right, or no try is left. `hints` are how many of
    its hints may be read.
    """

    allowed: int
    made: int
    is_settled: bool
    hints: int
    worth: Decimal

    @property
    def left(self) -> int:
        """Return how many tries are left."""
        return 0 if self.is_settled else self.allowed - self.made

    @property
    def may_check(self) -> bool:
        """Return whether an answer may be checked now."""
        return self.left > 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """A place in an attempt: the version drawn for it, how its choices are ordered, the answer given so far.

    `given` is a response as JSON; `drawn` what its question's variables were drawn with; `fraction` what it earned,
    once the attempt is marked; `tries` what was checked.
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
    tries: tuple[Try, ...] = ()
    section: int = 1
    key_id: QuestionVersionId | None = None
    is_left_out: bool = False
    drawn: Mapping[str, Any] | None = None

    @property
    def held(self) -> "Held":
        """What it holds of how it was marked."""
        return Held(self.fraction, self.key_id, self.is_left_out)

    def holding(self, held: "Held") -> "Slot":
        """Return it as it is once it holds that."""
        return replace(self, fraction=held.fraction, key_id=held.key_id, is_left_out=held.is_left_out)


@dataclass(frozen=True, slots=True)
class Held:
    """What an answer holds of how it was marked: what it earned, and what marking it anew has changed.

    `key_id` is the version by whose key it was marked anew, None for its own; `is_left_out` whether it counts for
    nothing in the score.
    """

    fraction: Decimal | None
    key_id: QuestionVersionId | None = None
    is_left_out: bool = False


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
    is_older: bool = False
    """Whether it was given before the one that is saved: it stands in the log of answers, and the other counts."""


@dataclass(frozen=True, slots=True)
class Given:
    """What a page tells of when it was given an answer.

    `age` is how long before it was sent, by the device's own clock. `after` are the page's names for answers of the
    same question that it sent before and heard nothing of: one of those is not somebody else's.
    """

    age: timedelta | None = None
    after: frozenset[UUID] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Late:
    """What is known of an answer that came when none was taken any more, beside what it says.

    `device_at` is when its device says it was given, `age` how long before it was sent; None where it does not say.
    """

    key: UUID
    why: Why
    device_at: datetime | None = None
    age: timedelta | None = None


@dataclass(frozen=True, slots=True)
class LateDecided:
    """What a person decided of an answer that came late: whether it counts, and why it had not been taken."""

    id: LateAnswerId
    slot: int
    why: Why
    counts: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class Absence:
    """When the page of an attempt was left for another, reckoned from what its device told, and for how long."""

    left_at: datetime
    seconds: int


class CheckOutcome(StrEnum):
    """What became of a check: it was a try, or it was none and why."""

    TAKEN = "taken"
    REPLAY = "replay"
    MEANWHILE = "meanwhile"
    """Another page was first: this answer is kept if it still may be, and was not checked."""
    OPEN = "open"
    """Something of the answer is still open."""
    SAME = "same"
    """It is the answer that was checked before."""
    OLDER = "older"
    """It was given before the one that another page saved, which counts."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What became of a check, and of the answer that came with it."""

    outcome: CheckOutcome
    saved: Saved
