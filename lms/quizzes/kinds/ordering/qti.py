"""How QTI 2.2 holds it."""

from collections.abc import Mapping, Sequence
from copy import deepcopy
from itertools import pairwise, permutations
from typing import Final
from xml.etree.ElementTree import Element as NewElement
from xml.etree.ElementTree import SubElement

from lms.kernel.messages import Message
from lms.kernel.xmltree import Element
from lms.quizzes.kinds.choices_qti import mismatches, names_in, right_of
from lms.quizzes.kinds.kind import QtiForm, body_of
from lms.quizzes.kinds.ordering.rules import OrderingRules
from lms.quizzes.kinds.ordering.values import OrderGrading, Ordering, OrderingResponse, OrderItem
from lms.quizzes.syntax.qti.item import Probe, QtiItem
from lms.quizzes.syntax.qti.operators import gathered
from lms.quizzes.syntax.qti.values import Given
from lms.quizzes.syntax.qti.writing import (
    QtiWriter,
    all_of,
    base_value,
    condition,
    identifier,
    made,
    match,
    set_score,
    variable,
)
from lms.quizzes.values import ONE, Body, Question, key_at

ALL_ORDERS: Final = 4
"""Of so many things every order is tried: 24 of them."""


class OrderingQti(QtiForm):
    """Things to put in order."""

    def claims(self, item: QtiItem) -> bool:
        """Return whether an order is asked for."""
        return item.sole("orderInteraction") is not None

    def read(self, item: QtiItem) -> Ordering:
        """Return the things in the right order, graded as the item does, as far as a grading of ours does."""
        interaction = _interaction(item)
        options = {one.attribute("identifier"): one for one in interaction.all("simpleChoice")}
        right = names_in(right_of(item, interaction))
        if set(right) != options.keys():
            raise ValueError(Message("It does not say where each of the things belongs."))
        item.weigh([_given(item, interaction, right)])
        item.asked = item.stem()
        items = tuple(OrderItem(key_at(at), item.text(options[name])) for at, name in enumerate(right))
        fixed = _fixed(interaction, options, right)
        bodies = [Ordering(items, grading, fixed) for grading in OrderGrading]
        probes = self.probes(item, bodies[0])
        return min(bodies, key=lambda body: mismatches(OrderingRules(), body, item, probes))

    def probes(self, item: QtiItem, body: Body) -> Sequence[Probe]:
        """Return every order of few things; of more the right one, with two of them changed, turned and reversed."""
        del body
        interaction = _interaction(item)
        right = names_in(right_of(item, interaction))
        keys = {name: key_at(at) for at, name in enumerate(right)}
        orders = [tuple(order) for order in permutations(right)] if len(right) <= ALL_ORDERS else _some(right)
        return [
            Probe(
                _given(item, interaction, order),
                OrderingResponse(tuple(sorted((keys[name], place) for place, name in enumerate(order, 1)))),
            )
            for order in orders
        ]

    def write(self, question: Question, writer: QtiWriter) -> None:
        """Write the things, and a rule for each of them that stands right."""
        body = body_of(question, Ordering)
        writer.ask()
        interaction = writer.interaction("orderInteraction", shuffle="true")
        # As they stand here is right: a reader that does not shuffle would give it away.
        texts = {item.key: item.text for item in body.items}
        fixed = dict(body.fixed)
        for key in body.around(sorted(texts, key=lambda one: texts[one].source)):
            element = SubElement(interaction, "simpleChoice", identifier=key)
            if key in fixed:
                element.set("fixed", "true")
            writer.write(element, texts[key])
        keys = [item.key for item in body.items]
        writer.declare("RESPONSE", "ordered", "identifier", keys)
        writer.score_if_right(_partly(body.grading, keys, writer))


def _fixed(
    interaction: Element, options: Mapping[str, Element], right: Sequence[str]
) -> tuple[tuple[str, int], ...]:
    """Return the things that stand where they are while others are shuffled."""
    if interaction.attribute("shuffle") != "true":
        return ()
    places = {
        name: place for place, name in enumerate(options, 1) if options[name].attribute("fixed") == "true"
    }
    return tuple((key_at(at), places[name]) for at, name in enumerate(right) if name in places)


def _partly(grading: OrderGrading, keys: Sequence[str], writer: QtiWriter) -> Sequence[NewElement]:
    """Return the rules for an order that is partly right; none where QTI has no words for what that is."""
    if grading is OrderGrading.ABSOLUTE_POSITION:
        parts = [(match(_at(place), identifier(key)), ONE / len(keys)) for place, key in enumerate(keys, 1)]
    elif grading is OrderGrading.RELATIVE_NEXT_EXCLUDE_LAST:
        parts = [
            (
                made(
                    "or",
                    [
                        all_of([match(_at(at), identifier(one)), match(_at(at + 1), identifier(other))])
                        for at in range(1, len(keys))
                    ],
                ),
                ONE / (len(keys) - 1),
            )
            for one, other in pairwise(keys)
        ]
    elif grading is OrderGrading.UNTIL_FIRST_MISTAKE:
        places = [match(_at(place), identifier(key)) for place, key in enumerate(keys, 1)]
        parts = [(all_of(deepcopy(places[:at])), ONE / (len(keys) - 1)) for at in range(1, len(keys))]
    else:
        return []
    return [
        condition(
            (holds, [set_score(made("sum", [variable("SCORE"), base_value("float", writer.points(share))]))])
        )
        for holds, share in parts
    ]


def _at(place: int) -> NewElement:
    element = made("index", [variable("RESPONSE")])
    element.set("n", str(place))
    return element


def _interaction(item: QtiItem) -> Element:
    found = item.sole("orderInteraction")
    if found is None:
        raise ValueError(Message("The question has no answer."))
    return found


def _given(item: QtiItem, interaction: Element, order: Sequence[str]) -> Given:
    return {item.response(interaction).name: gathered([tuple(order)], ordered=True)}


def _some(right: Sequence[str]) -> list[tuple[str, ...]]:
    orders = [tuple(right), tuple(reversed(right)), (*right[1:], right[0])]
    for at in range(len(right) - 1):
        changed = list(right)
        changed[at], changed[at + 1] = changed[at + 1], changed[at]
        orders.append(tuple(changed))
    return orders
