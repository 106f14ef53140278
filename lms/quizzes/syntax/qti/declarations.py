"""The variables that an item declares (QTI 2.2 information model, §2)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from lms.kernel.messages import Message
from lms.kernel.xmltree import Element
from lms.quizzes.syntax.qti.values import Bag, NotProcessed, Scalar, Value, parse_value


@dataclass(frozen=True, slots=True)
class Declaration:
    """A variable of an item: what kind of values it holds, its right and first value, and how answers are mapped."""

    name: str
    cardinality: str
    base_type: str
    correct: Value = None
    first: Value = None
    mapping: Element | None = None
    areas: Element | None = None

    def value_of(self, words: Sequence[str]) -> Value:
        """Return what its words stand for."""
        values = [parse_value(word, self.base_type) for word in words]
        return contained(values, self.cardinality)


def contained(values: Sequence[Scalar], cardinality: str) -> Value:
    """Return values as a variable of that cardinality holds them."""
    if not values:
        return None
    match cardinality:
        case "multiple":
            return Bag(values)
        case "ordered":
            return tuple(values)
        case "single":
            return values[0]
        case _:
            raise NotProcessed(Message("It holds values in records, which are not known here."))


def declared_in(item: Element, name: str) -> dict[str, Declaration]:
    """Return what an item declares in elements of that name."""
    return {one.attribute("identifier"): _declaration(one) for one in item.all(name)}


def _declaration(element: Element) -> Declaration:
    declared = Declaration(
        element.attribute("identifier"),
        element.attribute("cardinality") or "single",
        element.attribute("baseType") or "identifier",
        mapping=element.first("mapping"),
        areas=element.first("areaMapping"),
    )
    return replace(
        declared,
        correct=_values(declared, element.first("correctResponse")),
        first=_values(declared, element.first("defaultValue")),
    )


def _values(declared: Declaration, element: Element | None) -> Value:
    if element is None or declared.cardinality == "record":
        return None
    return declared.value_of([value.text for value in element.all("value")])
