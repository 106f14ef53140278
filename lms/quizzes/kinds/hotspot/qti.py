"""How QTI 2.2 holds it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import combinations
from typing import Final
from xml.etree.ElementTree import SubElement

from lms.kernel.messages import Message
from lms.kernel.xmltree import Element
from lms.quizzes.kinds.choices_qti import mismatches, names_in, right_of
from lms.quizzes.kinds.hotspot.rules import HotspotRules
from lms.quizzes.kinds.hotspot.values import Hotspot, HotspotResponse, Place, PlaceGrading, PlaceShape
from lms.quizzes.kinds.kind import QtiForm, body_of
from lms.quizzes.syntax.qti.item import Probe, QtiItem
from lms.quizzes.syntax.qti.shapes import coords_of
from lms.quizzes.syntax.qti.values import Bag, Given
from lms.quizzes.syntax.qti.writing import QtiWriter, plain_number
from lms.quizzes.values import NO_TEXT, ONE, ZERO, Body, Question, Text, key_at

PLACES: Final = Decimal("0.0001")
PAIRS_AT_MOST: Final = 30
SIDE: Final = 1_000
"""How large a picture is said to be whose size is not known: what counts are shares of it."""


class HotspotQti(QtiForm):
    """Places on a picture, of which some are right."""

    def claims(self, item: QtiItem) -> bool:
        """Return whether places of a picture are chosen."""
        return item.sole("hotspotInteraction") is not None and item.machine.is_graded

    def read(self, item: QtiItem) -> Hotspot:
        """Return the picture and its places, graded as the item does, as far as a grading of ours does."""
        interaction = _interaction(item)
        shown = next((one for one in interaction.walk() if one.name in {"object", "img"}), None)
        address = shown and (shown.attribute("data") or shown.attribute("src"))
        picture = item.content.picture(address, shown.line) if shown and address else None
        if shown is None or picture is None:
            raise ValueError(Message("Its picture is not in the file."))
        size = _size(shown)
        options = _options(interaction)
        right = set(names_in(right_of(item, interaction)))
        item.weigh([_given(item, interaction, [name for name in options if name in right])])
        item.asked = item.stem()
        if any(not one.attribute("hotspotLabel") for one in options.values()):
            item.content.warn(
                Message(
                    "Its places have no names: they are called by their numbers. Name them, so that all can choose."
                )
            )
        places = tuple(
            _place(
                key_at(at),
                element,
                size,
                element.attribute("hotspotLabel") or str(at + 1),
                is_right=name in right,
            )
            for at, (name, element) in enumerate(options.items())
        )
        alt = shown.text.strip() or shown.attribute("alt") or item.name
        bodies = [
            Hotspot(picture, alt, places, grading) for grading in (PlaceGrading.ALL, PlaceGrading.SHARE)
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
        picture = SubElement(
            interaction,
            "object",
            data=writer.path(body.picture),
            type=f"image/{body.picture.rpartition('.')[2].lower().replace('jpg', 'jpeg')}",
            width=str(SIDE),
            height=str(SIDE),
        )
        writer.words(picture, body.alt)
        for place in body.places:
            shape, numbers = _coords(place)
            SubElement(
                interaction,
                "hotspotChoice",
                identifier=place.key,
                shape=shape,
                coords=",".join(plain_number(number) for number in numbers),
                hotspotLabel=place.label,
            )
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


def _size(shown: Element) -> tuple[Decimal, Decimal]:
    sides = [shown.attribute(side) for side in ("width", "height")]
    if not all(side.isdecimal() and int(side) for side in sides):
        raise ValueError(Message("The file does not say how large its picture is."))
    return Decimal(sides[0]), Decimal(sides[1])


def _place(key: str, element: Element, size: tuple[Decimal, Decimal], label: str, *, is_right: bool) -> Place:
    """Return a place in shares of the picture; what reaches out of it is cut off at its edge."""
    shape, numbers = coords_of(element)
    match shape:
        case "poly":
            shares = [number / size[at % 2] for at, number in enumerate(numbers)]
            inside = tuple(_within(share) for share in shares)
            return Place(key, PlaceShape.POLYGON, inside, label, is_right)
        case "rect":
            left, top, right, bottom = numbers
            kind = PlaceShape.RECTANGLE
        case "default":
            left, top, right, bottom = ZERO, ZERO, size[0], size[1]
            kind = PlaceShape.RECTANGLE
        case _:
            middle, height, across, *rest = numbers
            up = rest[0] if rest else across
            left, top, right, bottom = middle - across, height - up, middle + across, height + up
            kind = PlaceShape.ELLIPSE
    from_x, to_x = _within(left / size[0]), _within(right / size[0])
    from_y, to_y = _within(top / size[1]), _within(bottom / size[1])
    return Place(key, kind, (from_x, from_y, to_x - from_x, to_y - from_y), label, is_right)


def _within(share: Decimal) -> Decimal:
    return max(ZERO, min(ONE, share)).quantize(PLACES).normalize() + 0


def _coords(place: Place) -> tuple[str, list[Decimal]]:
    """Return a place as QTI has it, in whole pixels."""
    pixels = [number * SIDE for number in place.numbers]
    match place.shape:
        case PlaceShape.POLYGON:
            shape, numbers = "poly", [*pixels, *pixels[:2]]
        case PlaceShape.RECTANGLE:
            left, top, width, height = pixels
            shape, numbers = "rect", [left, top, left + width, top + height]
        case PlaceShape.ELLIPSE:
            left, top, width, height = pixels
            shape, numbers = "ellipse", [left + width / 2, top + height / 2, width / 2, height / 2]
    return shape, [number.to_integral_value() for number in numbers]
