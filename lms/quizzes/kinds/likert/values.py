"""Statements, one scale for all of them, and where on it each was put."""

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, Final

from lms.kernel.messages import Message
from lms.quizzes.kinds.checks import require_keys
from lms.quizzes.values import Body, QuestionType, Response, Text

LIKERT: Final = QuestionType("likert")
STATEMENTS_AT_MOST: Final = 30
POINTS_AT_MOST: Final = 11
"""As many as the longest scale in common use has, from 0 to 10."""
NOT_APPLICABLE: Final = "na"
"""The key of the answer that a statement does not concern who answers."""


class LikertScale(StrEnum):
    """A scale that everybody knows, shown in the reader's language, or one in its author's words."""

    AGREEMENT = "agreement"
    SATISFACTION = "satisfaction"
    LIKELIHOOD = "likelihood"
    OWN = "own"


@dataclass(frozen=True, slots=True)
class LikertPoint:
    """One point of a scale, lowest first: plain text, since it stands beside a button.

    `meaning` is what a number stands for, said at the ends of a scale of numbers.
    """

    key: str
    text: str
    meaning: str = ""

    @property
    def label(self) -> str:
        """Return all that it says."""
        return (
            Message("%(number)s, %(meaning)s", number=self.text, meaning=self.meaning)
            if self.meaning
            else self.text
        )


@dataclass(frozen=True, slots=True)
class LikertStatement:
    """What is put somewhere on the scale."""

    key: str
    text: Text


POINTS: Final = {
    LikertScale.AGREEMENT: (
        LikertPoint("1", Message("Strongly disagree")),
        LikertPoint("2", Message("Disagree")),
        LikertPoint("3", Message("Neither agree nor disagree")),
        LikertPoint("4", Message("Agree")),
        LikertPoint("5", Message("Strongly agree")),
    ),
    LikertScale.SATISFACTION: (
        LikertPoint("1", Message("Very dissatisfied")),
        LikertPoint("2", Message("Dissatisfied")),
        LikertPoint("3", Message("Neither satisfied nor dissatisfied")),
        LikertPoint("4", Message("Satisfied")),
        LikertPoint("5", Message("Very satisfied")),
    ),
    LikertScale.LIKELIHOOD: (
        LikertPoint("0", "0", Message("not at all likely")),
        *(LikertPoint(str(number), str(number)) for number in range(1, 10)),
        LikertPoint("10", "10", Message("extremely likely")),
    ),
}
"""The points of the scales that everybody knows; the last is the one that a net promoter score is made of."""
ELSEWHERE: Final = LikertPoint(NOT_APPLICABLE, Message("Not applicable"))


@dataclass(frozen=True, slots=True)
class Likert(Body):
    """Put each statement somewhere on a scale; `own_points` are the scale's where its author wrote one."""

    type: ClassVar[QuestionType] = LIKERT
    statements: tuple[LikertStatement, ...]
    scale: LikertScale = LikertScale.AGREEMENT
    own_points: tuple[LikertPoint, ...] = ()
    not_applicable: bool = False
    shuffle: bool = False

    def __post_init__(self) -> None:
        """Refuse what cannot be answered."""
        require_keys(one.key for one in self.statements)
        if len(self.statements) > STATEMENTS_AT_MOST:
            raise ValueError(Message("There are at most %(most)s statements.", most=STATEMENTS_AT_MOST))
        if any(not one.text for one in self.statements):
            raise ValueError(Message("A statement is empty."))
        if bool(self.own_points) is not (self.scale is LikertScale.OWN):
            raise ValueError(
                Message("A scale has points of its own if it is none of the known ones, and only then.")
            )
        require_keys(point.key for point in self.points)
        if not 2 <= len(self.points) <= POINTS_AT_MOST:  # noqa: PLR2004
            raise ValueError(Message("A scale has 2 to %(most)s points.", most=POINTS_AT_MOST))
        words = [point.text.strip() for point in self.points]
        if not all(words) or len(set(words)) != len(words):
            raise ValueError(Message("Every point of the scale needs words of its own."))
        if any(point.key == NOT_APPLICABLE for point in self.points):
            raise ValueError(Message("A point has the key that means “not applicable”."))

    @property
    def texts(self) -> tuple[Text, ...]:
        """Every text of it that may refer to a picture, in reading order."""
        return tuple(one.text for one in self.statements)

    @property
    def points(self) -> tuple[LikertPoint, ...]:
        """The points of its scale, lowest first."""
        return self.own_points or POINTS.get(self.scale, ())

    @property
    def answers(self) -> tuple[LikertPoint, ...]:
        """What may be picked for a statement."""
        return (*self.points, ELSEWHERE) if self.not_applicable else self.points


@dataclass(frozen=True, slots=True)
class LikertResponse(Response):
    """Pairs of statement key and the key picked for it, in the question's order; those left open are not in it."""

    type: ClassVar[QuestionType] = LIKERT
    picks: tuple[tuple[str, str], ...] = ()
