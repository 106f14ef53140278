"""How QTI 2.2 holds it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import permutations
from typing import Final

from lms.kernel.messages import Message
from lms.kernel.xmltree import Element
from lms.quizzes.kinds.choices_qti import mismatches, names_in, right_of
from lms.quizzes.kinds.kind import QtiForm, body_of
from lms.quizzes.kinds.picture_order.rules import PictureOrderRules
from lms.quizzes.kinds.picture_order.values import OrderPlace, PictureOrder, PictureOrderResponse
from lms.quizzes.kinds.places import PictureGrading, top_first
from lms.quizzes.kinds.places_qti import names_of, outlines_of, shown_in, write_picture, write_place
from lms.quizzes.syntax.qti.item import Probe, QtiItem
from lms.quizzes.syntax.qti.operators import gathered
from lms.quizzes.syntax.qti.values import Given
from lms.quizzes.syntax.qti.writing import (
    QtiWriter,
    base_value,
    condition,
    identifier,
    made,
    match,
    set_score,
    variable,
)
from lms.quizzes.values import NO_TEXT, ONE, Body, Question, Text

ALL_ORDERS: Final = 4
"""Of so many places every order is tried: 24 of them."""


class PictureOrderQti(QtiForm):
    """Places on a picture, to be put in order."""

    def claims(self, item: QtiItem) -> bool:
        """Return whether places of a picture are put in order."""
        return item.sole("graphicOrderInteraction") is not None and item.machine.is_graded

    def read(self, item: QtiItem) -> PictureOrder:
        """Return the picture and its places, graded as the item does, as far as a grading of ours does."""
        interaction = _interaction(item)
        shown, options = shown_in(item, interaction), interaction.all("hotspotChoice")
        keys, right = names_of(options), names_in(right_of(item, interaction))
        item.weigh([_given(item, interaction, right)])
        item.asked = item.stem()
        numbers = {keys[name]: at for at, name in enumerate(right, 1) if name in keys}
        places = tuple(
            OrderPlace(one.key, one.shape, one.numbers, one.label, numbers.get(one.key, 0))
            for one in outlines_of(options, shown)
        )
        bodies = [
            PictureOrder(shown.picture, shown.alt, places, grading)
            for grading in (PictureGrading.ALL, PictureGrading.EACH)
        ]
        probes = self.probes(item, bodies[0])
        return min(bodies, key=lambda body: mismatches(PictureOrderRules(), body, item, probes))

    def probes(self, item: QtiItem, body: Body) -> Sequence[Probe]:
        """Return every order of few places; of more the right one, turned, reversed and with neighbours changed."""
        del body
        interaction = _interaction(item)
        keys, right = names_of(interaction.all("hotspotChoice")), names_in(right_of(item, interaction))
        orders = [tuple(one) for one in permutations(right)] if len(right) <= ALL_ORDERS else _some(right)
        return [
            Probe(
                _given(item, interaction, order),
                PictureOrderResponse(tuple(sorted((keys[name], at) for at, name in enumerate(order, 1)))),
            )
            for order in orders
        ]

    def with_said(self, body: Body, said: Mapping[str, Text]) -> PictureOrder | None:
        """Return the places with what is said of them."""
        if not isinstance(body, PictureOrder):
            return None
        return replace(
            body, places=tuple(replace(one, feedback=said.get(one.key, NO_TEXT)) for one in body.places)
        )

    def write(self, question: Question, writer: QtiWriter) -> None:
        """Write the picture, its places from the top, and a rule for each number."""
        body = body_of(question, PictureOrder)
        writer.ask()
        # At least and at most one, where nothing is said: a reader would take no whole answer.
        interaction = writer.interaction(
            "graphicOrderInteraction", minChoices="1", maxChoices=str(len(body.places))
        )
        write_picture(writer, interaction, body.picture, body.alt)
        for place in top_first(body.places):
            write_place(interaction, "hotspotChoice", place)
        keys = [place.key for place in body.right]
        writer.declare("RESPONSE", "ordered", "identifier", keys)
        share = writer.points(ONE / len(keys))
        partly = []
        if body.grading is PictureGrading.EACH:
            for number, key in enumerate(keys, 1):
                at = made("index", [variable("RESPONSE")])
                at.set("n", str(number))
                added = set_score(made("sum", [variable("SCORE"), base_value("float", share)]))
                partly.append(condition((match(at, identifier(key)), [added])))
        writer.score_if_right(partly)

    def losses(self, question: Question) -> Sequence[Message]:
        """Return what is said of places."""
        said = any(place.feedback for place in body_of(question, PictureOrder).places)
        return (Message("the feedback to places"),) if said else ()


def _interaction(item: QtiItem) -> Element:
    found = item.sole("graphicOrderInteraction")
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
