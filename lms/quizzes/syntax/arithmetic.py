"""The formulas of questions drawn by chance: read and computed here, within limits, and nothing else is run.

A formula is numbers, words in quotes, names, `+ - * / ^`, comparisons, `and or not`, and the functions named below.
Numbers are decimals of 28 digits; functions that no decimal has (sine, logarithm) go through floats.
"""

import math
import re
import statistics
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal, DecimalException, localcontext
from functools import lru_cache, reduce
from random import Random
from typing import Final

from lms.kernel.messages import Message

Scalar = Decimal | str | bool
Value = Scalar | tuple[Scalar, ...]
"""A number, words, whether something is so, or a list of these."""

CHARACTERS_AT_MOST: Final = 2_000
DEPTH_AT_MOST: Final = 30
STEPS_AT_MOST: Final = 20_000
"""How much the formulas of one draw may compute together: some hundredths of a second."""
LISTED_AT_MOST: Final = 200
EXPONENT_AT_MOST: Final = 40
WORDS_AT_MOST: Final = 500
DIGITS: Final = 28
FIGURES: Final = 15
"""In so many significant figures a number is shown and asked for."""
NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,39}", re.ASCII)
_TOKEN: Final = re.compile(
    r"""\s*(?:(?P<number>\d+(?:\.\d*)?(?:[eE][+-]?\d{1,3})?|\.\d+)|(?P<name>[A-Za-z_][A-Za-z0-9_]*)"""
    r"""|(?P<words>"[^"]*"|'[^']*')|(?P<sign><=|>=|<>|!=|==|[-+*/^(),<>=]))""",
    re.ASCII,
)


class FormulaFault(ValueError):
    """A formula that cannot be read, or comes to nothing; the message says why."""


@dataclass(frozen=True, slots=True)
class Node:
    """A part of a formula: what it does, and with what; a number, words and a name stand in `held`."""

    does: str
    parts: tuple["Node", ...] = ()
    held: Scalar = ""


