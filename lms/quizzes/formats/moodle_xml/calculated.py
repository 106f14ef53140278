"""Moodle's calculated questions: wildcards with prepared values, of which every attempt gets one set."""

import re
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any, Final
from xml.etree.ElementTree import Element as NewElement
from xml.etree.ElementTree import SubElement

from lms.kernel.messages import Message
from lms.kernel.xmltree import Element
from lms.quizzes.kinds import question_from_json
from lms.quizzes.kinds.amounts import Numbers
from lms.quizzes.kinds.chance import SAMPLE, as_drawn, check, draw, settled
from lms.quizzes.syntax.arithmetic import CHARACTERS_AT_MOST, NAME, FormulaFault, figured, quoted, read
from lms.quizzes.syntax.moodle import shortened
from lms.quizzes.syntax.moodle_xml import XmlReader, child_text, number_of
from lms.quizzes.values import (
    Computed,
    Drawing,
    ImportedQuestion,
    Question,
    Variable,
    question_to_json,
)

TYPES: Final = ("calculated", "calculatedsimple", "calculatedmulti")
PLAIN: Final[Mapping[str, str]] = {"calculatedmulti": "multichoice"}
"""What a calculated question is once its values are in it; else a numerical one."""
SET: Final = "variant"
"""The variable that says which of the prepared sets an attempt has."""
SETS_WRITTEN: Final = 20
ANSWER: Final = "right_"
ANY: Final = "*"
STAND_IN: Final = "1"
RELATIVE, NOMINAL = "1", "2"
WILDCARD: Final = re.compile(r"\{([^{}=][^{}]*)\}")
CONDITIONAL: Final = re.compile(r"\{[#^/]")
FORMULA: Final = re.compile(r"\{=((?:[^{}]|\{[^{}]*\})*)\}")
FUNCTIONS: Final[Mapping[str, str]] = {
    "log": "ln",
    "rad2deg": "degrees",
    "deg2rad": "radians",
    **{
        name: name
        for name in (
            *("abs", "acos", "asin", "atan", "ceil", "cos", "cosh", "exp", "floor", "log10", "max", "min"),
            *("pow", "round", "sin", "sinh", "sqrt", "tan", "tanh"),
        )
    },
}
CALL: Final = re.compile(r"([A-Za-z_]\w*)\s*\(", re.ASCII)


Sets = list[tuple[Mapping[str, Decimal], Question]]
"""Some draws: the numbers that texts name, and the question with them."""


class Calculated:
    """The wildcards of a calculated question, and the formulas that stand in its answers and its texts."""

    def __init__(self, reader: XmlReader) -> None:
        self._reader = reader
        self._texts: dict[str, str] = {}
        self.variables = _variables_of(reader.element)
        self._names = {one.name for one in self.variables}

    def formula(self, source: str) -> str:
        """Return a formula of Moodle's as one of ours; raises ValueError where it says something else here."""
        plain = WILDCARD.sub(lambda found: f"({self._known(found[1])})", source).replace("pi()", "pi")

        def called(found: re.Match[str]) -> str:
            name = FUNCTIONS.get(found[1])
            if name is None:
                raise ValueError(
                    Message("Its formulas use “%(name)s”, which is not known here.", name=found[1])
                )
            return f"{name}("

        made = CALL.sub(called, plain)
        if "^" in made or "%" in made:
            raise ValueError(Message("The formula “%(text)s” cannot be read.", text=shortened(source)))
        try:
            read(made)
        except FormulaFault as fault:
            raise ValueError(
                Message("The formula “%(text)s” cannot be read.", text=shortened(source))
            ) from fault
        return made

    def _known(self, name: str) -> str:
        if name not in self._names:
            raise ValueError(Message("It has no values for {%(name)s}.", name=name))
        return name

    def drawn(self, imported: ImportedQuestion, formulas: Mapping[str, tuple[str, str]]) -> ImportedQuestion:
        """Return the question with what it draws; `formulas` are those of its answers, with the kind of tolerance."""
        document = question_to_json(imported.question)
        for name in (
            "stem",
            "general_feedback",
            "feedback_correct",
            "feedback_partial",
            "feedback_incorrect",
        ):
            document[name] = self._with_names(document[name])
        document["hints"] = [self._with_names(one) for one in document["hints"]]
        document["body"] = self._with_names(document["body"])
        computed = []
        for key, (formula, kind) in formulas.items():
            computed.append(Computed(f"answers.{key}.value", formula))
            if kind == RELATIVE:
                amount = next(
                    str(one["tolerance"]) for one in document["body"]["answers"] if one["key"] == key
                )
                computed.append(
                    Computed(f"answers.{key}.tolerance", f"abs({formula}) * {quoted(Decimal(amount))}")
                )
        extra = [Variable(name, formula) for formula, name in self._texts.items()]
        drawing = Drawing((*self.variables, *extra), (), tuple(computed))
        made = replace(question_from_json(document), drawing=drawing)
        check(made)
        return replace(imported, question=settled(made))

    def _with_names(self, value: Any) -> Any:
        """Return texts with a variable for each formula that stands in them."""
        if isinstance(value, dict):
            return {name: self._with_names(one) for name, one in value.items()}
        if isinstance(value, list | tuple):
            return [self._with_names(one) for one in value]
        return FORMULA.sub(self._named, value) if isinstance(value, str) else value

    def _named(self, found: re.Match[str]) -> str:
        formula = self.formula(found[1])
        if formula not in self._texts:
            count = len(self._texts) + 1
            while f"value_{count}" in self._names:
                count += 1
            self._names.add(f"value_{count}")
            self._texts[formula] = f"value_{count}"
        return f"{{{self._texts[formula]}}}"


