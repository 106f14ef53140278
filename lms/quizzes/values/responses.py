"""What a learner answers, exactly as given, what that earns, and the JSON an attempt keeps of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, ClassVar
from uuid import UUID

import msgspec

from lms.quizzes.values.questions import NO_TEXT, QuestionType, Text


class Response:
    """What its kind keeps of an answer, as it was given; a frozen dataclass of that kind, blank by default."""

    __slots__ = ()

    type: ClassVar[QuestionType]

    @property
    def file_ids(self) -> tuple[UUID, ...]:
        """The stored files that belong to it."""
        return ()


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

    `part` is the key of what it answers where a question has several such, `asked` the words of that.

    Source: xAPI 1.0.3, Data 2.4.4.1 (Interaction Activities) and Appendix C.
    """

    type: str
    response: str
    parts: Mapping[str, tuple[tuple[str, Text], ...]] = field(default_factory=dict)
    part: str = ""
    asked: Text = NO_TEXT


def response_to_json(response: Response) -> dict[str, Any]:
    """Return the response as JSON, with its ``type``."""
    document: dict[str, Any] = msgspec.to_builtins(response)
    return {"type": response.type, **document}
