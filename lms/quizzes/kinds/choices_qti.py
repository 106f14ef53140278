"""Choices in QTI 2.2: what single and multiple choice share, and how far a body thinks as an item does."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Final
from xml.etree.ElementTree import SubElement

from lms.kernel.messages import Message
from lms.kernel.xmltree import Element
from lms.quizzes.kinds.choices import Choice
from lms.quizzes.kinds.kind import Rules
from lms.quizzes.syntax.qti.item import Probe, QtiItem
from lms.quizzes.syntax.qti.values import Bag, Given, Value, parse_value, values_in
from lms.quizzes.syntax.qti.writing import QtiWriter, set_outcome, variable
from lms.quizzes.values import NO_TEXT, Body, Question, Text, TextFormat, key_at

OPTIONS: Final = {"choiceInteraction": "simpleChoice", "hottextInteraction": "hottext"}
TRUE, FALSE = "true", "false"
SAID: Final = "FEEDBACK"
ALIKE: Final = Decimal("1e-6")


def interaction_of(item: QtiItem) -> Element | None:
    """Return the interaction of an item that asks to choose, and nothing else."""
    return item.sole("choiceInteraction")


def required_interaction(item: QtiItem) -> Element:
    """Return the interaction of an item that was found to have one."""
    found = interaction_of(item)
    if found is None:
        raise ValueError(Message("The question has no answer."))
    return found


def takes_one(item: QtiItem, interaction: Element) -> bool:
    """Return whether but one may be chosen."""
    return item.response(interaction).cardinality == "single" or interaction.attribute("maxChoices") == "1"


def options_of(interaction: Element) -> dict[str, Element]:
    """Return what may be chosen, by its identifier, in the order of the file."""
    name = OPTIONS[interaction.name]
    return {one.attribute("identifier"): one for one in interaction.walk() if one.name == name}


def given(item: QtiItem, interaction: Element, chosen: Iterable[str]) -> Given:
    """Return an answer that chooses these."""
    declared, ids = item.response(interaction), tuple(chosen)
    value: Value = (ids[0] if ids else None) if declared.cardinality == "single" else Bag(ids) or None
    return {declared.name: value}


def is_truth(item: QtiItem, interaction: Element) -> bool:
    """Return whether it asks if a statement holds: true and false alone, of which one earns and one does nothing."""
    options = options_of(interaction)
    if not takes_one(item, interaction) or {name.lower() for name in options} != {TRUE, FALSE}:
        return False
    scores = [item.score(given(item, interaction, [name])) for name in options]
    return min(scores) == 0 < max(scores) and not any("img" in item.html(one) for one in options.values())


def is_shuffled(interaction: Element, options: Mapping[str, Element]) -> bool:
    """Return whether any of the choices may be shuffled."""
    fixed = [one for one in options.values() if one.attribute("fixed") == "true"]
    return interaction.attribute("shuffle") == "true" and len(fixed) < len(options)


def fixed_in(interaction: Element, options: Mapping[str, Element]) -> tuple[str, ...]:
    """Return the keys of the choices that stay where they are while others are shuffled."""
    if not is_shuffled(interaction, options):
        return ()
    return tuple(key_at(at) for at, one in enumerate(options.values()) if one.attribute("fixed") == "true")


def answers_in(rules: Element | None, base_type: str) -> list[Bag]:
    """Return the sets of values that rules name: what may be right where nothing says so."""
    found = []
    for element in rules.walk() if rules else ():
        values = [one for one in element.children if one.name == "baseValue"]
        if element.name in {"multiple", "ordered"} and values and len(values) == len(element.children):
            found.append(Bag(parse_value(one.text, base_type) for one in values))
    return found


def right_of(item: QtiItem, interaction: Element) -> Value:
    """Return the right answer to an interaction: the one declared, or the best of those that the rules name."""
    declared = item.response(interaction)
    if declared.correct is not None:
        return declared.correct
    is_bag = declared.cardinality == "multiple"
    named: list[Value] = [
        one if is_bag else tuple(one) for one in answers_in(item.machine.rules, declared.base_type)
    ]
    return max(named, key=lambda one: item.score({declared.name: one}), default=None)


def names_in(value: Value) -> list[str]:
    """Return the identifiers in a value."""
    return [str(one) for one in values_in(value)]


def mismatches(rules: Rules, body: Body, item: QtiItem, probes: Sequence[Probe]) -> int:
    """Return how many answers a body grades otherwise than the item does."""
    question = Question(title="-", stem=item.asked or Text("-", TextFormat.PLAIN), body=body)
    return sum(
        abs(rules.grade(question, probe.response).fraction - item.fraction(probe.given)) > ALIKE
        for probe in probes
    )


def said_of_choices(choices: Sequence[Choice], said: Mapping[str, Text]) -> tuple[Choice, ...]:
    """Return the choices with what is said of them."""
    return tuple(replace(one, feedback=said.get(one.key, NO_TEXT)) for one in choices)


def write_choices(
    writer: QtiWriter, choices: Sequence[Choice], *, shuffle: bool, most: int, fixed: Collection[str] = ()
) -> None:
    """Write the choices, with what is said of each of them."""
    interaction = writer.interaction(
        "choiceInteraction", shuffle=str(shuffle).lower(), maxChoices=str(most), minChoices="0"
    )
    for choice in choices:
        element = SubElement(interaction, "simpleChoice", identifier=choice.key)
        if choice.key in fixed:
            element.set("fixed", "true")
        writer.write(element, choice.text)
        writer.said(element, SAID, choice.key, choice.feedback)


def say_chosen(writer: QtiWriter, choices: Sequence[Choice], *, cardinality: str) -> None:
    """Write the rule that shows what is said of each choice made."""
    if any(choice.feedback for choice in choices):
        name = writer.outcome(SAID, "identifier", cardinality=cardinality)
        writer.rules.append(set_outcome(name, variable("RESPONSE")))
