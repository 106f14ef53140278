"""How long an open answer may be, and what was written."""

from dataclasses import dataclass
from typing import ClassVar, Final

from lms.kernel.messages import Message
from lms.quizzes.values import Body, QuestionType, Response, Text

FREE_TEXT: Final = QuestionType("free_text")
CHARACTERS_UNLESS_SAID: Final = 1_000
CHARACTERS_AT_MOST: Final = 5_000


@dataclass(frozen=True, slots=True)
class FreeText(Body):
    """Say in your own words; nobody marks it."""

    type: ClassVar[QuestionType] = FREE_TEXT
    max_characters: int = CHARACTERS_UNLESS_SAID

    def __post_init__(self) -> None:
        """Refuse what cannot be answered."""
        if not 1 <= self.max_characters <= CHARACTERS_AT_MOST:
            raise ValueError(Message("An open answer has 1 to %(most)s characters.", most=CHARACTERS_AT_MOST))

    @property
    def texts(self) -> tuple[Text, ...]:
        """None of its own."""
        return ()


@dataclass(frozen=True, slots=True)
class FreeTextResponse(Response):
    """What was written, its lines ended by one sign each."""

    type: ClassVar[QuestionType] = FREE_TEXT
    text: str = ""
