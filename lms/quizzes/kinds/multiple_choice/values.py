"""Any number of several choices, and the keys of those ticked."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import ClassVar, Final

from lms.kernel.messages import Message
from lms.quizzes.kinds.choices import WEIGHT_SUM_TOLERANCE, Choice, require_choices, texts_of
from lms.quizzes.values import LATER, ONE, ZERO, Body, QuestionType, Response, Text, percent

MULTIPLE_CHOICE: Final = QuestionType("multiple_choice")


class ChoiceGrading(StrEnum):
    """What is earned: the sum of weights, that sum but never less than nothing, or all for exactly the right ones."""

    SUM = "sum"
    NEVER_BELOW = "never_below"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class MultipleChoice(Body):
    """Tick any number; the weights of what is ticked add up, unless its grading says otherwise."""

    type: ClassVar[QuestionType] = MULTIPLE_CHOICE
    choices: tuple[Choice, ...]
    shuffle: bool = True
    grading: ChoiceGrading = field(default=ChoiceGrading.SUM, metadata=LATER)

    def __post_init__(self) -> None:
        """Refuse what cannot be answered."""
        require_choices(self.choices)
        total = sum((choice.weight for choice in self.choices if choice.weight > ZERO), ZERO)
        if not total:
            raise ValueError(Message("None of its choices is right."))
        if abs(total - ONE) > WEIGHT_SUM_TOLERANCE:
            raise ValueError(
                Message(
                    "The right choices together are worth %(total)s%%: they must add up to 100%%.",
                    total=percent(total),
                )
            )

    @property
    def texts(self) -> tuple[Text, ...]:
        """Every text of it that may refer to a picture, in reading order."""
        return texts_of(self.choices)

    @property
    def right(self) -> tuple[Choice, ...]:
        """Return the choices that earn something."""
        return tuple(choice for choice in self.choices if choice.weight > ZERO)


@dataclass(frozen=True, slots=True)
class MultipleChoiceResponse(Response):
    """The keys of the choices ticked, in the question's order."""

    type: ClassVar[QuestionType] = MULTIPLE_CHOICE
    keys: tuple[str, ...] = ()
