"""Numbers that are accepted as an answer, within a tolerance and in units, and how a typed one is held against them."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal, localcontext
from enum import StrEnum
from typing import Final

from lms.kernel.messages import Message
from lms.quizzes.kinds.checks import (
    NUMBER_MAX_DIGITS,
    NUMBER_MAX_EXPONENT,
    require_keys,
    require_number,
    require_weights,
)
from lms.quizzes.kinds.numbers import SIGNS, latin_digits, read_number
from lms.quizzes.values import LATER, NO_TEXT, ONE, ZERO, Text

FIGURES_AT_MOST: Final = 15
# Enough for the product of any number that can be typed and any multiplier: comparisons are exact.
PRECISION: Final = 400


class ToleranceRule(StrEnum):
    """What a tolerance says: how far off a number may be, by what share of it, or in how many figures it must agree.

    Figures are QTI's ``equalRounded``: both numbers, rounded half up to so many significant figures, are the same.
    """

    ABSOLUTE = "absolute"
    RELATIVE = "relative"
    FIGURES = "figures"


@dataclass(frozen=True, slots=True)
class NumericAnswer:
    """A number that is accepted within its tolerance, both ends included; no value means any number."""

    key: str
    value: Decimal | None
    tolerance: Decimal = ZERO
    weight: Decimal = ONE
    feedback: Text = NO_TEXT

    def __post_init__(self) -> None:
        """Refuse numbers that no comparison could hold exactly."""
        for number in (self.tolerance, *(() if self.value is None else (self.value,))):
            require_number(number)
        if self.tolerance < ZERO:
            raise ValueError(Message("A tolerance is below zero."))


GOES_ON_AS_A_NUMBER: Final = re.compile(
    r"[\d.,+\-*^\u00b7\u00d7\u2012\u2013\u2212\u22c5\u066b\u066c\uff0b\uff0c\uff0e]|[eE]\s*[+-]?\s*\d|[xX]\s*10\s*(\^|\*\*)"
)


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit a number may be given in; ``multiplier`` of it make one base unit (of metres, 100 for cm)."""

    name: str
    multiplier: Decimal = ONE

    def __post_init__(self) -> None:
        """Refuse a unit that cannot be read or converted."""
        require_number(self.multiplier)
        if not self.name.strip() or self.multiplier == ZERO:
            raise ValueError(Message("A unit needs a name and a multiplier other than zero."))
        if GOES_ON_AS_A_NUMBER.match(self.name.strip()):
            raise ValueError(
                Message("The name of a unit may not begin as a number goes on: nobody could type it.")
            )


class UnitRule(StrEnum):
    """What is asked of the unit: none at all, it may be left out (base unit meant), or it must be given."""

    NONE = "none"
    OPTIONAL = "optional"
    REQUIRED = "required"


