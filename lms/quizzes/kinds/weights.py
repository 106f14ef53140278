"""How many times each part of a question counts: whole numbers, since thirds of thirds add up to nothing whole."""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from math import lcm
from typing import Final

WEIGHT_AT_MOST: Final = 100


def whole_weights(earned: Sequence[Decimal]) -> list[int]:
    """Return how many times each part counts that earns so much; once each where no whole numbers say it."""
    shares = [Fraction(one) for one in earned]
    if any(one <= 0 for one in shares):
        return [1] * len(shares)
    common = lcm(*(one.denominator for one in shares))
    whole = [int(one * common) for one in shares]
    least = min(whole)
    if all(one % least == 0 for one in whole):
        whole = [one // least for one in whole]
    return whole if max(whole) <= WEIGHT_AT_MOST else [1] * len(shares)