class _Reader:
    """Reads one formula from left to right."""

    def __init__(self, source: str) -> None:
        self._tokens: list[tuple[str, str]] = []
        self._at = 0
        place = 0
        source = source.rstrip()
        while place < len(source):
            found = _TOKEN.match(source, place)
            if found is None:
                raise FormulaFault(Message("“%(sign)s” is not understood.", sign=source[place:].strip()[:20]))
            self._tokens.append((str(found.lastgroup), found[str(found.lastgroup)]))
            place = found.end()

    def whole(self) -> Node:
        """Return the formula; FormulaFault where something is left over or missing."""
        if not self._tokens:
            raise FormulaFault(Message("Write a formula."))
        node = self._any(0)
        if self._at < len(self._tokens):
            raise FormulaFault(Message("“%(sign)s” is not understood.", sign=self._tokens[self._at][1][:20]))
        return node

    def _next(self) -> str:
        """Return the sign or the word that comes next; numbers and words in quotes are none."""
        if self._at >= len(self._tokens):
            return ""
        group, text = self._tokens[self._at]
        return text if group in {"sign", "name"} else ""

    def _take(self, *signs: str) -> str:
        found = self._next()
        if found not in signs:
            return ""
        self._at += 1
        return found

    def _must(self, sign: str) -> None:
        if not self._take(sign):
            raise FormulaFault(Message("“%(sign)s” is missing.", sign=sign))

    def _chain(self, below: Callable[[int], Node], depth: int, *signs: str) -> Node:
        node = below(depth)
        while sign := self._take(*signs):
            node = Node(sign, (node, below(depth)))
        return node

    def _any(self, depth: int) -> Node:
        if depth > DEPTH_AT_MOST:
            raise FormulaFault(Message("The formula lies too deep in brackets."))
        return self._chain(self._all, depth, "or")

    def _all(self, depth: int) -> Node:
        return self._chain(self._not, depth, "and")

    def _not(self, depth: int) -> Node:
        if self._take("not"):
            if depth > DEPTH_AT_MOST:
                raise FormulaFault(Message("The formula lies too deep in brackets."))
            return Node("not", (self._not(depth + 1),))
        node = self._sum(depth)
        if sign := self._take("=", "==", "<>", "!=", "<", "<=", ">", ">="):
            sign = {"==": "=", "!=": "<>"}.get(sign, sign)
            return Node(sign, (node, self._sum(depth)))
        return node

    def _sum(self, depth: int) -> Node:
        return self._chain(self._product, depth, "+", "-")

    def _product(self, depth: int) -> Node:
        return self._chain(self._signed, depth, "*", "/")

    def _signed(self, depth: int) -> Node:
        if depth > DEPTH_AT_MOST:
            raise FormulaFault(Message("The formula lies too deep in brackets."))
        if self._take("-"):
            return Node("negative", (self._signed(depth + 1),))
        base = self._atom(depth)
        return Node("^", (base, self._signed(depth + 1))) if self._take("^") else base

    def _atom(self, depth: int) -> Node:
        if self._at >= len(self._tokens):
            raise FormulaFault(Message("The formula ends too early."))
        group, text = self._tokens[self._at]
        self._at += 1
        if group == "number":
            return Node("held", held=_within_reach(Decimal(text)))
        if group == "words":
            return Node("held", held=text[1:-1])
        if text == "(":
            node = self._any(depth + 1)
            self._must(")")
            return node
        if group != "name" or text in {"and", "or", "not"}:
            raise FormulaFault(Message("“%(sign)s” is not understood.", sign=text))
        if self._take("("):
            return self._call(text, depth + 1)
        if text in _WORDS:
            return Node("held", held=_WORDS[text])
        return Node("name", held=text)

    def _call(self, name: str, depth: int) -> Node:
        if name not in FUNCTIONS and name not in CHANCE and name not in _LAZY:
            raise FormulaFault(Message("There is no function “%(name)s”.", name=name[:40]))
        parts: list[Node] = []
        if not self._take(")"):
            parts.append(self._any(depth))
            while self._take(","):
                parts.append(self._any(depth))
            self._must(")")
        least, most = (FUNCTIONS[name] if name in FUNCTIONS else _TAKES[name])[:2]
        if not least <= len(parts) <= most:
            raise FormulaFault(
                Message("“%(name)s” is given %(count)s values.", name=name, count=len(parts))
                if least != most
                else Message("“%(name)s” takes %(most)s values.", name=name, most=most)
            )
        return Node(name, tuple(parts))


@lru_cache(maxsize=4096)
def read(source: str) -> Node:
    """Return a formula that was read; FormulaFault says what is wrong with it."""
    if len(source) > CHARACTERS_AT_MOST:
        raise FormulaFault(Message("A formula has at most %(most)s characters.", most=CHARACTERS_AT_MOST))
    return _Reader(source).whole()


def names_in(node: Node) -> frozenset[str]:
    """Return the names that a formula computes with."""
    own = frozenset({str(node.held)}) if node.does == "name" else frozenset[str]()
    return own.union(*(names_in(part) for part in node.parts))


def is_by_chance(node: Node) -> bool:
    """Return whether a formula draws something itself."""
    return node.does in CHANCE or any(is_by_chance(part) for part in node.parts)


