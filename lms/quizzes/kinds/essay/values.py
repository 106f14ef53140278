"""How long an essay is to be, what it is marked by, and what was written."""

import re
from dataclasses import dataclass
from typing import ClassVar, Final

from lms.kernel.messages import Message
from lms.quizzes.kinds.rubrics import Criteria, check_criteria
from lms.quizzes.values import NO_TEXT, Body, QuestionType, Response, Text

ESSAY: Final = QuestionType("essay")
WORDS_AT_MOST: Final = 10_000
CHARACTERS_AT_MOST: Final = 100_000
BY_ITSELF: Final = re.compile(
    "[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff]"
)
"""Signs of Chinese and Japanese, which put no space between words: each counts as one."""


@dataclass(frozen=True, slots=True)
class Essay(Body):
    """Write in your own words; a person marks it by these criteria, or as a whole where there are none.

    `guidance` is for who marks it: what a good answer says.
    """

    type: ClassVar[QuestionType] = ESSAY
    criteria: Criteria = ()
    least_words: int | None = None
    most_words: int | None = None
    guidance: Text = NO_TEXT

    def __post_init__(self) -> None:
        """Refuse what cannot be answered, or not be marked."""
        check_criteria(self.criteria)
        for words in (self.least_words, self.most_words):
            if words is not None and not 1 <= words <= WORDS_AT_MOST:
                raise ValueError(Message("An essay has 1 to %(most)s words.", most=WORDS_AT_MOST))
        if self.least_words and self.most_words and self.least_words > self.most_words:
            raise ValueError(Message("The least number of words is above the greatest."))

    @property
    def texts(self) -> tuple[Text, ...]:
        """Every text of it that may refer to a picture, in reading order."""
        return (self.guidance,)


@dataclass(frozen=True, slots=True)
class EssayResponse(Response):
    """What was written, its lines ended by one sign each."""

    type: ClassVar[QuestionType] = ESSAY
    text: str = ""


def words_in(text: str) -> int:
    """Return how many words there are; static/js/essay.js counts alike while somebody writes."""
    return sum(_words(piece) for piece in text.split())


def _words(piece: str) -> int:
    rest, alone = BY_ITSELF.subn("", piece)
    return alone + any(letter.isalnum() for letter in rest)
