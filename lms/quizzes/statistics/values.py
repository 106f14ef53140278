"""What is kept of attempts and what it says: shares of one attempt, sums over many, measures and remarks on them.

Shares are whole numbers of millionths, so that sums are exact and what was added can be taken away again.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, NamedTuple
from uuid import UUID

import msgspec

from lms.quizzes.values import QuestionId, QuestionVersionId

MILLION: Final = 1_000_000
FEWEST: Final = 20
"""From how many attempts on it is said how well a question tells people apart: of fewer, chance says more."""
LONGEST_SECONDS: Final = 600
"""The most that one answer can have taken: who was away longer had left the page open."""
NOT_KNOWN: Final = 2_000
"""The rank of a question of which nobody can say yet how well it discriminates: after all others."""


class Which(StrEnum):
    """Over which attempts the numbers are: the first of each enrolment, or all of them."""

    FIRST = "first"
    ALL = "all"


class CountedItem(msgspec.Struct, frozen=True, array_like=True):
    """What one attempt says of one question.

    `earned` is the millionths of the question's own marks that it earned, `part` how many of all marks of the
    attempt, and `weight` how many it could; `seconds` None where nobody can say how long it took.
    """

    version: UUID
    question: UUID
    earned: int
    part: int
    weight: int
    is_answered: bool
    seconds: int | None
    objective: str
    chosen: tuple[tuple[str, str], ...]


class Counted(msgspec.Struct, frozen=True):
    """What one attempt says: `total` is the sum of the parts, which a floor at nothing does not cut."""

    is_first: bool
    total: int
    percent: int
    passed: bool
    seconds: int
    items: tuple[CountedItem, ...]


Key = tuple[str | int | UUID, ...]
Sums = dict[str, int]


@dataclass(frozen=True, slots=True)
class Tally:
    """Sums of many attempts at one exam, table by table, by what is left of each row's key without the exam."""

    totals: dict[Key, Sums] = field(default_factory=dict)
    scores: dict[Key, Sums] = field(default_factory=dict)
    objectives: dict[Key, Sums] = field(default_factory=dict)
    items: dict[Key, Sums] = field(default_factory=dict)
    answers: dict[Key, Sums] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """Sums over attempts of as many questions (`size`) at one exam."""

    size: int
    n: int
    passed: int
    seconds: int
    total: int
    total_squared: int
    parts_squared: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """Sums over the attempts that asked one version of a question; `rest` is what the others of each earned."""

    version_id: QuestionVersionId
    question_id: QuestionId
    n: int
    answered: int
    earned: int
    earned_squared: int
    part: int
    part_squared: int
    rest: int
    rest_squared: int
    earned_rest: int
    timed: int
    seconds: int


class Chosen(NamedTuple):
    """How often an answer was given, and what who gave it earned with the other questions, summed."""

    times: int
    rest: int


Answers = Mapping[tuple[str, str], Chosen]
"""By part and answer; the empty answer counts who answered that part at all."""


class FlagKind(StrEnum):
    """What may be wrong with a question."""

    STRONG_FAIL = "strong_fail"
    RIVAL = "rival"
    UNCHOSEN = "unchosen"
    HARD = "hard"
    WEAK = "weak"
    ALL_RIGHT = "all_right"


@dataclass(frozen=True, slots=True)
class Flag:
    """Something of a question that its author should look at; of an answer where `answer` names one."""

    kind: FlagKind
    part: str = ""
    answer: str = ""


@dataclass(frozen=True, slots=True)
class Options:
    """What of a question can be chosen, as far as remarks are made on it.

    `choices` are the keys of a part whose every wrong answer is there to be chosen, `right` what is right, by part.
    """

    choices: Mapping[str, tuple[str, ...]]
    right: Mapping[str, frozenset[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Measures:
    """What an item's sums say: shares from 0 to 1, a correlation from -1 to 1, seconds; None where nobody can say."""

    facility: float | None
    discrimination: float | None
    seconds: float | None
    answered: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    """What the totals of an exam say. Mean, deviation and error are shares of the whole score.

    `is_drawn`: not everybody was asked the same, and reliability counts that as chance. `size` is of how many
    questions the attempts are that it was found from, and `sizes` how many sizes there are.
    """

    n: int
    passed: int
    mean: float | None
    deviation: float | None
    seconds: float | None
    reliability: float | None
    error: float | None
    is_drawn: bool
    size: int
    sizes: int


@dataclass(frozen=True, slots=True)
class Objective:
    """Sums of what was asked for an objective: how many answers, what they earned and what they could."""

    objective: str
    n: int
    part: int
    weight: int

    @property
    def facility(self) -> float | None:
        """Return the share of their marks that they earned."""
        return self.part / self.weight if self.weight else None


class Change(StrEnum):
    """What a version of a question is beside the one before."""

    EASIER = "easier"
    HARDER = "harder"
    ALIKE = "alike"
    """No more apart than chance would have it."""
    NOT_KNOWN = "not_known"


@dataclass(frozen=True, slots=True)
class Exposed:
    """A question that may be drawn: in how many attempts at one exam it was, and at all exams."""

    question_id: QuestionId
    title: str
    n: int
    everywhere: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Pool:
    """What a draw may choose from: how many questions, how many of them it ever chose, and how often in all."""

    size: int
    drawn: int
    times: int
