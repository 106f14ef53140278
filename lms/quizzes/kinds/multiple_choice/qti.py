"""How QTI 2.2 holds it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import partial
from itertools import combinations
from typing import Final

from lms.kernel.messages import Message
from lms.kernel.xmltree import Element
from lms.quizzes.kinds.choices import Choice
from lms.quizzes.kinds.choices_qti import (
    answers_in,
    fixed_in,
    given,
    interaction_of,
    is_shuffled,
    mismatches,
    names_in,
    options_of,
    required_interaction,
    right_of,
    said_of_choices,
    say_chosen,
    takes_one,
    write_choices,
)
from lms.quizzes.kinds.kind import QtiForm, body_of
from lms.quizzes.kinds.multiple_choice.rules import MultipleChoiceRules
from lms.quizzes.kinds.multiple_choice.values import (
    ChoiceGrading,
    MultipleChoice,
    MultipleChoiceResponse,
)
from lms.quizzes.syntax.qti.item import Probe, QtiItem
from lms.quizzes.syntax.qti.writing import QtiWriter, identifier, made
from lms.quizzes.values import ONE, ZERO, Body, Question, Text, key_at

PAIRS_AT_MOST: Final = 60
SHARE_PLACES: Final = Decimal("0.0000001")


class MultipleChoiceQti(QtiForm):
    """Choices of which several may be made."""

    def claims(self, item: QtiItem) -> bool:
        """Return whether any number is asked for."""
        found = interaction_of(item)
        return bool(found and item.machine.is_graded and not takes_one(item, found))

    def read(self, item: QtiItem) -> MultipleChoice:
        """Return the choices, with the shares by which the item's points add up; none where only all of them earn."""
        interaction = required_interaction(item)
        options = options_of(interaction)
        right = set(names_in(right_of(item, interaction))) & options.keys()
        answers = [{name} for name in options]
        right = right or max(answers, key=lambda one: item.score(given(item, interaction, one)))
        full = item.weigh([given(item, interaction, _ordered(options, right))])
        item.asked = item.stem()
        weights = {
            name: item.share(
                full - item.score(given(item, interaction, _ordered(options, right - {name})))
                if name in right
                else item.score(given(item, interaction, _ordered(options, right | {name}))) - full
            )
            for name in options
        }
        texts = [item.text(element) for element in options.values()]
        keys = [key_at(at) for at in range(len(options))]
        also = _also_right(item, interaction, options, right)
        set_up = partial(
            MultipleChoice,
            shuffle=is_shuffled(interaction, options),
            fixed=fixed_in(interaction, options),
            most=_limit(item, interaction, len(options), max(map(len, (right, *also)))),
            also=also,
        )
        even = (ONE / len(right)).quantize(SHARE_PLACES).normalize()
        whole = set_up(
            tuple(
                Choice(key, text, even if name in right else ZERO)
                for key, text, name in zip(keys, texts, options, strict=True)
            ),
            grading=ChoiceGrading.ALL,
        )
        try:
            shared = set_up(
                tuple(
                    Choice(key, text, max(-ONE, min(ONE, weights[name])))
                    for key, text, name in zip(keys, texts, options, strict=True)
                )
            )
        except ValueError:
            return whole
        probes = self.probes(item, shared)
        bodies = (shared, replace(shared, grading=ChoiceGrading.NEVER_BELOW), whole)
        return min(bodies, key=lambda body: mismatches(MultipleChoiceRules(), body, item, probes))

    def probes(self, item: QtiItem, body: Body) -> Sequence[Probe]:
        """Return each choice alone, the right ones, these with one more or one less, all, and some pairs."""
        if not isinstance(body, MultipleChoice):
            return ()
        interaction = required_interaction(item)
        options = options_of(interaction)
        names = list(options)
        keys = {name: key_at(at) for at, name in enumerate(names)}
        right = {name for name, choice in zip(names, body.choices, strict=True) if choice.weight > ZERO}
        sets: list[set[str]] = [{name} for name in names]
        sets += [right, set(names), *(right ^ {name} for name in names)]
        named = answers_in(item.machine.rules, item.response(interaction).base_type)
        sets += [set(names_in(one)) & options.keys() for one in named[:PAIRS_AT_MOST]]
        sets += [{name for name in names if keys[name] in one} ^ {names[0]} for one in body.also]
        sets += [set(pair) for pair in list(combinations(names, 2))[:PAIRS_AT_MOST]]
        tried: dict[tuple[str, ...], Probe] = {}
        for chosen in sets:
            ordered = _ordered(options, chosen)
            if not ordered or ordered in tried:
                continue
            alone = ordered[0] if len(ordered) == 1 else ""
            tried[ordered] = Probe(
                given(item, interaction, ordered),
                MultipleChoiceResponse(tuple(keys[name] for name in ordered)),
                keys.get(alone, ""),
                options.get(alone),
            )
        return list(tried.values())

    def with_said(self, body: Body, said: Mapping[str, Text]) -> MultipleChoice | None:
        """Return the choices with what is said of them."""
        if not isinstance(body, MultipleChoice):
            return None
        return replace(body, choices=said_of_choices(body.choices, said))

    def write(self, question: Question, writer: QtiWriter) -> None:
        """Write the choices and what each earns."""
        body = body_of(question, MultipleChoice)
        writer.ask()
        write_choices(writer, body.choices, shuffle=body.shuffle, most=body.most, fixed=body.fixed)
        is_whole = body.grading is ChoiceGrading.ALL
        shares = [] if is_whole else [(choice.key, choice.weight) for choice in body.choices]
        right = [choice.key for choice in body.right]
        least = ZERO if body.grading is ChoiceGrading.NEVER_BELOW else -ONE
        writer.declare("RESPONSE", "multiple", "identifier", right, shares, bounds=(least, ONE))
        others = [made("multiple", map(identifier, keys)) for keys in body.also]
        writer.score_if_right([] if is_whole else [writer.score_by_map()], also=others)
        say_chosen(writer, body.choices, cardinality="multiple")


def _limit(item: QtiItem, interaction: Element, count: int, needed: int) -> int:
    """Return how many choices may be made at most, 0 for any number; fewer than are right is no limit to keep."""
    most = interaction.attribute("maxChoices")
    if not most.isdecimal() or not 0 < int(most) < count:
        return 0
    if int(most) < needed:
        item.content.warn(Message("That at most %(most)s choices may be made is not taken over.", most=most))
        return 0
    return int(most)


def _also_right(
    item: QtiItem, interaction: Element, options: Mapping[str, Element], right: set[str]
) -> tuple[tuple[str, ...], ...]:
    """Return the other sets of choices that its rules name and that earn as much as the right one."""
    keys = {name: key_at(at) for at, name in enumerate(options)}
    found: dict[tuple[str, ...], None] = {}
    for values in answers_in(item.machine.rules, item.response(interaction).base_type):
        named = set(names_in(values))
        if named == right or not named <= options.keys():
            continue
        ordered = _ordered(options, named)
        if item.fraction(given(item, interaction, ordered)) == ONE:
            found[tuple(keys[name] for name in ordered)] = None
    return tuple(found)


def _ordered(options: Mapping[str, object], chosen: set[str]) -> tuple[str, ...]:
    return tuple(name for name in options if name in chosen)
