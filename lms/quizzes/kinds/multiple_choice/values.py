"""Any number of several choices, and the keys of those ticked."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import ClassVar, Final

from lms.kernel.messages import Message
from lms.quizzes.kinds.choices import WEIGHT_SUM_TOLERANCE, Choice, require_among, require_choices, texts_of
from lms.quizzes.values import LATER, ONE, ZERO, Body, QuestionType, Response, Text, percent

MULTIPLE_CHOICE: Final = QuestionType("multiple_choice")


class ChoiceGrading(StrEnum):
    """What is earned: the sum of weights, that sum but never less than nothing, or all for exactly the right ones."""

    SUM = "sum"
    NEVER_BELOW = "never_below"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class MultipleChoice(Body):
    """Tick any number; the weights of what is ticked add up, unless its grading says otherwise.

    The choices named in `fixed` stay where they are when the others are shuffled. At most `most` may be ticked, any
    number where it is 0. Each of `also` is a set of choices that earns everything, as exactly the right ones do.
    """

    type: ClassVar[QuestionType] = MULTIPLE_CHOICE
    choices: tuple[Choice, ...]
    shuffle: bool = True
    grading: ChoiceGrading = field(default=ChoiceGrading.SUM, metadata=LATER)
    fixed: tuple[str, ...] = field(default=(), metadata=LATER)
    most: int = field(default=0, metadata=LATER)
    also: tuple[tuple[str, ...], ...] = field(default=(), metadata=LATER)

    def __post_init__(self) -> None:
        """Refuse what cannot be answered."""
        require_choices(self.choices)
        require_among(self.choices, {*self.fixed, *(key for keys in self.also for key in keys)})
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
        self._check_also()
        needed = max(len(keys) for keys in (self.right, *self.also))
        if self.most and not needed <= self.most <= len(self.choices):
            raise ValueError(
                Message(
                    "At most %(least)s to %(most)s choices may be made: all right ones are among them.",
                    least=needed,
                    most=len(self.choices),
                )
            )

    def _check_also(self) -> None:
        sets = [frozenset(choice.key for choice in self.right), *(frozenset(keys) for keys in self.also)]
        if (
            not all(sets)
            or len(set(sets)) != len(sets)
            or any(len(set(keys)) != len(keys) for keys in self.also)
        ):
            raise ValueError(Message("The right combinations of choices are not all different."))

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


def losses_of_limits(body: MultipleChoice) -> Mapping[Message, bool]:
    """Return what a format loses that knows no limit and one right set, and whether it does."""
    return {
        Message("how many choices may be made"): bool(body.most),
        Message("the other combinations that are right"): bool(body.also),
    }
