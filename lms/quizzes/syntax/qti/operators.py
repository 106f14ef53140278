"""QTI's operators as functions of values, as far as they need to know nothing else (QTI 2.2 information model, §6)."""

import math
import statistics
from collections.abc import Callable, Mapping, Sequence
from decimal import (
    ROUND_FLOOR,
    ROUND_HALF_UP,
    Decimal,
    DivisionByZero,
    InvalidOperation,
    Overflow,
    localcontext,
)
from functools import reduce
from itertools import pairwise
from typing import Final

from lms.kernel.messages import Message
from lms.quizzes.syntax.qti.values import (
    Bag,
    NotProcessed,
    Scalar,
    Value,
    alike,
    as_number,
    values_in,
    within_reach,
)

Operator = Callable[[Sequence[Value]], Value]
EXPONENT_AT_MOST: Final = 1_000
FIGURES_AT_MOST: Final = 15


def _numbers(given: Sequence[Value]) -> list[Decimal]:
    return [as_number(one) for value in given for one in values_in(value)]


def _as_before(number: Decimal, given: Sequence[Value]) -> Value:
    """Return a number as whole as those it was made of."""
    whole = all(isinstance(one, int) for value in given for one in values_in(value))
    return int(number) if whole else within_reach(number)


def _sum(given: Sequence[Value]) -> Value:
    return _as_before(sum(_numbers(given), Decimal(0)), given)


def _product(given: Sequence[Value]) -> Value:
    return _as_before(
        reduce(lambda one, other: within_reach(one * other), _numbers(given), Decimal(1)), given
    )


def _subtract(given: Sequence[Value]) -> Value:
    one, other = _numbers(given)
    return _as_before(one - other, given)


def _divide(given: Sequence[Value]) -> Value:
    one, other = _numbers(given)
    return within_reach(one / other) if other else None


def _power(given: Sequence[Value]) -> Value:
    base, exponent = _numbers(given)
    if abs(exponent) > EXPONENT_AT_MOST:
        raise NotProcessed(Message("A number in it is too large to compute with."))
    try:
        with localcontext() as context:
            context.traps[Overflow] = True
            return within_reach(base**exponent)
    except (InvalidOperation, DivisionByZero, Overflow):
        return None


def _integer_divide(given: Sequence[Value]) -> Value:
    one, other = _numbers(given)
    return int((one / other).to_integral_value(ROUND_FLOOR)) if other else None


def _modulus(given: Sequence[Value]) -> Value:
    one, other = _numbers(given)
    return int(one - other * (one / other).to_integral_value(ROUND_FLOOR)) if other else None


def _round(given: Sequence[Value]) -> Value:
    (number,) = _numbers(given)
    return int((number + Decimal("0.5")).to_integral_value(ROUND_FLOOR))


def _truncate(given: Sequence[Value]) -> Value:
    (number,) = _numbers(given)
    return int(number)


def _to_float(given: Sequence[Value]) -> Value:
    (number,) = _numbers(given)
    return number


def _whole(function: Callable[..., int]) -> Operator:
    return lambda given: function(*(int(number) for number in _numbers(given)))


def _ordered(holds: Callable[[Decimal, Decimal], bool]) -> Operator:
    return lambda given: all(holds(one, other) for one, other in pairwise(_numbers(given)))


def _extreme(choose: Callable[[list[Decimal]], Decimal]) -> Operator:
    return lambda given: _as_before(choose(_numbers(given)), given)


def _match(given: Sequence[Value]) -> Value:
    one, other = given
    return alike(one, other)


def _member(given: Sequence[Value]) -> Value:
    one, several = given
    return any(alike(one, other) for other in values_in(several))


def _contains(given: Sequence[Value]) -> Value:
    whole, part = (list(values_in(value)) for value in given)
    if isinstance(given[0], Bag) or isinstance(given[1], Bag):
        return all(whole.count(one) >= part.count(one) for one in part)
    return any(whole[at : at + len(part)] == part for at in range(len(whole) - len(part) + 1))


def _delete(given: Sequence[Value]) -> Value:
    one, several = given
    left = [other for other in values_in(several) if not alike(one, other)]
    return (Bag(left) if isinstance(several, Bag) else tuple(left)) or None


