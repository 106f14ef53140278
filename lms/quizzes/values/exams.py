"""What a quiz is: where its questions come from, the rules an attempt is held to, and the ids of both."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, NewType
from uuid import UUID

import msgspec

BankId = NewType("BankId", UUID)
QuestionId = NewType("QuestionId", UUID)
QuestionVersionId = NewType("QuestionVersionId", UUID)
QuestionImportId = NewType("QuestionImportId", UUID)
QuizId = NewType("QuizId", UUID)
AttemptId = NewType("AttemptId", UUID)
AnswerId = NewType("AnswerId", UUID)


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


@dataclass(frozen=True, slots=True)
class Draw:
    """Where questions come from: one fixed question, or `count` at random from a bank (with a tag, if one is named)."""

    count: int = 1
    question_id: QuestionId | None = None
    bank_id: BankId | None = None
    tag: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class QuizRules:
    """The rules of a quiz; an attempt keeps those it began under.

    `minutes` None is without a limit, `attempts_allowed` None without end. `wait_days` is the wait after the
    first, second, … failed attempt; the last one holds for all that follow.
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