class Computing:
    """Computes formulas, one after the other, with what was computed before; all within one allowance of steps."""

    def __init__(self, values: Mapping[str, Value], random: Random | None = None) -> None:
        self.values = dict(values)
        self._random = random
        self._steps = 0

    def value(self, node: Node) -> Value:
        """Return what a formula comes to; FormulaFault where it comes to nothing."""
        with localcontext(prec=DIGITS):
            try:
                return self._value(node)
            except (DecimalException, ValueError, ZeroDivisionError, OverflowError) as error:
                if isinstance(error, FormulaFault):
                    raise
                raise FormulaFault(Message("It cannot be computed for these values.")) from error

    def _value(self, node: Node) -> Value:
        self._steps += 1
        if self._steps > STEPS_AT_MOST:
            raise FormulaFault(Message("The formulas take too long to compute."))
        if node.does == "held":
            return node.held
        if node.does == "name":
            if node.held not in self.values:
                raise FormulaFault(Message("There is no “%(name)s” before this.", name=str(node.held)))
            return self.values[str(node.held)]
        if node.does in _LAZY:
            return self._lazy(node.does, node.parts)
        given = [self._value(part) for part in node.parts]
        if node.does in CHANCE:
            if self._random is None:
                raise FormulaFault(Message("Only a variable can be drawn by chance."))
            return CHANCE[node.does](self._random, given)
        return _checked(FUNCTIONS[node.does][2](given))

    def _lazy(self, does: str, parts: tuple[Node, ...]) -> Value:
        """Return what is computed only as far as it is needed, or several times."""
        first = self._value(parts[0])
        match does:
            case "if":
                return self._value(parts[1 if _is_so(first) else 2])
            case "and":
                return _is_so(first) and _is_so(self._value(parts[1]))
            case "or":
                return _is_so(first) or _is_so(self._value(parts[1]))
            case _:
                return _listed([self._value(parts[1]) for _time in range(_count(first))])