def gathered(given: Sequence[Value], *, ordered: bool) -> Value:
    """Return values as one container; nothing at all where there is none."""
    several: list[Scalar] = [one for value in given for one in values_in(value)]
    return (tuple(several) if ordered else Bag(several)) or None


def _all_true(given: Sequence[Value]) -> Value:
    if any(value is False for value in given):
        return False
    return None if any(value is None for value in given) else True


def _any_true(given: Sequence[Value]) -> Value:
    if any(value is True for value in given):
        return True
    return None if any(value is None for value in given) else False


NULL_IS_NULL: Final[Mapping[str, Operator]] = {
    "sum": _sum,
    "product": _product,
    "subtract": _subtract,
    "divide": _divide,
    "power": _power,
    "integerDivide": _integer_divide,
    "integerModulus": _modulus,
    "round": _round,
    "truncate": _truncate,
    "integerToFloat": _to_float,
    "gcd": _whole(math.gcd),
    "lcm": _whole(math.lcm),
    "lt": _ordered(lambda one, other: one < other),
    "gt": _ordered(lambda one, other: one > other),
    "lte": _ordered(lambda one, other: one <= other),
    "gte": _ordered(lambda one, other: one >= other),
    "min": _extreme(min),
    "max": _extreme(max),
    "match": _match,
    "member": _member,
    "contains": _contains,
    "delete": _delete,
    "not": lambda given: given[0] is False,
}
"""Operators that come to nothing where one of what they are given is nothing."""
TAKES_NULL: Final[Mapping[str, Operator]] = {
    "isNull": lambda given: not values_in(given[0]) or given[0] == "",
    "containerSize": lambda given: len(values_in(given[0])),
    "multiple": lambda given: gathered(given, ordered=False),
    "ordered": lambda given: gathered(given, ordered=True),
    "and": _all_true,
    "or": _any_true,
}

STATISTICS: Final[Mapping[str, Callable[[list[float]], float]]] = {
    "mean": statistics.fmean,
    "sampleVariance": statistics.variance,
    "sampleSD": statistics.stdev,
    "popVariance": statistics.pvariance,
    "popSD": statistics.pstdev,
}
FUNCTIONS: Final[Mapping[str, Callable[[float], float]]] = {
    "sin": math.sin,
    "cos": math.cos,
    "tan": math.tan,
    "sec": lambda angle: 1 / math.cos(angle),
    "csc": lambda angle: 1 / math.sin(angle),
    "cot": lambda angle: 1 / math.tan(angle),
    "asin": math.asin,
    "acos": math.acos,
    "atan": math.atan,
    "sinh": math.sinh,
    "cosh": math.cosh,
    "tanh": math.tanh,
    "log": math.log10,
    "ln": math.log,
    "exp": math.exp,
    "abs": abs,
    "floor": math.floor,
    "ceil": math.ceil,
    "toDegrees": math.degrees,
    "toRadians": math.radians,
}
CONSTANTS: Final = {"pi": Decimal(str(math.pi)), "e": Decimal(str(math.e))}


def of_floats(function: Callable[..., float], numbers: Sequence[Decimal], *, together: bool = False) -> Value:
    """Return what a function of floats makes of numbers; nothing where it is not defined."""
    floats = [float(number) for number in numbers]
    try:
        result = function(floats) if together else function(*floats)
    except (ValueError, ZeroDivisionError, OverflowError, statistics.StatisticsError):
        return None
    return within_reach(Decimal(repr(float(result))))


def rounded_to(number: Decimal, figures: int, mode: str) -> Decimal:
    """Return a number in so many significant figures, or places behind the point."""
    if not 0 <= figures <= FIGURES_AT_MOST or (mode != "decimalPlaces" and not figures):
        raise NotProcessed(Message("It rounds to a number of digits that is not known here."))
    if mode == "decimalPlaces":
        return number.quantize(Decimal(1).scaleb(-figures), ROUND_HALF_UP)
    with localcontext(prec=figures, rounding=ROUND_HALF_UP):
        return +number
