"""What a question is: its texts, its body by type, and the JSON a bank keeps of it."""

from abc import ABC, abstractmethod
from dataclasses import dataclass, fields
from decimal import Decimal
from enum import StrEnum
from typing import Any, ClassVar, Final, NewType, cast

import msgspec

from lms.kernel.messages import Message
from lms.quizzes.values.drawing import NOTHING_DRAWN, Drawing

ONE: Final = Decimal(1)
ZERO: Final = Decimal(0)
TITLE_MAX_CHARACTERS: Final = 255


QuestionType = NewType("QuestionType", str)
"""What a learner is asked to do, by the name of its kind: lms/quizzes/kinds has a folder for each."""


class TextFormat(StrEnum):
    """How the source of a text is written."""

    PLAIN = "plain"
    MARKDOWN = "markdown"
    HTML = "html"


@dataclass(frozen=True, slots=True)
class Text:
    """Text as its author wrote it: untrusted, rendered and sanitised only when it is shown.

    A picture that came with the question is referred to as ``attachment:NAME`` (percent-encoded).
    """

    source: str
    format: TextFormat = TextFormat.MARKDOWN

    def __bool__(self) -> bool:
        """Return whether there is anything to show."""
        return bool(self.source.strip())


NO_TEXT: Final = Text("", TextFormat.PLAIN)
LATER: Final = {"later": True}
"""The metadata of a field that a body got after questions had been stored: it is left out while it says nothing new."""


class Body(ABC):
    """What its kind makes of a question: the choices, the accepted answers; a frozen dataclass of that kind."""

    __slots__ = ()

    type: ClassVar[QuestionType]

    @property
    @abstractmethod
    def texts(self) -> tuple[Text, ...]:
        """Every text of it that may refer to a picture, in reading order."""

    def check_stem(self, stem: Text) -> None:
        """Refuse a question's own text that does not go with it, such as one without a gap that is described."""
        del stem


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question, whole: what is asked, how it is graded, what is said afterwards.

    ``feedback_*`` is said by result (all right, partly, wrong), ``general_feedback`` always; ``hints`` come
    between tries. ``external_id`` is the author's own number for it; ``category`` the folders it stood in,
    outermost first; ``objective`` what who answers it has learned; ``drawing`` what of it is drawn for each attempt:
    until then it stands as one draw has it.
    """

    title: str
    stem: Text
    body: Body
    marks: Decimal = ONE
    general_feedback: Text = NO_TEXT
    feedback_correct: Text = NO_TEXT
    feedback_partial: Text = NO_TEXT
    feedback_incorrect: Text = NO_TEXT
    hints: tuple[Text, ...] = ()
    tags: tuple[str, ...] = ()
    category: tuple[str, ...] = ()
    external_id: str = ""
    objective: str = ""
    drawing: Drawing = NOTHING_DRAWN

    def __post_init__(self) -> None:
        """Refuse a question that asks nothing."""
        if not self.title.strip() or len(self.title) > TITLE_MAX_CHARACTERS:
            raise ValueError(
                Message("A question needs a title of at most %(most)s characters.", most=TITLE_MAX_CHARACTERS)
            )
        if not self.stem:
            raise ValueError(Message("The question has no text."))
        if not self.marks.is_finite() or self.marks < ZERO:
            raise ValueError(Message("Marks cannot be below zero."))
        self.body.check_stem(self.stem)

    @property
    def type(self) -> QuestionType:
        """What the learner is asked to do."""
        return self.body.type

    @property
    def texts(self) -> tuple[Text, ...]:
        """Every text of it that may refer to a picture, in reading order."""
        overall = (
            self.general_feedback,
            self.feedback_correct,
            self.feedback_partial,
            self.feedback_incorrect,
        )
        return (self.stem, *self.body.texts, *overall, *self.hints)


def question_to_json(question: Question) -> dict[str, Any]:
    """Return the question as JSON: its fields, with ``type`` beside ``body``; decimals are strings."""
    document: dict[str, Any] = msgspec.to_builtins(question)
    if not question.objective:
        # It came later: a question without one is the same question, and has the same digest, as before.
        del document["objective"]
    if not question.drawing:
        del document["drawing"]
    for one in fields(cast("Any", question.body)):
        if one.metadata.get("later") and getattr(question.body, one.name) == one.default:
            del document["body"][one.name]
    return {"type": question.type, **document}


def key_at(position: int) -> str:
    """Return the key that the choice at this position (from 0) gets on import: a, b … z, aa, ab and on."""
    letters = ""
    position += 1
    while position:
        position, letter = divmod(position - 1, 26)
        letters = chr(ord("a") + letter) + letters
    return letters


def percent(fraction: Decimal) -> str:
    """Return a fraction as percents in plain digits: 0.3333333 is 33.33333."""
    return f"{(fraction * 100).normalize():f}"