def shown(value: Value) -> str:
    """Return a value as a text shows it: a number in plain digits, a list with signs between."""
    if isinstance(value, tuple):
        return "; ".join(shown(one) for one in value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{figured(value).normalize():f}" if isinstance(value, Decimal) else value


def figured(number: Decimal, figures: int = FIGURES) -> Decimal:
    """Return a number in so many significant figures, half a step rounded away from zero."""
    with localcontext(prec=figures, rounding=ROUND_HALF_UP):
        return +number


def quoted(value: Value) -> str:
    """Return a value as a formula writes it."""
    if isinstance(value, tuple):
        return f"list({', '.join(quoted(one) for one in value)})"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if '"' in value and "'" in value:
        raise FormulaFault(Message("Words in a formula have no two kinds of quotes."))
    return f"'{value}'" if '"' in value else f'"{value}"'


def _within_reach(number: Decimal) -> Decimal:
    if not number.is_finite() or (number and abs(number.adjusted()) > EXPONENT_AT_MOST):
        raise FormulaFault(Message("A number is too large or too small to compute with."))
    return number


def _checked(value: Value) -> Value:
    if isinstance(value, tuple):
        return _listed(list(value))
    if isinstance(value, str) and len(value) > WORDS_AT_MOST:
        raise FormulaFault(Message("Words have at most %(most)s characters.", most=WORDS_AT_MOST))
    is_number = isinstance(value, Decimal)
    return _within_reach(value) if is_number else value  # type: ignore[arg-type]  # a number, as was asked


def _listed(values: list[Value]) -> tuple[Scalar, ...]:
    flat: list[Scalar] = [
        one for value in values for one in (value if isinstance(value, tuple) else (value,))
    ]
    if len(flat) > LISTED_AT_MOST:
        raise FormulaFault(Message("A list has at most %(most)s values.", most=LISTED_AT_MOST))
    for one in flat:
        _checked(one)
    return tuple(flat)


def _is_so(value: Value) -> bool:
    if not isinstance(value, bool):
        raise FormulaFault(Message("A condition is expected, such as a > 3."))
    return value


def _number(value: Value) -> Decimal:
    if not isinstance(value, Decimal):
        raise FormulaFault(Message("A number is expected."))
    return value


def _count(value: Value) -> int:
    number = _number(value)
    if number != number.to_integral_value() or not 0 <= number <= LISTED_AT_MOST:
        raise FormulaFault(Message("A whole number from 0 to %(most)s is expected.", most=LISTED_AT_MOST))
    return int(number)


def _numbers(given: list[Value]) -> list[Decimal]:
    found = [_number(one) for value in given for one in (value if isinstance(value, tuple) else (value,))]
    if not found:
        raise FormulaFault(Message("A number is expected."))
    return found


def _whole_numbers(given: list[Value]) -> list[int]:
    numbers = _numbers(given)
    if any(one != one.to_integral_value() for one in numbers):
        raise FormulaFault(Message("A whole number is expected."))
    return [int(one) for one in numbers]


def _float(function: Callable[[float], float]) -> Callable[[list[Value]], Value]:
    return lambda given: Decimal(repr(float(function(float(_number(given[0]))))))


def _of_all(function: Callable[[list[float]], float]) -> Callable[[list[Value]], Value]:
    def computed(given: list[Value]) -> Value:
        try:
            return Decimal(repr(float(function([float(one) for one in _numbers(given)]))))
        except statistics.StatisticsError as error:
            raise FormulaFault(Message("It takes two numbers at least.")) from error

    return computed


def _power(given: list[Value]) -> Value:
    base, exponent = _number(given[0]), _number(given[1])
    if abs(exponent) > 1_000:  # noqa: PLR2004  no number of this reach has a larger one
        raise FormulaFault(Message("A number is too large or too small to compute with."))
    return base**exponent


def _same(given: list[Value]) -> bool:
    one, other = given
    return type(one) is type(other) and one == other


def _places(given: list[Value]) -> Value:
    places = _count(given[1]) if len(given) > 1 else 0
    if places > FIGURES:
        raise FormulaFault(Message("A number is rounded to at most %(most)s places.", most=FIGURES))
    return _number(given[0]).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def _significant(given: list[Value]) -> Value:
    figures = _count(given[1])
    if not 1 <= figures <= FIGURES:
        raise FormulaFault(Message("A number is rounded to at most %(most)s places.", most=FIGURES))
    return figured(_number(given[0]), figures)


def _floor(number: Decimal) -> Decimal:
    return number.to_integral_value(ROUND_FLOOR)


def _item(given: list[Value]) -> Value:
    listed, number = given[0], _count(given[1])
    if not isinstance(listed, tuple) or not 1 <= number <= len(listed):
        raise FormulaFault(Message("The list has no value at that place."))
    return listed[number - 1]


def _divided(given: list[Value]) -> Value:
    if not _number(given[1]):
        raise FormulaFault(Message("It divides by zero."))
    return _number(given[0]) / _number(given[1])


def _modulus(given: list[Value]) -> Value:
    quotient = _number(_divided(given))
    return _number(given[0]) - _number(given[1]) * _floor(quotient)


def _whole(random: Random, given: list[Value]) -> Value:
    low, high, *rest = _whole_numbers(given)
    step = rest[0] if rest else 1
    if step < 1 or high < low:
        raise FormulaFault(Message("The range ends before it begins."))
    return Decimal(low + step * random.randint(0, (high - low) // step))


def _between(random: Random, given: list[Value]) -> Value:
    low, high, *rest = (_number(one) for one in given)
    if high < low or (rest and rest[0] <= 0):
        raise FormulaFault(Message("The range ends before it begins."))
    if rest:
        count = int((high - low) / rest[0])
        return _within_reach(low + rest[0] * random.randint(0, count))
    return _within_reach(low + (high - low) * Decimal(repr(random.random())))


def _pick(random: Random, given: list[Value]) -> Value:
    listed = _listed(given)
    if not listed:
        raise FormulaFault(Message("There is nothing to choose from."))
    return random.choice(listed)


Plain = Callable[[list[Value]], Value]
_MANY: Final = LISTED_AT_MOST
_WORDS: Final[Mapping[str, Scalar]] = {
    "true": True,
    "false": False,
    "pi": Decimal(repr(math.pi)),
}
_LAZY: Final = frozenset({"if", "and", "or", "several"})
CHANCE: Final[Mapping[str, Callable[[Random, list[Value]], Value]]] = {
    "whole": _whole,
    "number": _between,
    "pick": _pick,
}
"""What draws: a whole number of a range, a number of a range, both with a step if one is said; one of several."""
_TAKES: Final = {"if": (3, 3), "several": (2, 2), "whole": (2, 3), "number": (2, 3), "pick": (1, _MANY)}
FUNCTIONS: Final[Mapping[str, tuple[int, int, Plain]]] = {
    "+": (2, 2, lambda given: _number(given[0]) + _number(given[1])),
    "-": (2, 2, lambda given: _number(given[0]) - _number(given[1])),
    "*": (2, 2, lambda given: _number(given[0]) * _number(given[1])),
    "/": (2, 2, _divided),
    "^": (2, 2, _power),
    "negative": (1, 1, lambda given: -_number(given[0])),
    "not": (1, 1, lambda given: not _is_so(given[0])),
    "=": (2, 2, _same),
    "<>": (2, 2, lambda given: not _same(given)),
    "<": (2, 2, lambda given: _number(given[0]) < _number(given[1])),
    "<=": (2, 2, lambda given: _number(given[0]) <= _number(given[1])),
    ">": (2, 2, lambda given: _number(given[0]) > _number(given[1])),
    ">=": (2, 2, lambda given: _number(given[0]) >= _number(given[1])),
    "list": (0, _MANY, _listed),
    "item": (2, 2, _item),
    "count": (1, 1, lambda given: Decimal(len(given[0]) if isinstance(given[0], tuple) else 1)),
    "sum": (1, _MANY, lambda given: sum(_numbers(given), Decimal(0))),
    "product": (1, _MANY, lambda given: reduce(lambda one, two: _within_reach(one * two), _numbers(given))),
    "min": (1, _MANY, lambda given: min(_numbers(given))),
    "max": (1, _MANY, lambda given: max(_numbers(given))),
    "mean": (1, _MANY, _of_all(statistics.fmean)),
    "sd": (1, _MANY, _of_all(statistics.pstdev)),
    "sample_sd": (1, _MANY, _of_all(statistics.stdev)),
    "variance": (1, _MANY, _of_all(statistics.pvariance)),
    "sample_variance": (1, _MANY, _of_all(statistics.variance)),
    "round": (1, 2, _places),
    "figures": (2, 2, _significant),
    "floor": (1, 1, lambda given: _floor(_number(given[0]))),
    "ceil": (1, 1, lambda given: -_floor(-_number(given[0]))),
    "abs": (1, 1, lambda given: abs(_number(given[0]))),
    "div": (2, 2, lambda given: _floor(_number(_divided(given)))),
    "mod": (2, 2, _modulus),
    "gcd": (1, _MANY, lambda given: Decimal(math.gcd(*_whole_numbers(given)))),
    "lcm": (1, _MANY, lambda given: Decimal(math.lcm(*_whole_numbers(given)))),
    "pow": (2, 2, _power),
    "sqrt": (1, 1, lambda given: _number(given[0]).sqrt()),
    "exp": (1, 1, _float(math.exp)),
    "ln": (1, 1, _float(math.log)),
    "log10": (1, 1, _float(math.log10)),
    "sin": (1, 1, _float(math.sin)),
    "cos": (1, 1, _float(math.cos)),
    "tan": (1, 1, _float(math.tan)),
    "asin": (1, 1, _float(math.asin)),
    "acos": (1, 1, _float(math.acos)),
    "atan": (1, 1, _float(math.atan)),
    "sinh": (1, 1, _float(math.sinh)),
    "cosh": (1, 1, _float(math.cosh)),
    "tanh": (1, 1, _float(math.tanh)),
    "degrees": (1, 1, _float(math.degrees)),
    "radians": (1, 1, _float(math.radians)),
}
"""Every function: how many values it takes at least and at most, and what it makes of them."""
