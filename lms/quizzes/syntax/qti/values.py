"""The values that QTI's expressions compute with, and how they stand in a file (QTI 2.2 information model, §2)."""

from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Final

from lms.kernel.messages import Message
from lms.quizzes.syntax.moodle import shortened

Scalar = str | bool | int | Decimal
"""One value: identifiers, strings, pairs and points are text; a pair without a direction has its names sorted."""
Value = Scalar | tuple[Scalar, ...] | None
"""A value, several of them, or nothing at all."""
Given = dict[str, Value]
"""What somebody answered, by the response's name."""

DIGITS_AT_MOST: Final = 40
TRUE_WORDS: Final = frozenset({"true", "1"})


class Bag(tuple[Scalar, ...]):
    """Several values whose order means nothing: those of the cardinality `multiple`."""

    __slots__ = ()


class NotProcessed(ValueError):
    """The rules of an item use what is not computed here; the message says what."""


def parse_value(text: str, base_type: str) -> Scalar:
    """Return a value of a file; raises ValueError where it is none of its type."""
    word = text.strip()
    if base_type == "string":
        return text
    if base_type == "pair":
        return " ".join(sorted(word.split()))
    return _PARSED.get(base_type, str)(word)


def _number(word: str) -> Decimal:
    try:
        number = Decimal(word)
    except InvalidOperation as error:
        raise ValueError(Message("%(text)s is not a number.", text=shortened(word) or "“”")) from error
    return within_reach(number)


def within_reach(number: Decimal) -> Decimal:
    """Return a number that can be computed with; raises NotProcessed for infinite and for endless ones."""
    if not number.is_finite() or abs(number.adjusted()) > DIGITS_AT_MOST:
        raise NotProcessed(Message("A number in it is too large to compute with."))
    return number


def as_number(value: Value) -> Decimal:
    """Return a value as a number; raises NotProcessed where it is none."""
    if isinstance(value, Decimal):
        return within_reach(value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise NotProcessed(Message("It computes with what is no number."))
    return within_reach(Decimal(value))


def values_in(value: Value) -> tuple[Scalar, ...]:
    """Return what a value holds, none or one or several."""
    if value is None:
        return ()
    return value if isinstance(value, tuple) else (value,)


def alike(one: Value, other: Value) -> bool:
    """Return whether two values are the same: in their order, unless one of them has none."""
    if isinstance(one, Bag) or isinstance(other, Bag):
        return sorted(map(_sortable, values_in(one))) == sorted(map(_sortable, values_in(other)))
    return one == other


def _sortable(value: Scalar) -> tuple[str, str]:
    if isinstance(value, str | bool):
        return type(value).__name__, str(value)
    return "number", f"{Decimal(value).normalize():f}"


_PARSED: Final[Mapping[str, Callable[[str], Scalar]]] = {
    "boolean": lambda word: word in TRUE_WORDS,
    "integer": lambda word: int(_number(word)),
    "float": _number,
    "duration": _number,
    "directedPair": lambda word: " ".join(word.split()),
    "point": lambda word: " ".join(word.split()),
}