@dataclass(frozen=True, slots=True)
class Numbers:
    """What may be typed; the first answer whose range holds it decides.

    With ``REQUIRED``, a missing or unknown unit costs ``unit_penalty`` of the grade (1 is all of it).
    """

    answers: tuple[NumericAnswer, ...]
    units: tuple[Unit, ...] = ()
    unit_rule: UnitRule = UnitRule.NONE
    unit_penalty: Decimal = ONE
    tolerance_rule: ToleranceRule = field(default=ToleranceRule.ABSOLUTE, metadata=LATER)

    def __post_init__(self) -> None:
        """Refuse what cannot be answered."""
        require_keys(answer.key for answer in self.answers)
        require_weights(answer.weight for answer in self.answers)
        if not any(answer.weight == ONE and answer.value is not None for answer in self.answers):
            raise ValueError(Message("No number is worth 100%%: one of them must be right."))
        if (self.unit_rule is UnitRule.NONE) != (not self.units):
            raise ValueError(Message("Units and the rule for units do not fit: name units, or ask for none."))
        if len({unit.name.strip() for unit in self.units}) != len(self.units):
            raise ValueError(Message("A unit is named twice."))
        if self.units and all(unit.multiplier != ONE for unit in self.units):
            raise ValueError(Message("No unit has the multiplier 1: the answers are given in that one."))
        if not ZERO <= self.unit_penalty <= ONE:
            raise ValueError(Message("The penalty for a unit lies between 0 and 100%%."))
        valued = [answer for answer in self.answers if answer.value is not None]
        if self.tolerance_rule is ToleranceRule.RELATIVE and any(one.tolerance > ONE for one in valued):
            raise ValueError(Message("A share of the number is at most 100%%."))
        if self.tolerance_rule is ToleranceRule.FIGURES and not all(
            one.tolerance == int(one.tolerance) and 1 <= one.tolerance <= FIGURES_AT_MOST for one in valued
        ):
            raise ValueError(
                Message("Significant figures are a whole number from 1 to %(most)s.", most=FIGURES_AT_MOST)
            )

    def margin(self, answer: NumericAnswer) -> Decimal:
        """Return how far off the number of an answer may be; with figures, half a step of the last one.

        That is exact but for figures, where a number at the very end of the margin may round away.
        """
        value = abs(answer.value or ZERO)
        match self.tolerance_rule:
            case ToleranceRule.ABSOLUTE:
                return answer.tolerance
            case ToleranceRule.RELATIVE:
                with localcontext(prec=PRECISION):
                    return value * answer.tolerance
            case ToleranceRule.FIGURES:
                places = rounded(value, int(answer.tolerance)).adjusted() - int(answer.tolerance) + 1
                return Decimal(5).scaleb(places - 1) if value else ZERO

    def amount(self, answer: NumericAnswer) -> Decimal:
        """Return the margin as files hold it: in no more digits than a number may have."""
        margin = rounded(self.margin(answer), NUMBER_MAX_DIGITS)
        least = Decimal(1).scaleb(-NUMBER_MAX_EXPONENT)
        with localcontext(prec=PRECISION):
            return margin if margin == margin.quantize(least) else margin.quantize(least)

    @property
    def texts(self) -> tuple[Text, ...]:
        """Every text of it that may refer to a picture, in reading order."""
        return tuple(answer.feedback for answer in self.answers)

    def matched(self, text: str) -> tuple[Decimal, NumericAnswer] | None:
        """Return what a typed number earns and the answer that decides it; None where none is met.

        A number that can be read in two ways is read in the better one.
        """
        typed = read_number(text)
        if typed is None:
            return None
        unit = find_unit(typed.rest, self.units) if typed.rest else None
        cost = ZERO
        if unit is None and (typed.rest or self.unit_rule is UnitRule.REQUIRED):
            if self.unit_rule is not UnitRule.REQUIRED:
                return None
            cost = self.unit_penalty
        met = [found for number in typed.readings if (found := self._answer_for(number, unit))]
        if not met:
            return None
        best = max(met, key=lambda answer: answer.weight)
        return (best.weight - best.weight * cost if best.weight > ZERO else best.weight), best

    def _answer_for(self, number: Decimal, unit: Unit | None) -> NumericAnswer | None:
        """Return the first answer that holds a number of this unit; multiplied out, since a division could round."""
        multiplier = unit.multiplier if unit else ONE
        with localcontext(prec=PRECISION):
            for answer in self.answers:
                if answer.value is None or self._holds(
                    answer, answer.value * multiplier, number, abs(multiplier)
                ):
                    return answer
        return None

    def _holds(self, answer: NumericAnswer, right: Decimal, number: Decimal, multiplier: Decimal) -> bool:
        if self.tolerance_rule is ToleranceRule.FIGURES:
            figures = int(answer.tolerance)
            return rounded(right, figures) == rounded(number, figures)
        return abs(number - right) <= self.margin(answer) * multiplier

    def remark(self, text: str) -> Message | None:
        """Say that it cannot be read, or that the unit is missing or unknown; never whether it is right."""
        if not text.strip():
            return None
        typed = read_number(text)
        if typed is None or (typed.rest and self.unit_rule is UnitRule.NONE):
            return Message("This cannot be read as a number.")
        names = ", ".join(unit.name for unit in self.units)
        if typed.rest and find_unit(typed.rest, self.units) is None:
            return Message("The unit is not one of these: %(units)s.", units=names)
        if not typed.rest and self.unit_rule is UnitRule.REQUIRED:
            return Message("Give the unit too: %(units)s.", units=names)
        return None

    def right(self) -> str:
        """Return the first number worth everything, in the base unit if one is asked for."""
        base = next((f" {unit.name}" for unit in self.units if unit.multiplier == ONE), "")
        texts = [
            f"{answer.value:f}{base}"
            for answer in self.answers
            if answer.weight == ONE and answer.value is not None
        ]
        return next((one for one in texts if (met := self.matched(one)) and met[0] == ONE), texts[0])

    def secrets(self) -> tuple[str, ...]:
        """Return the numbers, and the feedback."""
        numbers = tuple(f"{answer.value:f}" for answer in self.answers if answer.value is not None)
        return numbers + tuple(answer.feedback.source for answer in self.answers if answer.feedback)


def rounded(number: Decimal, figures: int) -> Decimal:
    """Return a number in so many significant figures, half a step rounded away from zero."""
    with localcontext(prec=figures, rounding=ROUND_HALF_UP):
        return +number


def losses_of_numbers(body: Numbers, *, has_units: bool) -> tuple[Message, ...]:
    """Return what a format cannot say that knows amounts alone; `has_units` is whether it knows units."""
    losses = {
        Message("the units"): body.unit_rule is not UnitRule.NONE and not has_units,
        Message("that the tolerance is a share: it is written as an amount"): (
            body.tolerance_rule is ToleranceRule.RELATIVE
        ),
        Message("that significant figures count: they are written as an amount"): (
            body.tolerance_rule is ToleranceRule.FIGURES
        ),
    }
    return tuple(loss for loss, holds in losses.items() if holds)


def find_unit(rest: str, units: Iterable[Unit]) -> Unit | None:
    """Return the unit that is meant; case decides only where two differ in nothing else (mW, MW)."""
    listed = list(units)
    exact = [unit for unit in listed if _unit_key(unit.name) == _unit_key(rest)]
    loose = [unit for unit in listed if _unit_key(unit.name).casefold() == _unit_key(rest).casefold()]
    return exact[0] if exact else loose[0] if len(loose) == 1 else None


def _unit_key(name: str) -> str:
    """Return the name without spaces and without the differences between look-alikes (micro and mu, m2 and m²).

    The dot of N·m counts as the sign that reading a number makes of it.
    """
    return "".join(unicodedata.normalize("NFKC", latin_digits(name.translate(SIGNS))).split())
