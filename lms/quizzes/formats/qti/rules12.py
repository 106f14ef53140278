"""The rules of a QTI 1.2 item as those of QTI 2: conditions, points and what is said (IMS QTI ASI 1.2)."""

from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Final

from lms.kernel.messages import Message
from lms.kernel.xmltree import Element
from lms.quizzes.formats.qti.trees import element

COMPARED: Final = {"vargte": "gte", "varlte": "lte", "vargt": "gt", "varlt": "lt"}
JOINED: Final = {"and": "and", "or": "or", "not": "not"}
SAID: Final = "FB"
Compare = Callable[[Element], Element]
"""Makes of `varequal` what QTI 2 asks of the answer it names."""


def rules_of(processing: Element, compare: Mapping[str, Compare], scale: Decimal) -> list[Element]:
    """Return the rules; `compare` knows the responses, `scale` turns the points of the file into those of the item."""
    factor = scale * _even(processing)
    return [_rule(one, compare, factor) for one in processing.all("respcondition")]


def right_in(item: Element, name: str) -> list[str]:
    """Return what the first rules that give points ask to be chosen of several things."""
    for rule in (one for one in item.walk() if one.name == "respcondition"):
        if not any(one.name == "setvar" and _number(one.text) > 0 for one in rule.children):
            continue
        denied = {id(inner) for one in rule.walk() if one.name == "not" for inner in one.walk()}
        chosen = [
            one.text.strip()
            for one in rule.walk()
            if one.name == "varequal" and one.attribute("respident") == name and id(one) not in denied
        ]
        if len(chosen) > 1 or denied:
            return chosen
    # Where each gives points of its own, all of them together are right.
    return [
        one.text.strip()
        for rule in item.walk()
        if rule.name == "respcondition"
        and any(inner.name == "setvar" and _number(inner.text) > 0 for inner in rule.children)
        for one in rule.walk()
        if one.name == "varequal" and one.attribute("respident") == name
    ]


def _even(processing: Element) -> Decimal:
    """Return what makes a hundred of parts that were rounded, such as three of 33.33."""
    added = [
        _number(one.text)
        for one in processing.walk()
        if one.name == "setvar" and one.attribute("action") == "Add"
    ]
    total = sum((one for one in added if one > 0), Decimal(0))
    return Decimal(100) / total if total and total != 100 and abs(total - 100) < 1 else Decimal(1)  # noqa: PLR2004


def _rule(condition: Element, compare: Mapping[str, Compare], factor: Decimal) -> Element:
    line = condition.line
    tests = [_test(one, compare) for one in (condition.first("conditionvar") or condition).children]
    held = [one for one in tests if one is not None]
    holds = _all(held, line) if held else element("baseValue", line, "true", baseType="boolean")
    actions: list[Element] = []
    adds = False
    for one in condition.children:
        if one.name == "setvar":
            adds = adds or one.attribute("action") in {"Add", "Subtract"}
            actions.append(_scored(one, factor))
        elif one.name == "displayfeedback" and one.attribute("linkrefid"):
            said = element("baseValue", line, one.attribute("linkrefid"), baseType="identifier")
            kept = element("multiple", line, element("variable", line, identifier=SAID), said)
            actions.append(element("setOutcomeValue", line, kept, identifier=SAID))
    # Without a word on it a condition that holds is the last one; those that add up are meant one after the other.
    goes_on = condition.attribute("continue").lower() == "yes" or (
        not condition.attribute("continue") and adds
    )
    if not goes_on:
        actions.append(element("exitResponse", line))
    return element("responseCondition", line, element("responseIf", line, holds, *actions))


def _scored(setvar: Element, factor: Decimal) -> Element:
    line, action = setvar.line, setvar.attribute("action") or "Set"
    value = element("baseValue", line, f"{_number(setvar.text) * factor:f}", baseType="float")
    before = element("variable", line, identifier="SCORE")
    made = {
        "Set": value,
        "Add": element("sum", line, before, value),
        "Subtract": element("subtract", line, before, value),
    }
    if action not in made:
        raise ValueError(
            Message("Its rules use <%(name)s>, which is not known here.", name=f"setvar {action}")
        )
    return element("setOutcomeValue", line, made[action], identifier="SCORE")


def _test(test: Element, compare: Mapping[str, Compare]) -> Element | None:
    """Return a condition; None for `other`, which holds whenever it is reached."""
    if test.name == "other":
        return None
    if test.name in JOINED:
        if within := _within(test, compare):
            return within
        parts = [_test(one, compare) for one in test.children]
        kept = [one for one in parts if one is not None]
        always = element("baseValue", test.line, "true", baseType="boolean")
        return element(JOINED[test.name], test.line, *(kept or [always]))
    name = test.attribute("respident")
    if test.name == "varequal" and name in compare:
        return compare[name](test)
    if test.name == "unanswered":
        return element("isNull", test.line, element("variable", test.line, identifier=name))
    if test.name in COMPARED:
        value = element("baseValue", test.line, f"{_number(test.text):f}", baseType="float")
        return element(COMPARED[test.name], test.line, element("variable", test.line, identifier=name), value)
    raise ValueError(Message("Its rules use <%(name)s>, which is not known here.", name=test.name))


def _within(test: Element, compare: Mapping[str, Compare]) -> Element | None:
    """Return a number with its tolerance, which 1.2 writes as the number or a range around it, or as a range alone."""
    ranges = [one for one in [test, *test.children] if one.name == "and" and len(one.children) == 2]  # noqa: PLR2004
    if len(ranges) != 1 or {one.name for one in ranges[0].children} - COMPARED.keys():
        return None
    bounds = {one.name[3:5]: one for one in ranges[0].children}
    if bounds.keys() != {"gt", "lt"}:
        return None
    equal = [one for one in test.children if one.name == "varequal"]
    name = bounds["gt"].attribute("respident")
    if test.name == "or" and (len(equal) != 1 or len(test.children) != 2):  # noqa: PLR2004  the number or its range
        return None
    if name not in compare:
        return None
    low, high = _number(bounds["gt"].text), _number(bounds["lt"].text)
    value = _number(equal[0].text) if equal else (low + high) / 2
    return element(
        "equal",
        test.line,
        element("baseValue", test.line, f"{value:f}", baseType="float"),
        element("variable", test.line, identifier=name),
        toleranceMode="absolute",
        tolerance=f"{value - low:f} {high - value:f}",
        includeLowerBound=str(bounds["gt"].name == "vargte" or bool(equal)).lower(),
        includeUpperBound=str(bounds["lt"].name == "varlte" or bool(equal)).lower(),
    )


def _all(tests: list[Element], line: int) -> Element:
    if len(tests) == 1:
        return tests[0]
    # One answer cannot be several things at once: where it is asked to be, any of them is meant, as Canvas writes it.
    asked = {
        child.attribute("identifier") for one in tests for child in one.children if child.name == "variable"
    }
    either = len(asked) == 1 and all(one.name in {"match", "equal", "stringMatch"} for one in tests)
    return element("or" if either else "and", line, *tests)


def _number(text: str) -> Decimal:
    try:
        return Decimal(text.strip() or 0)
    except InvalidOperation as error:
        raise ValueError(Message("%(text)s is not a number.", text=text.strip())) from error
