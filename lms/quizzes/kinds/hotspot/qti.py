"""How QTI 2.2 holds it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import combinations
from typing import Final

from lms.kernel.messages import Message
from lms.kernel.xmltree import Element
from lms.quizzes.kinds.choices_qti import mismatches, names_in, right_of
from lms.quizzes.kinds.hotspot.rules import HotspotRules
from lms.quizzes.kinds.hotspot.values import Hotspot, HotspotResponse, Place, PlaceGrading
from lms.quizzes.kinds.kind import QtiForm, body_of
from lms.quizzes.kinds.places_qti import outlines_of, shown_in, write_picture, write_place
from lms.quizzes.syntax.qti.item import Probe, QtiItem
from lms.quizzes.syntax.qti.values import Bag, Given
from lms.quizzes.syntax.qti.writing import QtiWriter
from lms.quizzes.values import NO_TEXT, ONE, ZERO, Body, Question, Text, key_at

PAIRS_AT_MOST: Final = 30


class HotspotQti(QtiForm):
    """Places on a picture, of which some are right."""

    def claims(self, item: QtiItem) -> bool:
        """Return whether places of a picture are chosen."""
        return item.sole("hotspotInteraction") is not None and item.machine.is_graded

    def read(self, item: QtiItem) -> Hotspot:
        """Return the picture and its places, graded as the item does, as far as a grading of ours does."""
        interaction = _interaction(item)
        shown = shown_in(item, interaction)
        options = _options(interaction)
        right = set(names_in(right_of(item, interaction)))
        item.weigh([_given(item, interaction, [name for name in options if name in right])])
        item.asked = item.stem()
        outlines = zip(options, outlines_of(options.values(), shown), strict=True)
        places = tuple(
            Place(one.key, one.shape, one.numbers, one.label, name in right) for name, one in outlines
        )
        bodies = [
            Hotspot(shown.picture, shown.alt, places, grading)
            for grading in (PlaceGrading.ALL, PlaceGrading.SHARE)
        ]
        probes = self.probes(item, bodies[0])
        return min(bodies, key=lambda body: mismatches(HotspotRules(), body, item, probes))

    def probes(self, item: QtiItem, body: Body) -> Sequence[Probe]:
        """Return each place, and where several may be chosen the right ones, all, and some pairs."""
        del body
        interaction = _interaction(item)
        options = _options(interaction)
        keys = {name: key_at(at) for at, name in enumerate(options)}
        sets: list[tuple[str, ...]] = [(name,) for name in options]
        if item.response(interaction).cardinality != "single" and interaction.attribute("maxChoices") != "1":
            right = names_in(right_of(item, interaction))
            sets += [tuple(name for name in options if name in right), tuple(options)]
            sets += list(combinations(options, 2))[:PAIRS_AT_MOST]
        return [
            Probe(
                _given(item, interaction, chosen),
                HotspotResponse(tuple(keys[name] for name in chosen)),
                keys[chosen[0]] if len(chosen) == 1 else "",
            )
            for chosen in dict.fromkeys(sets)
            if chosen
        ]

    def with_said(self, body: Body, said: Mapping[str, Text]) -> Hotspot | None:
        """Return the places with what is said of them."""
        if not isinstance(body, Hotspot):
            return None
        return replace(
            body, places=tuple(replace(one, feedback=said.get(one.key, NO_TEXT)) for one in body.places)
        )

    def write(self, question: Question, writer: QtiWriter) -> None:
        """Write the picture and its places, in hundredths of a thousand pixels' side."""
        body = body_of(question, Hotspot)
        writer.ask()
        interaction = writer.interaction("hotspotInteraction", maxChoices="0", minChoices="0")
        write_picture(writer, interaction, body.picture, body.alt)
        for place in body.places:
            write_place(interaction, "hotspotChoice", place)
        right = [place.key for place in body.right]
        share = ONE / len(right)
        shares = [(one.key, share if one.is_right else -share) for one in body.places]
        is_shared = body.grading is PlaceGrading.SHARE
        writer.declare(
            "RESPONSE", "multiple", "identifier", right, shares if is_shared else (), bounds=(ZERO, ONE)
        )
        writer.score_if_right([writer.score_by_map()] if is_shared else [])

    def losses(self, question: Question) -> Sequence[Message]:
        """Return what is said of places."""
        said = any(place.feedback for place in body_of(question, Hotspot).places)
        return (Message("the feedback to places"),) if said else ()


def _interaction(item: QtiItem) -> Element:
    found = item.sole("hotspotInteraction")
    if found is None:
        raise ValueError(Message("The question has no answer."))
    return found


def _options(interaction: Element) -> dict[str, Element]:
    return {one.attribute("identifier"): one for one in interaction.all("hotspotChoice")}


def _given(item: QtiItem, interaction: Element, chosen: Sequence[str]) -> Given:
    declared = item.response(interaction)
    if declared.cardinality == "single":
        return {declared.name: chosen[0] if chosen else None}
    return {declared.name: Bag(chosen) or None}