def _variables_of(element: Element) -> tuple[Variable, ...]:
    """Return the wildcards: prepared values where there are some, all of one set, else the range they come from."""
    listed = element.first("dataset_definitions")
    found: dict[str, list[Decimal]] = {}
    ranges: dict[str, str] = {}
    for one in listed.all("dataset_definition") if listed else ():
        name = _words(one, "name")
        if not NAME.fullmatch(name) or name == SET:
            raise ValueError(
                Message("A wildcard is called “%(name)s”, which no name here can be.", name=name)
            )
        items = one.first("dataset_items")
        found[name] = [
            number_of(child_text(item, "value")) for item in (items.all("dataset_item") if items else ())
        ]
        step = Decimal(1).scaleb(-int(number_of(_words(one, "decimals") or "0")))
        low, high = (number_of(_words(one, end) or "0") for end in ("minimum", "maximum"))
        ranges[name] = f"number({quoted(low)}, {quoted(high)}, {quoted(step)})"
    if not found:
        raise ValueError(Message("It has no wildcards with values."))
    count = min(len(values) for values in found.values())
    sets = {
        name: f"item(list({', '.join(quoted(one) for one in values[:count])}), {SET})"
        for name, values in found.items()
    }
    if not count or any(len(one) > CHARACTERS_AT_MOST for one in sets.values()):
        return tuple(Variable(name, formula) for name, formula in ranges.items())
    return (
        Variable(SET, f"whole(1, {count})"),
        *(Variable(name, formula) for name, formula in sets.items()),
    )


def _words(element: Element, name: str) -> str:
    child = element.first(name)
    return (child.first("text") or child).text.strip() if child else ""


def sets_of(question: Question) -> Sets | None:
    """Return some draws of a question as Moodle holds them, each with the question; None where it cannot.

    It cannot where a tolerance is drawn, a text shows words that were drawn, or is there for some draws alone.
    """
    if not isinstance(question.body, Numbers) or not question.drawing:
        return None
    written = " ".join(text.source for text in question.texts)
    used = set(WILDCARD.findall(written)) & {one.name for one in question.drawing.variables}
    known = {"value", "tolerance"}
    if CONDITIONAL.search(written) or any(
        one.at.rpartition(".")[2] not in known for one in question.drawing.computed
    ):
        return None
    found: list[tuple[Mapping[str, Decimal], Question]] = []
    for seed in range(SAMPLE, SAMPLE + SETS_WRITTEN):
        values = draw(question.drawing, seed)
        held = {name: value for name, value in values.items() if name in used}
        if not all(isinstance(value, Decimal) for value in held.values()):
            return None
        numbers = {name: figured(value) for name, value in held.items() if isinstance(value, Decimal)}
        found.append((numbers, as_drawn(question, values)))
    tolerances = {
        tuple(body.amount(one) for one in body.answers)
        for _values, drawn in found
        for body in (_numbers(drawn),)
    }
    return found if len(tolerances) == 1 else None


def add_sets(element: NewElement, question: Question, found: Sets) -> None:
    """Write the wildcards with their values, those of the answers among them; the answers stand in it already."""
    sets = [dict(values) for values, _drawn in found]
    keys = [one.key for one in _numbers(question).answers]
    for key, answer in zip(keys, element.findall("answer"), strict=True):
        text = answer.find("text")
        if text is None or text.text == ANY:
            continue
        name = f"{ANSWER}{key}"
        for values, (_known, drawn) in zip(sets, found, strict=True):
            values[name] = _value_at(drawn, key)
        text.text = f"{{{name}}}"
        for tag, word in (
            ("tolerancetype", NOMINAL),
            ("correctanswerformat", "1"),
            ("correctanswerlength", str(max(_places(one[name]) for one in sets))),
        ):
            SubElement(answer, tag).text = word
    definitions = SubElement(element, "dataset_definitions")
    for name in sets[0]:
        held = [one[name] for one in sets]
        places = max(_places(one) for one in held)
        definition = SubElement(definitions, "dataset_definition")
        for tag, word in (
            ("status", "private"),
            ("name", name),
        ):
            SubElement(SubElement(definition, tag), "text").text = word
        SubElement(definition, "type").text = "calculated"
        for tag, word in (
            ("distribution", "uniform"),
            ("minimum", f"{min(held):f}"),
            ("maximum", f"{max(held):f}"),
            ("decimals", str(places)),
        ):
            SubElement(SubElement(definition, tag), "text").text = word
        SubElement(definition, "itemcount").text = str(len(held))
        items = SubElement(definition, "dataset_items")
        for number, value in enumerate(held, 1):
            item = SubElement(items, "dataset_item")
            SubElement(item, "number").text = str(number)
            SubElement(item, "value").text = f"{value:f}"
        SubElement(definition, "number_of_items").text = str(len(held))


def _numbers(question: Question) -> Numbers:
    """Return the body of a question that asks for a number."""
    if not isinstance(question.body, Numbers):
        raise TypeError(question.type)
    return question.body


def _places(number: Decimal) -> int:
    return max(0, -int(number.normalize().as_tuple().exponent))


def _value_at(question: Question, key: str) -> Decimal:
    found = next(one.value for one in _numbers(question).answers if one.key == key)
    return Decimal(0) if found is None else found
