"""The answers that are accepted, and the text as it was typed."""

from dataclasses import dataclass
from typing import ClassVar, Final

from lms.quizzes.kinds.words import Words
from lms.quizzes.values import Body, QuestionType, Response

SHORT_TEXT: Final = QuestionType("short_text")


@dataclass(frozen=True, slots=True)
class ShortText(Words, Body):
    """Type a word or a phrase."""

    type: ClassVar[QuestionType] = SHORT_TEXT


@dataclass(frozen=True, slots=True)
class ShortTextResponse(Response):
    """The text as it was typed."""

    type: ClassVar[QuestionType] = SHORT_TEXT
    text: str = ""
