"""What a learner answers, exactly as given, what that earns, and the JSON an attempt keeps of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, ClassVar, Final

import msgspec

from lms.quizzes.values.questions import NO_TEXT, QuestionType, Text


@dataclass(frozen=True, slots=True)
class SingleChoiceResponse:
    """The key of the choice picked; empty while none is."""

    type: ClassVar[QuestionType] = QuestionType.SINGLE_CHOICE
    key: str = ""


@dataclass(frozen=True, slots=True)
class MultipleChoiceResponse:
    """The keys of the choices ticked, in the question's order."""

    type: ClassVar[QuestionType] = QuestionType.MULTIPLE_CHOICE
    keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TrueFalseResponse:
    """True, false, or None while nothing is said."""

    type: ClassVar[QuestionType] = QuestionType.TRUE_FALSE
    answer: bool | None = None


@dataclass(frozen=True, slots=True)
class ShortTextResponse:
    """The text as it was typed."""

    type: ClassVar[QuestionType] = QuestionType.SHORT_TEXT
    text: str = ""


@dataclass(frozen=True, slots=True)
class NumericResponse:
    """The number as it was typed, with its unit if one was typed."""

    type: ClassVar[QuestionType] = QuestionType.NUMERIC
    text: str = ""


@dataclass(frozen=True, slots=True)
class MatchingResponse:
    """Pairs of stem key and option key, in the question's order; stems left open are not in it."""

    type: ClassVar[QuestionType] = QuestionType.MATCHING
    pairs: tuple[tuple[str, str], ...] = ()


Response = (
    SingleChoiceResponse
    | MultipleChoiceResponse
    | TrueFalseResponse
    | ShortTextResponse
    | NumericResponse
    | MatchingResponse
)
RESPONSES: Final[Mapping[QuestionType, type[Response]]] = {
    response.type: response
    for response in (
        SingleChoiceResponse,
        MultipleChoiceResponse,
        TrueFalseResponse,
        ShortTextResponse,
        NumericResponse,
        MatchingResponse,
    )
}


@dataclass(frozen=True, slots=True)
class PartGrade:
    """What one part (a choice, an accepted answer, a stem) earned; ``fraction`` is of the whole question."""

    key: str
    fraction: Decimal
    feedback: Text = NO_TEXT


@dataclass(frozen=True, slots=True)
class Grade:
    """What a response earned of the question's marks: -1 to 1, below 0 only where weights say so."""

    fraction: Decimal
    parts: tuple[PartGrade, ...] = ()


@dataclass(frozen=True, slots=True)
class ReviewLine:
    """One line of a review: asked (if the part has words of its own), given, expected, earned and said."""

    asked: Text
    given: Text
    expected: Text
    fraction: Decimal
    feedback: Text = NO_TEXT


@dataclass(frozen=True, slots=True)
class Interaction:
    """A response as xAPI writes it: the type of interaction, the response, and what its keys stand for, list by list.

    Source: xAPI 1.0.3, Data 2.4.4.1 (Interaction Activities) and Appendix C.
    """

    type: str
    response: str
    parts: Mapping[str, tuple[tuple[str, Text], ...]] = field(default_factory=dict)


def response_to_json(response: Response) -> dict[str, Any]:
    """Return the response as JSON, with its ``type``."""
    document: dict[str, Any] = msgspec.to_builtins(response)
    return {"type": response.type.value, **document}


def response_from_json(document: Mapping[str, Any]) -> Response:
    """Return the response that ``response_to_json`` gave; ValueError if it is none."""
    given = dict(document)
    try:
        return msgspec.convert(given, RESPONSES[QuestionType(given.pop("type", ""))])
    except msgspec.ValidationError as error:
        raise ValueError(str(error)) from error
