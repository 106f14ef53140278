"""QTI's expressions, evaluated with the values of an attempt (QTI 2.2 information model, §6)."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from random import Random
from typing import Final

from lms.kernel.messages import Message
from lms.kernel.xmltree import Element
from lms.quizzes.syntax.qti.declarations import Declaration
from lms.quizzes.syntax.qti.operators import (
    CONSTANTS,
    FUNCTIONS,
    NULL_IS_NULL,
    STATISTICS,
    TAKES_NULL,
    gathered,
    of_floats,
    rounded_to,
)
from lms.quizzes.syntax.qti.shapes import lies_in
from lms.quizzes.syntax.qti.values import (
    Given,
    NotProcessed,
    Scalar,
    Value,
    alike,
    as_number,
    parse_value,
    values_in,
)

STEPS_AT_MOST: Final = 2_000_000
"""How much one item may compute while it is read: far more than any real one, and a second at most."""
REPEATS_AT_MOST: Final = 1_000


class Expressions:
    """Evaluates expressions; what is not known raises NotProcessed, which names it."""

    def __init__(self, responses: Mapping[str, Declaration], random: Random) -> None:
        self._responses = responses
        self._random = random
        self._steps = 0
        self._maps: dict[str, list[tuple[Scalar, bool, Decimal]]] = {}
        self._special: Mapping[str, Callable[[Element, Given], Value]] = {
            "baseValue": lambda one, _values: parse_value(one.text, one.attribute("baseType")),
            "variable": lambda one, values: values.get(one.attribute("identifier")),
            "correct": lambda one, _values: self._declared(one.attribute("identifier")).correct,
            "default": lambda one, _values: self._declared(one.attribute("identifier")).first,
            "null": lambda _one, _values: None,
            "mapResponse": lambda one, values: self.mapped(one.attribute("identifier"), values),
            "mapResponsePoint": lambda one, values: self.mapped_points(one.attribute("identifier"), values),
            "randomInteger": self._random_integer,
            "randomFloat": self._random_float,
            "random": self._one_of,
            "index": self._index,
            "repeat": self._repeat,
            "equal": self._equal,
            "equalRounded": self._equal_rounded,
            "stringMatch": self._string_match,
            "substring": self._substring,
            "inside": self._inside,
            "anyN": self._any_number,
            "roundTo": self._round_to,
            "statsOperator": self._statistics,
            "mathOperator": self._function,
            "mathConstant": lambda one, _values: CONSTANTS.get(one.attribute("name")),
        }

    def value(self, element: Element, values: Given) -> Value:
        """Return what an expression comes to."""
        self._steps += 1
        if self._steps > STEPS_AT_MOST:
            raise NotProcessed(Message("Its rules take too long to compute."))
        if special := self._special.get(element.name):
            return special(element, values)
        given = [self.value(child, values) for child in element.children]
        if operator := TAKES_NULL.get(element.name):
            return operator(given)
        operator = NULL_IS_NULL.get(element.name)
        if operator is None:
            raise NotProcessed(
                Message("Its rules use <%(name)s>, which is not known here.", name=element.name)
            )
        if not given or any(one is None for one in given):
            return None
        try:
            return operator(given)
        except (ValueError, IndexError) as error:
            if isinstance(error, NotProcessed):
                raise
            raise NotProcessed(
                Message("<%(name)s> in its rules is given what it cannot take.", name=element.name)
            ) from error

    def is_right(self, name: str, values: Given) -> bool:
        """Return whether a response is the one declared right."""
        right = self._declared(name).correct
        return right is not None and values.get(name) is not None and alike(values[name], right)

    def mapped(self, name: str, values: Given) -> Value:
        """Return what a response is mapped to: the sum over what it holds, each once, within the map's bounds."""
        declared = self._declared(name)
        if declared.mapping is None:
            raise NotProcessed(Message("It is graded by a map that is not in the file."))
        if name not in self._maps:
            self._maps[name] = [
                (
                    parse_value(entry.attribute("mapKey"), declared.base_type),
                    entry.attribute("caseSensitive") not in {"false", "0"},
                    Decimal(entry.attribute("mappedValue") or 0),
                )
                for entry in declared.mapping.all("mapEntry")
            ]
        entries = self._maps[name]
        otherwise = Decimal(declared.mapping.attribute("defaultValue") or 0)
        total = sum(
            (_mapped(entries, one, otherwise) for one in dict.fromkeys(values_in(values.get(name)))),
            Decimal(0),
        )
        return _bounded(total, declared.mapping)

    def mapped_points(self, name: str, values: Given) -> Value:
        """Return what points are mapped to by the areas they lie in; an area counts once."""
        declared = self._declared(name)
        if declared.areas is None:
            raise NotProcessed(Message("It is graded by a map that is not in the file."))
        otherwise = Decimal(declared.areas.attribute("defaultValue") or 0)
        left = declared.areas.all("areaMapEntry")
        total = Decimal(0)
        for point in values_in(values.get(name)):
            met = next((area for area in left if lies_in(str(point), area)), None)
            total += Decimal(met.attribute("mappedValue") or 0) if met else otherwise
            left = [area for area in left if area is not met]
        return _bounded(total, declared.areas)

    def _declared(self, name: str) -> Declaration:
        declared = self._responses.get(name)
        if declared is None:
            raise NotProcessed(Message("Its rules name “%(name)s”, which it does not declare.", name=name))
        return declared

    def _said(self, element: Element, name: str, values: Given, default: str = "0") -> Decimal:
        """Return a number that stands in an attribute, or in the variable that it names."""
        word = element.attribute(name) or default
        if word in values:
            return as_number(values[word])
        return as_number(parse_value(word, "float"))

    def _argument(self, element: Element, values: Given, at: int = 0) -> Value:
        if at >= len(element.children):
            raise NotProcessed(
                Message("<%(name)s> in its rules is given what it cannot take.", name=element.name)
            )
        return self.value(element.children[at], values)

    def _random_integer(self, element: Element, values: Given) -> Value:
        low, high = (int(self._said(element, name, values)) for name in ("min", "max"))
        step = int(self._said(element, "step", values, "1")) or 1
        if high < low or step < 0:
            raise NotProcessed(Message("It draws from a range that ends before it begins."))
        return low + step * self._random.randint(0, (high - low) // step)

    def _random_float(self, element: Element, values: Given) -> Value:
        low, high = (self._said(element, name, values) for name in ("min", "max"))
        return low + (high - low) * Decimal(repr(self._random.random()))

    def _one_of(self, element: Element, values: Given) -> Value:
        several = values_in(self._argument(element, values))
        return self._random.choice(several) if several else None

    def _index(self, element: Element, values: Given) -> Value:
        several, number = values_in(self._argument(element, values)), int(self._said(element, "n", values))
        return several[number - 1] if 1 <= number <= len(several) else None

    def _repeat(self, element: Element, values: Given) -> Value:
        times = int(self._said(element, "numberRepeats", values))
        if not 0 <= times <= REPEATS_AT_MOST:
            raise NotProcessed(Message("Its rules take too long to compute."))
        return gathered(
            [self.value(child, values) for _time in range(times) for child in element.children], ordered=True
        )

    def _equal(self, element: Element, values: Given) -> Value:
        one, other = (self._argument(element, values, at) for at in (0, 1))
        if one is None or other is None:
            return None
        right, given = as_number(one), as_number(other)
        mode = element.attribute("toleranceMode") or "exact"
        if mode == "exact":
            return right == given
        words = [word for word in element.attribute("tolerance").split() if word]
        below, *rest = [
            as_number(values[word] if word in values else parse_value(word, "float")) for word in words
        ]
        above = rest[0] if rest else below
        if mode == "relative":
            below, above = (abs(right) * share / 100 for share in (below, above))
        low, high = right - below, right + above
        least = given >= low if element.attribute("includeLowerBound") not in {"false", "0"} else given > low
        most = given <= high if element.attribute("includeUpperBound") not in {"false", "0"} else given < high
        return least and most

    def _equal_rounded(self, element: Element, values: Given) -> Value:
        given = [self._argument(element, values, at) for at in (0, 1)]
        if any(one is None for one in given):
            return None
        figures, mode = int(self._said(element, "figures", values, "3")), element.attribute("roundingMode")
        one, other = (rounded_to(as_number(value), figures, mode) for value in given)
        return one == other

    def _string_match(self, element: Element, values: Given) -> Value:
        one, other = (self._argument(element, values, at) for at in (0, 1))
        if one is None or other is None:
            return None
        first, second = str(one), str(other)
        if element.attribute("caseSensitive") in {"false", "0"}:
            first, second = first.casefold(), second.casefold()
        return second in first if element.attribute("substring") in {"true", "1"} else first == second

    def _substring(self, element: Element, values: Given) -> Value:
        one, other = (self._argument(element, values, at) for at in (0, 1))
        if one is None or other is None:
            return None
        first, second = str(one), str(other)
        if element.attribute("caseSensitive") in {"false", "0"}:
            first, second = first.casefold(), second.casefold()
        return first in second

    def _inside(self, element: Element, values: Given) -> Value:
        given = self._argument(element, values)
        return None if given is None else any(lies_in(str(point), element) for point in values_in(given))

    def _any_number(self, element: Element, values: Given) -> Value:
        true = sum(self.value(child, values) is True for child in element.children)
        return self._said(element, "min", values) <= true <= self._said(element, "max", values)

    def _round_to(self, element: Element, values: Given) -> Value:
        given = self._argument(element, values)
        if given is None:
            return None
        figures = int(self._said(element, "figures", values))
        return rounded_to(as_number(given), figures, element.attribute("roundingMode"))

    def _statistics(self, element: Element, values: Given) -> Value:
        numbers = [as_number(one) for one in values_in(self._argument(element, values))]
        function = STATISTICS.get(element.attribute("name"))
        if function is None:
            raise NotProcessed(
                Message("Its rules use <%(name)s>, which is not known here.", name=element.name)
            )
        return of_floats(function, numbers, together=True)

    def _function(self, element: Element, values: Given) -> Value:
        given = self._argument(element, values)
        function = FUNCTIONS.get(element.attribute("name"))
        if function is None:
            raise NotProcessed(
                Message("Its rules use <%(name)s>, which is not known here.", name=element.name)
            )
        return None if given is None else of_floats(function, [as_number(given)])


def _mapped(entries: list[tuple[Scalar, bool, Decimal]], one: Scalar, otherwise: Decimal) -> Decimal:
    for key, by_case, value in entries:
        same = one == key if by_case else str(one).casefold() == str(key).casefold()
        if same:
            return value
    return otherwise


def _bounded(total: Decimal, mapping: Element) -> Decimal:
    low, high = mapping.attribute("lowerBound"), mapping.attribute("upperBound")
    total = max(total, Decimal(low)) if low else total
    return min(total, Decimal(high)) if high else total
