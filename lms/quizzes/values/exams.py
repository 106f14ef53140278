"""What a quiz is: where its questions come from, the rules an attempt is held to, and the ids of both."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import StrEnum
from typing import Any, NewType
from uuid import UUID

import msgspec

from lms.quizzes.values.behaviours import A_THIRD, Behaviour, Telling
from lms.quizzes.values.sittings import AS_EVER, NO_EXTRA, Extra, SittingRules

BankId = NewType("BankId", UUID)
QuestionId = NewType("QuestionId", UUID)
QuestionVersionId = NewType("QuestionVersionId", UUID)
FolderId = NewType("FolderId", UUID)
QuestionImportId = NewType("QuestionImportId", UUID)
QuizId = NewType("QuizId", UUID)
AttemptId = NewType("AttemptId", UUID)
AnswerId = NewType("AnswerId", UUID)
RemarkId = NewType("RemarkId", UUID)
"""An act of marking many attempts anew."""


class Difficulty(StrEnum):
    """How hard a question is, as its author judges it."""

    EASY = "easy"
    MEDIUM = "medium"
    HARD = "hard"


class Status(StrEnum):
    """Where a question stands: only reviewed ones are drawn at random."""

    DRAFT = "draft"
    REVIEWED = "reviewed"
    RETIRED = "retired"


class Layout(StrEnum):
    """One page for each question, or one for all of them."""

    ONE = "one"
    ALL = "all"


class Review(StrEnum):
    """What a learner sees of their answers after finishing."""

    SCORE = "score"
    MARKS = "marks"
    ANSWERS = "answers"
    ANSWERS_AT_END = "answers_at_end"


class EndedBy(StrEnum):
    """Who ended an attempt."""

    LEARNER = "learner"
    TIME = "time"


class Grading(StrEnum):
    """Which of several attempts is what was reached."""

    BEST = "best"
    LAST = "last"
    FIRST = "first"
    AVERAGE = "average"


@dataclass(frozen=True, slots=True)
class Draw:
    """Where questions come from: one fixed question, or `count` at random from a bank.

    What is said beside the bank narrows it: a folder with all that lies within it, a tag, an objective, a difficulty.
    `section` is the section of the exam that asks them, from 1.
    """

    count: int = 1
    question_id: QuestionId | None = None
    bank_id: BankId | None = None
    tag: str = ""
    folder_id: FolderId | None = None
    objective: str = ""
    difficulty: Difficulty | None = None
    section: int = 1

    @property
    def source(self) -> "Draw":
        """Return the same for draws that choose from the same questions."""
        return replace(self, count=1, section=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A part of an exam. With `minutes` it is gone through by itself: once it is closed, nothing in it changes."""

    title: str
    instructions: str = ""
    minutes: int | None = None
    shuffle_questions: bool = True
    pass_percent: int = 0
    """The share of its own points that it takes, whatever the others earned; 0 asks for none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QuizRules:
    """The rules of a quiz; an attempt keeps those it began under.

    `minutes` None is without a limit, `attempts_allowed` None without end. `wait_days` is the wait after the
    first, second, … failed attempt; the last one holds for all that follow. What came later has a default that means
    what was before, for the attempts that began without it.
    """

    title: str
    pass_percent: int = 80
    minutes: int | None = None
    attempts_allowed: int | None = None
    wait_days: tuple[int, ...] = ()
    shuffle_questions: bool = True
    shuffle_choices: bool = True
    layout: Layout = Layout.ONE
    review: Review = Review.MARKS
    blind: bool = False
    """Whether who marks an answer by hand reads no name until it is marked."""
    telling: Telling = Telling.AT_END
    penalty: Decimal = A_THIRD
    is_survey: bool = False
    """It asks what people think: nothing is right or scored, and handing it in is all."""
    is_anonymous: bool = False
    """What is said is kept by nobody's name."""
    honour: str = ""
    """What who begins an attempt has to agree to first; nothing if empty."""
    sitting: SittingRules = AS_EVER
    sections: tuple[Section, ...] = ()
    """Its parts, in order; none where it is one piece."""
    grading: Grading = Grading.BEST
    may_retry: bool = False
    """Whether who has passed may try again; the pass stays."""
    extra: Extra = NO_EXTRA
    """Time beyond each limit, as the person of an attempt has it; an exam itself has none."""

    @property
    def is_by_section(self) -> bool:
        """Return whether its sections are gone through one by one: one of them has a time of its own."""
        return any(one.minutes is not None for one in self.sections)

    @property
    def behaviour(self) -> Behaviour:
        """How its questions are gone about."""
        return Behaviour(self.telling, self.penalty)


def rules_to_json(rules: QuizRules) -> dict[str, Any]:
    """Return the rules as JSON."""
    document: dict[str, Any] = msgspec.to_builtins(rules)
    return document


def rules_from_json(document: Mapping[str, Any]) -> QuizRules:
    """Return the rules that ``rules_to_json`` gave; msgspec.ValidationError if it is none."""
    return msgspec.convert(dict(document), QuizRules)


@dataclass(frozen=True, slots=True, kw_only=True)
class Quiz:
    """A quiz as authors set it up. `revision` counts its changes, so that a stale form is noticed."""

    id: QuizId
    rules: QuizRules
    draws: tuple[Draw, ...] = ()
    revision: int = 1

    @property
    def count(self) -> int:
        """Return how many questions an attempt has."""
        return sum(draw.count for draw in self.draws)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredQuestion:
    """One version of a question in a bank, with what a page shows of it: HTML, safe since it was saved.

    `parts` is the HTML of each choice or stem by its key; `pictures` where each attachment is served.
    """

    id: QuestionVersionId
    question_id: QuestionId
    number: int
    content: Mapping[str, Any]
    stem: str
    is_plain: bool
    """Whether the stem is one paragraph, as a legend may be."""
    parts: Mapping[str, str] = field(default_factory=dict)
    pictures: Mapping[str, str] = field(default_factory=dict)
