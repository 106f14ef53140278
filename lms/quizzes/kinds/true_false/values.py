"""A statement that holds or not, and what is said of it."""

from dataclasses import dataclass
from typing import ClassVar, Final

from lms.quizzes.values import NO_TEXT, Body, QuestionType, Response, Text

TRUE_FALSE: Final = QuestionType("true_false")
KEYS: Final = {True: "true", False: "false"}


@dataclass(frozen=True, slots=True)
class TrueFalse(Body):
    """Say whether a statement holds."""

    type: ClassVar[QuestionType] = TRUE_FALSE
    answer: bool
    feedback_true: Text = NO_TEXT
    feedback_false: Text = NO_TEXT

    @property
    def texts(self) -> tuple[Text, ...]:
        """Every text of it that may refer to a picture, in reading order."""
        return self.feedback_true, self.feedback_false


@dataclass(frozen=True, slots=True)
class TrueFalseResponse(Response):
    """True, false, or None while nothing is said."""

    type: ClassVar[QuestionType] = TRUE_FALSE
    answer: bool | None = None
