"""The numbers that are accepted, and the number as it was typed."""

from dataclasses import dataclass
from typing import ClassVar, Final

from lms.quizzes.kinds.amounts import Numbers
from lms.quizzes.values import Body, QuestionType, Response

NUMERIC: Final = QuestionType("numeric")


@dataclass(frozen=True, slots=True)
class Numeric(Numbers, Body):
    """Type a number."""

    type: ClassVar[QuestionType] = NUMERIC


@dataclass(frozen=True, slots=True)
class NumericResponse(Response):
    """The number as it was typed, with its unit if one was typed."""

    type: ClassVar[QuestionType] = NUMERIC
    text: str = ""
