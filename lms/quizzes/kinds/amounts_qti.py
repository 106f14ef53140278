"""The rules by which QTI 2.2 grades a typed number."""

from collections.abc import Sequence
from decimal import Decimal
from xml.etree.ElementTree import Element

from lms.quizzes.kinds.amounts import Numbers, NumericAnswer, ToleranceRule
from lms.quizzes.syntax.qti.writing import (
    QtiWriter,
    base_value,
    identifier,
    made,
    plain_number,
    set_outcome,
    variable,
)

Branches = Sequence[tuple[Element, Sequence[Element]]]


def branches_of(
    numbers: Numbers, writer: QtiWriter, response: str, score: str, share: Decimal = Decimal(1)
) -> tuple[Branches, Sequence[Element]]:
    """Return a branch for each number that is accepted, and what holds for any other."""
    branches: list[tuple[Element, Sequence[Element]]] = []
    for one in numbers.answers:
        rules = [set_outcome(score, base_value("float", writer.points(one.weight * share)))]
        if one.feedback:
            name = writer.outcome(f"FEEDBACK_{response}", "identifier")
            writer.modal(name, one.key, one.feedback)
            rules.append(set_outcome(name, identifier(one.key)))
        if one.value is None:
            return branches or [(made("isNull", [variable(response)]), [])], rules
        branches.append((_equal(numbers, one, one.value, response), rules))
    return branches, [set_outcome(score, base_value("float", "0"))]


def _equal(numbers: Numbers, one: NumericAnswer, value: Decimal, response: str) -> Element:
    """Return whether what was typed is the number; the right one stands first, of which QTI takes its share."""
    sides = [base_value("float", plain_number(value)), variable(response)]
    if numbers.tolerance_rule is ToleranceRule.FIGURES:
        element = made("equalRounded", sides)
        element.set("roundingMode", "significantFigures")
        element.set("figures", plain_number(one.tolerance))
        return element
    element = made("equal", sides)
    if not one.tolerance:
        element.set("toleranceMode", "exact")
        return element
    is_share = numbers.tolerance_rule is ToleranceRule.RELATIVE
    amount = plain_number(one.tolerance * 100 if is_share else one.tolerance)
    element.set("toleranceMode", "relative" if is_share else "absolute")
    element.set("tolerance", f"{amount} {amount}")
    return element
