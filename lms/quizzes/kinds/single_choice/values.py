"""One of several choices, and the key of the one picked."""

from dataclasses import dataclass, field
from typing import ClassVar, Final

from lms.kernel.messages import Message
from lms.quizzes.kinds.choices import Choice, require_among, require_choices, texts_of
from lms.quizzes.values import LATER, ONE, Body, QuestionType, Response, Text

SINGLE_CHOICE: Final = QuestionType("single_choice")


@dataclass(frozen=True, slots=True)
class SingleChoice(Body):
    """Pick one; each choice earns its weight (1 is right, less is partly right, below 0 costs).

    The choices named in `fixed` stay where they are when the others are shuffled.
    """

    type: ClassVar[QuestionType] = SINGLE_CHOICE
    choices: tuple[Choice, ...]
    shuffle: bool = True
    fixed: tuple[str, ...] = field(default=(), metadata=LATER)

    def __post_init__(self) -> None:
        """Refuse what cannot be answered."""
        require_choices(self.choices)
        require_among(self.choices, self.fixed)
        if max(choice.weight for choice in self.choices) != ONE:
            raise ValueError(Message("No choice is worth 100%%: one of them must be right."))

    @property
    def texts(self) -> tuple[Text, ...]:
        """Every text of it that may refer to a picture, in reading order."""
        return texts_of(self.choices)

    @property
    def right(self) -> Choice:
        """Return the first choice that is worth everything."""
        return next(choice for choice in self.choices if choice.weight == ONE)


@dataclass(frozen=True, slots=True)
class SingleChoiceResponse(Response):
    """The key of the choice picked; empty while none is."""

    type: ClassVar[QuestionType] = SINGLE_CHOICE
    key: str = ""
