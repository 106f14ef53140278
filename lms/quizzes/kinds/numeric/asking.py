"""How a page asks it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from markupsafe import Markup

from lms.kernel.messages import Message
from lms.quizzes.kinds.amounts import UnitRule
from lms.quizzes.kinds.kind import Asking, body_of
from lms.quizzes.kinds.numeric.values import Numeric, NumericResponse, Slider
from lms.quizzes.values import Question, Response


@dataclass(frozen=True, slots=True)
class AskedSlider:
    """A slider as HTML writes its numbers."""

    least: str
    most: str
    step: str
    middle: str


@dataclass(frozen=True, slots=True)
class AskedNumber:
    """What was typed before, and the slider if there is one."""

    text: str
    slider: AskedSlider | None


class NumericAsking(Asking):
    """A line to type a number into, with a slider beside it if there is one."""

    def hint(self, question: Question) -> Message | None:
        """Say that it is a number, and what is asked of its unit."""
        body = body_of(question, Numeric)
        units = ", ".join(unit.name for unit in body.units)
        match body.unit_rule:
            case UnitRule.REQUIRED:
                return Message("Give the unit too: %(units)s.", units=units)
            case UnitRule.OPTIONAL:
                return Message("You may give a unit: %(units)s.", units=units)
            case UnitRule.NONE if body.slider:
                return _within(body.slider)
            case UnitRule.NONE:
                return Message("Answer with a number.")

    def asked(
        self, question: Question, words: Mapping[str, Markup], order: Sequence[str], given: Response | None
    ) -> AskedNumber:
        """Return what was typed before."""
        del words, order
        text = given.text if isinstance(given, NumericResponse) else ""
        slider = body_of(question, Numeric).slider
        return AskedNumber(text, AskedSlider(*map(_plain, _points(slider))) if slider else None)

    def secrets(self, question: Question) -> tuple[str, ...]:
        """Return the numbers, and the feedback."""
        return body_of(question, Numeric).secrets()


def _within(slider: Slider) -> Message:
    return Message(
        "Answer with a number from %(least)s to %(most)s.",
        least=_plain(slider.least),
        most=_plain(slider.most),
    )


def _points(slider: Slider) -> tuple[Decimal, ...]:
    return slider.least, slider.most, slider.step, slider.middle


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}"
