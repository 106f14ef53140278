"""What marking anew is to pages: what was asked for, how far it is, and what it does to each attempt."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

import msgspec

from lms.identity.values import PersonId
from lms.quizzes.attempts.values import Held
from lms.quizzes.values import AttemptId, QuestionId, QuestionVersionId, QuizId, RemarkId

REASON_CHARACTERS = 500


class Way(StrEnum):
    """How answers to a faulty question are marked anew."""

    KEY = "key"
    """By the key of another version of it."""
    FULL = "full"
    """Everybody gets all its points."""
    OUT = "out"
    """It is left out of the score."""
    UNDO = "undo"
    """As before an act, which is taken back."""


class RemarkState(StrEnum):
    """How far an act is."""

    LOOKING = "looking"
    LOOKED_AT = "looked_at"
    RUNNING = "running"
    DONE = "done"
    DISCARDED = "discarded"


class Verdict(StrEnum):
    """What an act comes to for one attempt."""

    GAINED = "gained"
    """It passes now."""
    RAISED = "raised"
    LOWERED = "lowered"
    SPARED = "spared"
    """Its score falls below the pass mark; its pass stays."""
    KEPT = "kept"
    """Its score would fall, and stays."""
    KEPT_PASS = "kept_pass"  # noqa: S105  no password
    """As `KEPT`, and it would not pass any more."""
    SAME = "same"
    WAITING = "waiting"
    """It waits for a person to mark another answer: its score comes then."""
    BARE = "bare"
    """Nothing else in it earns points: it stays as it is."""
    CHANGED = "changed"
    """It was marked otherwise since: it stays as it is."""


RISES = frozenset({Verdict.GAINED, Verdict.RAISED})
FALLS = frozenset({Verdict.LOWERED, Verdict.SPARED})
LEFT_ALONE = frozenset({Verdict.BARE, Verdict.CHANGED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """What somebody wants marked anew, and why. `quiz_id` None is every exam, `key_id` is for `Way.KEY` alone.

    `lowers` is whether scores may fall.
    """

    id: RemarkId
    question_id: QuestionId
    version_id: QuestionVersionId
    way: Way
    reason: str
    key_id: QuestionVersionId | None = None
    quiz_id: QuizId | None = None
    lowers: bool = False
    undoes_id: RemarkId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What an act comes to for one attempt: what its answers, by slot, hold before and after it, and its score."""

    verdict: Verdict
    before: Mapping[int, Held]
    after: Mapping[int, Held]
    score_before: Decimal | None
    score_after: Decimal | None
    passed_before: bool | None
    passed_after: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """An act of marking anew. `looked` is the number of its preview, `open_count` the attempts that still go on.

    `title` is the exam's that it is narrowed to; `numbers` are those of the faulty version and of the one whose key
    holds; `undone_by` the act that takes it back, if there is one.
    """

    id: RemarkId
    question_id: QuestionId
    question_title: str
    way: Way
    state: RemarkState
    lowers: bool
    reason: str
    number: int
    key_number: int | None
    quiz_title: str
    looked: int
    total: int
    done: int
    counts: Mapping[Verdict, int]
    open_count: int
    asked_at: datetime
    asked_by: str
    begun_at: datetime | None
    ended_at: datetime | None
    undoes_id: RemarkId | None = None
    undone_by: RemarkId | None = None

    @property
    def raised(self) -> int:
        """How many scores rise."""
        return sum(self.counts.get(one, 0) for one in RISES)

    @property
    def lowered(self) -> int:
        """How many scores fall."""
        return sum(self.counts.get(one, 0) for one in FALLS)

    @property
    def passes_spared(self) -> int:
        """How many would not pass any more, and stay passed."""
        return self.counts.get(Verdict.SPARED, 0) + self.counts.get(Verdict.KEPT_PASS, 0)

    @property
    def effect(self) -> int:
        """How many attempts it does anything to."""
        return self.total - sum(self.counts.get(one, 0) for one in LEFT_ALONE)


@dataclass(frozen=True, slots=True, kw_only=True)
class RemarkLine:
    """One attempt of an act: whose it is, and what the act comes to for it."""

    attempt_id: AttemptId
    person_id: PersonId
    name: str
    employer_name: str
    exam: str
    attempt_number: int
    verdict: Verdict
    score_before: Decimal | None
    score_after: Decimal | None
    passed_before: bool | None
    passed_after: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a person reads on their result of an attempt that was marked anew."""

    at: datetime
    way: Way
    reason: str
    slots: tuple[int, ...]
    score_before: Decimal | None
    score_after: Decimal | None
    passed_before: bool | None
    passed_after: bool | None
    is_undone: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What can be chosen for a question: versions that were asked, all versions, and the exams that asked it."""

    asked: Mapping[QuestionVersionId, int] = field(default_factory=dict)
    keys: Mapping[QuestionVersionId, int] = field(default_factory=dict)
    exams: Mapping[QuizId, str] = field(default_factory=dict)


def held_to_json(held: Mapping[int, Held]) -> dict[str, Any]:
    """Return what answers hold, by slot, as JSON; decimals are strings."""
    return {str(number): msgspec.to_builtins(one) for number, one in held.items()}


def held_from_json(document: Mapping[str, Any]) -> Mapping[int, Held]:
    """Return what `held_to_json` gave."""
    return {int(number): msgspec.convert(one, Held) for number, one in document.items()}
