"""What every body is held to: keys that tell its parts apart, weights and numbers that can be computed with."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Final

from lms.kernel.messages import Message
from lms.quizzes.values import ONE, percent

NUMBER_MAX_DIGITS: Final = 20
NUMBER_MAX_EXPONENT: Final = 40


def require_keys(keys: Iterable[str]) -> None:
    """Refuse keys that do not tell the parts apart, and no part at all."""
    listed = list(keys)
    if not listed:
        raise ValueError(Message("The question has no answer."))
    if len(set(listed)) != len(listed) or not all(listed):
        raise ValueError(Message("Two answers have the same key."))


def require_weights(weights: Iterable[Decimal]) -> None:
    """Refuse a weight outside -1 to 1."""
    for weight in weights:
        if not weight.is_finite() or not -ONE <= weight <= ONE:
            raise ValueError(
                Message("A weight of %(weight)s%% is outside -100 to 100%%.", weight=percent(weight))
            )


def require_number(number: Decimal) -> None:
    """Refuse a number that no comparison could hold exactly."""
    exponent = number.as_tuple().exponent
    if (
        not isinstance(exponent, int)
        or len(number.as_tuple().digits) > NUMBER_MAX_DIGITS
        or abs(number.adjusted()) > NUMBER_MAX_EXPONENT
        or abs(exponent) > NUMBER_MAX_EXPONENT
    ):
        raise ValueError(Message("A number has more than %(most)s digits.", most=NUMBER_MAX_DIGITS))
