"""The numbers that are accepted, the slider they may be set with, and the number as it was typed."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import ClassVar, Final

from lms.kernel.messages import Message
from lms.quizzes.kinds.amounts import Numbers, UnitRule
from lms.quizzes.kinds.checks import require_number
from lms.quizzes.values import LATER, ONE, ZERO, Body, QuestionType, Response

NUMERIC: Final = QuestionType("numeric")


STEPS_AT_MOST: Final = 10_000
"""More than any screen has points to stop a slider at."""


@dataclass(frozen=True, slots=True)
class Slider:
    """From where to where a slider goes, and in which steps."""

    least: Decimal
    most: Decimal
    step: Decimal = ONE

    def __post_init__(self) -> None:
        """Refuse a slider that cannot be moved."""
        for number in (self.least, self.most, self.step):
            require_number(number)
        if self.least >= self.most:
            raise ValueError(Message("A slider ends above where it begins."))
        if (
            not ZERO < self.step <= self.most - self.least
            or (self.most - self.least) / self.step > STEPS_AT_MOST
        ):
            raise ValueError(
                Message("A slider has a step at least, and %(most)s at most.", most=STEPS_AT_MOST)
            )

    def holds(self, number: Decimal) -> bool:
        """Return whether a number lies on it, at a step or between two."""
        return self.least <= number <= self.most

    @property
    def middle(self) -> Decimal:
        """Return the step in the middle, where it stands before it is moved."""
        steps = (self.most - self.least) / self.step // 2
        return (self.least + steps * self.step).normalize() + 0


@dataclass(frozen=True, slots=True)
class Numeric(Numbers, Body):
    """Type a number, or set it with a slider."""

    type: ClassVar[QuestionType] = NUMERIC
    slider: Slider | None = field(default=None, metadata=LATER)

    def __post_init__(self) -> None:
        """Refuse what cannot be answered."""
        # A dataclass with slots is made anew: super() without arguments would mean the one before.
        super(Numeric, self).__post_init__()
        if self.slider is None:
            return
        if self.unit_rule is not UnitRule.NONE:
            raise ValueError(Message("A slider gives a bare number: ask for no unit."))
        right = [one.value for one in self.answers if one.weight == ONE and one.value is not None]
        if not any(self.slider.holds(number) for number in right):
            raise ValueError(Message("The number that is right does not lie on the slider."))


@dataclass(frozen=True, slots=True)
class NumericResponse(Response):
    """The number as it was typed, with its unit if one was typed."""

    type: ClassVar[QuestionType] = NUMERIC
    text: str = ""
