"""What is typed in QTI 2.2: the words and numbers that an item accepts, found by asking its own rules."""

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Final

from lms.kernel.messages import Message
from lms.kernel.xmltree import Element
from lms.quizzes.kinds.amounts import Numbers, NumericAnswer, ToleranceRule
from lms.quizzes.kinds.words import TextAnswer, Words
from lms.quizzes.syntax.qti.declarations import Declaration
from lms.quizzes.syntax.qti.item import QtiItem
from lms.quizzes.syntax.qti.values import Given, Scalar, as_number, parse_value, values_in
from lms.quizzes.values import ONE, ZERO, key_at

COMPARED: Final = frozenset({"match", "equal", "equalRounded", "stringMatch"})
NUMBERS: Final = frozenset({"integer", "float"})
Earned = Callable[[Scalar], Decimal]
"""What a value typed earns, of what the field can earn."""


def comparisons(item: QtiItem, name: str) -> list[tuple[Element, Scalar]]:
    """Return the rules that hold a response against a value, each with that value."""
    values: Given = dict(item.machine.drawn)
    found = []
    for element in item.machine.rules.walk() if item.machine.rules else ():
        if element.name not in COMPARED or len(element.children) != 2:  # noqa: PLR2004  one against another
            continue
        sides = element.children
        for one, other in (sides, sides[::-1]):
            if one.name == "variable" and one.attribute("identifier") == name:
                value = item.machine.expressions.value(other, values)
                found += [(element, scalar) for scalar in values_in(value)]
    return found


def accepted(item: QtiItem, declared: Declaration) -> list[Scalar]:
    """Return the values that an item knows for a field: those of its map, the right one, those its rules name."""
    mapped: Iterable[Element] = declared.mapping.all("mapEntry") if declared.mapping else ()
    return list(
        dict.fromkeys(
            [
                *(parse_value(entry.attribute("mapKey"), declared.base_type) for entry in mapped),
                *values_in(declared.correct),
                *(value for _rule, value in comparisons(item, declared.name)),
            ]
        )
    )


def words_of(item: QtiItem, declared: Declaration, earned: Earned) -> Words:
    """Return the words that a field accepts, and whether their case counts."""
    values = [str(value) for value in accepted(item, declared) if str(value).strip()]
    weights = {value: earned(value) for value in values}
    by_case = any(earned(value.swapcase()) != weight for value, weight in weights.items())
    kept: dict[str, str] = {}
    for value in values:
        kept.setdefault(value if by_case else value.casefold(), value)
    answers = tuple(
        TextAnswer(key_at(at), value.strip().replace("*", "\\*"), max(-ONE, min(ONE, weights[value])))
        for at, value in enumerate(kept.values())
    )
    return Words(answers, case_sensitive=by_case)


def numbers_of(item: QtiItem, declared: Declaration, earned: Earned) -> Numbers:
    """Return the numbers that a field accepts, each within the tolerance of the rule that names it."""
    tolerances: dict[Decimal, tuple[ToleranceRule, Decimal]] = {}
    for rule, value in comparisons(item, declared.name):
        tolerances.setdefault(as_number(value), _tolerance_of(item, rule))
    rules = {rule for rule, amount in tolerances.values() if amount}
    kept = next(iter(rules)) if len(rules) == 1 else ToleranceRule.ABSOLUTE
    if kept is ToleranceRule.FIGURES and len(tolerances) != sum(
        bool(amount) for _, amount in tolerances.values()
    ):
        kept = ToleranceRule.ABSOLUTE
    answers: list[NumericAnswer] = []
    for value in dict.fromkeys(as_number(one) for one in accepted(item, declared)):
        named, amount = tolerances.get(value, (kept, ZERO))
        if named is not kept:
            amount = abs(value) * amount if named is ToleranceRule.RELATIVE else ZERO
        scalar: Scalar = int(value) if declared.base_type == "integer" else value
        weight = max(-ONE, min(ONE, earned(scalar)))
        answers.append(NumericAnswer(key_at(len(answers)), value.normalize() + 0, amount, weight))
    return Numbers(tuple(answers), tolerance_rule=kept)


def _tolerance_of(item: QtiItem, rule: Element) -> tuple[ToleranceRule, Decimal]:
    if rule.name == "equalRounded":
        figures = rule.attribute("figures")
        if rule.attribute("roundingMode") == "decimalPlaces":
            item.content.warn(
                Message("Numbers are compared to a decimal place there: here within half a step of it.")
            )
            return ToleranceRule.ABSOLUTE, Decimal("0.5").scaleb(-int(figures or 0))
        return ToleranceRule.FIGURES, Decimal(figures or 3)
    mode = rule.attribute("toleranceMode") or "exact"
    if rule.name != "equal" or mode == "exact":
        return ToleranceRule.ABSOLUTE, ZERO
    words = rule.attribute("tolerance").split()
    drawn: Mapping[str, object] = item.machine.drawn
    amounts = [Decimal(str(drawn.get(word, word))) for word in words]
    amount = max(amounts, default=ZERO)
    return (ToleranceRule.RELATIVE, amount / 100) if mode == "relative" else (ToleranceRule.ABSOLUTE, amount)


def around(numbers: Numbers) -> list[Decimal]:
    """Return numbers to try: those accepted, the ends of their tolerance, and what lies beyond."""
    found: list[Decimal] = []
    for answer in numbers.answers:
        if answer.value is None:
            continue
        margin = numbers.margin(answer)
        found += [answer.value, answer.value + margin, answer.value - margin, answer.value + margin * 2 + ONE]
    return list(dict.fromkeys(found))


def stands_apart(item: QtiItem, interaction: Element) -> bool:
    """Return whether a field stands alone behind all words, and not within a text."""
    order = list(item.body.walk())
    later = order[next(at for at, one in enumerate(order) if one is interaction) + 1 :]
    parent = next(one for one in order if any(child is interaction for child in one.children))
    around_it = [one for one in parent.mixed if isinstance(one, str) and one.strip()]
    return not around_it and not any(one.text.strip() for one in later)
