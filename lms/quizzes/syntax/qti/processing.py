"""An item as a machine: what it declares, and what its rules make of an answer (QTI 2.2 information model, §2, §6)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from random import Random
from typing import Final

from lms.kernel.messages import Message
from lms.kernel.xmltree import Element
from lms.quizzes.syntax.qti.chance import Translation
from lms.quizzes.syntax.qti.declarations import Declaration, contained, declared_in
from lms.quizzes.syntax.qti.expressions import Expressions
from lms.quizzes.syntax.qti.values import (
    Given,
    NotProcessed,
    Value,
    as_number,
    values_in,
)

SCORE: Final = "SCORE"
TEMPLATES: Final = ("match_correct", "map_response", "map_response_point")
DRAWS_AT_MOST: Final = 100
"""How often numbers are drawn until an item is content with them, as QTI says."""


@dataclass(frozen=True, slots=True)
class Outcomes:
    """What the rules made of an answer."""

    score: Decimal
    values: Mapping[str, Value]

    def shows(self, element: Element) -> bool:
        """Return whether a feedback element is shown."""
        held = values_in(self.values.get(element.attribute("outcomeIdentifier")))
        return (element.attribute("identifier") in held) is (element.attribute("showHide") != "hide")


class _Leave(Exception):
    """The rules say that they are done."""


class Machine:
    """An item's variables and rules; what it draws by chance is drawn once, by the item's own name and a number.

    With a `translation` texts name what was drawn instead of showing it.
    """

    def __init__(self, item: Element, draw: int = 0, translation: Translation | None = None) -> None:
        self._item = item
        self.translation = translation
        self.responses = declared_in(item, "responseDeclaration")
        self.outcomes = declared_in(item, "outcomeDeclaration")
        self.templates = declared_in(item, "templateDeclaration")
        self._drawn: Given = {name: one.first for name, one in self.templates.items()}
        self._random = Random(f"{item.attribute('identifier')}{draw or ''}")  # noqa: S311  the same at every import
        self.expressions = Expressions(self.responses, self._random)
        self.rules = item.first("responseProcessing")
        if template := item.first("templateProcessing"):
            self._draw(template)

    @property
    def drawn(self) -> Mapping[str, Value]:
        """The values that were drawn by chance."""
        return self._drawn

    @property
    def is_graded(self) -> bool:
        """Whether it says how answers are graded, or at least which are right."""
        says = self.rules is not None and (self.rules.children or self.rules.attribute("template"))
        return bool(says) or any(one.correct or one.mapping or one.areas for one in self.responses.values())

    @property
    def is_graded_by_rule(self) -> bool:
        """Whether it has rules of its own, or names those of the standard."""
        return self.rules is not None and bool(self.rules.children or self.rules.attribute("template"))

    def first_outcomes(self) -> Outcomes:
        """Return what stands before anything was answered."""
        return Outcomes(Decimal(0), {name: one.first for name, one in self.outcomes.items()})

    def run(self, given: Given) -> Outcomes:
        """Return what the rules make of an answer at the first try; raises NotProcessed where they cannot be known."""
        values: Given = {name: one.first for name, one in self.outcomes.items()}
        for name, one in self.outcomes.items():
            if one.first is None and one.cardinality == "single" and one.base_type in {"float", "integer"}:
                values[name] = Decimal(0)
        values |= self._drawn | dict.fromkeys(self.responses) | given
        values |= {"numAttempts": 1, "duration": Decimal(0), "completionStatus": "completed"}
        if not self.is_graded_by_rule:
            values[SCORE] = self._by_default(values)
        elif template := self.rules and self.rules.attribute("template"):
            values[SCORE] = self._by_template(template.rpartition("/")[2].removesuffix(".xml"), values)
        elif self.rules:
            self._follow(self.rules.children, values)
        return Outcomes(_score_of(values, self.outcomes), values)

    def _by_default(self, values: Given) -> Value:
        """Return the sum over all responses, each by its map or else by its right answer."""
        return sum(
            (as_number(self._one_by_default(one, values) or 0) for one in self.responses.values()), Decimal(0)
        )

    def _one_by_default(self, one: Declaration, values: Given) -> Value:
        if one.areas:
            return self.expressions.mapped_points(one.name, values)
        if one.mapping:
            return self.expressions.mapped(one.name, values)
        return self.expressions.is_right(one.name, values) and 1

    def _by_template(self, template: str, values: Given) -> Value:
        # The templates grade what is called RESPONSE; files that call their only answer otherwise mean it.
        name = "RESPONSE" if "RESPONSE" in self.responses else next(iter(self.responses), "")
        if template not in TEMPLATES or not name:
            raise NotProcessed(
                Message("It is graded by the rules “%(name)s”, which are not in the file.", name=template)
            )
        if template == "map_response":
            return self.expressions.mapped(name, values)
        if template == "map_response_point":
            return self.expressions.mapped_points(name, values)
        return int(self.expressions.is_right(name, values))

    def _follow(self, rules: Sequence[Element], values: Given) -> None:
        try:
            self._each(rules, values)
        except _Leave:
            return

    def _each(self, rules: Sequence[Element], values: Given) -> None:
        for rule in rules:
            match rule.name:
                case "responseCondition" | "templateCondition":
                    self._condition(rule, values)
                case "setOutcomeValue" | "setTemplateValue":
                    self._set(rule, values)
                case "responseProcessingFragment":
                    self._each(rule.children, values)
                case "setCorrectResponse" | "setDefaultValue":
                    self._set_declared(rule, values)
                case "templateConstraint":
                    if self.expressions.value(rule.children[0], values) is not True:
                        raise _Leave(rule.name)
                case "exitResponse" | "exitTemplate":
                    raise _Leave
                case _:
                    raise NotProcessed(
                        Message("Its rules use <%(name)s>, which is not known here.", name=rule.name)
                    )

    def _condition(self, rule: Element, values: Given) -> None:
        for branch in rule.children:
            if branch.name.endswith("Else"):
                self._each(branch.children, values)
                return
            if branch.children and self.expressions.value(branch.children[0], values) is True:
                self._each(branch.children[1:], values)
                return

    def _set(self, rule: Element, values: Given) -> None:
        name = rule.attribute("identifier")
        value = self.expressions.value(rule.children[0], values) if rule.children else None
        declared = self.outcomes.get(name) or self.templates.get(name)
        if declared is not None and not isinstance(value, tuple) and value is not None:
            value = contained([value], declared.cardinality)
        values[name] = value

    def _set_declared(self, rule: Element, values: Given) -> None:
        name = rule.attribute("identifier")
        value = self.expressions.value(rule.children[0], values)
        declared = self.responses.get(name)
        if declared is None:
            return
        if rule.name == "setCorrectResponse":
            if value is not None and not isinstance(value, tuple):
                value = contained([value], declared.cardinality)
            self.responses[name] = replace(declared, correct=value)

    def _draw(self, template: Element) -> None:
        """Draw what is left to chance, again while a condition of the item does not hold."""
        before = dict(self.responses)
        for _time in range(DRAWS_AT_MOST):
            self.responses.update(before)
            values: Given = dict(self._drawn)
            try:
                self._each(template.children, values)
            except _Leave as left:
                if left.args:
                    continue
            self._drawn = {name: values.get(name) for name in self.templates}
            return
        raise NotProcessed(Message("Its conditions for what is drawn by chance hold too rarely."))


def _score_of(values: Given, outcomes: Mapping[str, Declaration]) -> Decimal:
    named = [name for name in outcomes if name.startswith(SCORE)]
    name = SCORE if SCORE in values or not named else named[0]
    score = values.get(name)
    return Decimal(0) if score is None else as_number(Decimal(score) if isinstance(score, int) else score)
