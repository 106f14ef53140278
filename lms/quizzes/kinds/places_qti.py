"""Places on a picture in QTI 2.2: pixels of the picture there, shares of it here."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import cos, pi, sin
from typing import Final
from xml.etree.ElementTree import Element as NewElement
from xml.etree.ElementTree import SubElement

from lms.kernel.messages import Message
from lms.kernel.xmltree import Element
from lms.quizzes.kinds.places import Outline, PlaceShape, top_first
from lms.quizzes.syntax.qti.item import QtiItem
from lms.quizzes.syntax.qti.shapes import coords_of
from lms.quizzes.syntax.qti.writing import QtiWriter, clean, plain_number
from lms.quizzes.values import ONE, ZERO, key_at

DIGITS: Final = Decimal("0.0001")
CORNERS: Final = 64
"""How many corners an ellipse has that reaches out of its picture."""
SIDE: Final = 1_000
"""How large a picture is said to be whose size is not known: what counts are shares of it."""


@dataclass(frozen=True, slots=True)
class Shown:
    """The picture of an item: its name among the question's files, what it shows, how large it is."""

    picture: str
    alt: str
    size: tuple[Decimal, Decimal]


def shown_in(item: QtiItem, holder: Element) -> Shown:
    """Return the picture that an interaction or its stage shows; raises ValueError without one."""
    shown = next((one for one in holder.children if one.name in {"object", "img"}), None)
    address = shown and (shown.attribute("data") or shown.attribute("src"))
    picture = item.content.picture(address, shown.line) if shown and address else None
    if shown is None or picture is None:
        raise ValueError(Message("Its picture is not in the file."))
    return Shown(picture, shown.text.strip() or shown.attribute("alt") or item.name, _size(shown))


def outlines_of(elements: Iterable[Element], shown: Shown) -> tuple[Outline, ...]:
    """Return the places of elements with a shape; those without a name are called by number, from the top."""
    named = [(key_at(at), element) for at, element in enumerate(elements)]
    places = [outline(key, element, shown.size, key) for key, element in named]
    ranks = {place.key: str(rank) for rank, place in enumerate(top_first(places), 1)}
    taken: set[str] = set()
    found = []
    for (key, element), place in zip(named, places, strict=True):
        label = element.attribute("hotspotLabel").strip()
        label = label if label and label not in taken else ranks[key]
        taken.add(label)
        found.append(Outline(key, place.shape, place.numbers, label))
    return tuple(found)


def outline(key: str, element: Element, size: tuple[Decimal, Decimal], label: str) -> Outline:
    """Return a place in shares of the picture; what reaches out of it is cut off at its edge."""
    shape, numbers = coords_of(element)
    match shape:
        case "poly":
            shares = [number / size[at % 2] for at, number in enumerate(numbers)]
            return Outline(key, PlaceShape.POLYGON, tuple(within(share) for share in shares), label)
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
            if min(left, top) < 0 or right > size[0] or bottom > size[1]:
                return Outline(key, PlaceShape.POLYGON, _cut_off(middle, height, across, up, size), label)
    from_x, to_x = within(left / size[0]), within(right / size[0])
    from_y, to_y = within(top / size[1]), within(bottom / size[1])
    return Outline(key, kind, (from_x, from_y, to_x - from_x, to_y - from_y), label)


def _cut_off(
    middle: Decimal, height: Decimal, across: Decimal, up: Decimal, size: tuple[Decimal, Decimal]
) -> tuple[Decimal, ...]:
    """Return the corners of an ellipse whose part outside of the picture is cut off at its edge."""
    turns = (Decimal(2 * pi * step / CORNERS) for step in range(CORNERS))
    corners = ((middle + across * Decimal(cos(turn)), height + up * Decimal(sin(turn))) for turn in turns)
    return tuple(
        within(number / side) for corner in corners for number, side in zip(corner, size, strict=True)
    )


def within(share: Decimal) -> Decimal:
    """Return a share of the picture, no less than none of it and no more than all."""
    return max(ZERO, min(ONE, share)).quantize(DIGITS).normalize() + 0


def write_picture(writer: QtiWriter, parent: NewElement, picture: str, alt: str) -> None:
    """Write a picture, a thousand pixels square."""
    shown = SubElement(
        parent,
        "object",
        data=writer.path(picture),
        type=f"image/{picture.rpartition('.')[2].lower().replace('jpg', 'jpeg')}",
        width=str(SIDE),
        height=str(SIDE),
    )
    writer.words(shown, alt)


def write_place(parent: NewElement, name: str, place: Outline, **attributes: str) -> None:
    """Write a place that is called by its key."""
    shape, numbers = coords(place)
    SubElement(
        parent,
        name,
        {
            "identifier": place.key,
            "shape": shape,
            "coords": numbers,
            "hotspotLabel": clean(place.label),
            **attributes,
        },
    )


def coords(place: Outline) -> tuple[str, str]:
    """Return shape and coordinates as QTI has them, in whole pixels."""
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
    return shape, ",".join(plain_number(number.to_integral_value()) for number in numbers)


def names_of(elements: Sequence[Element]) -> dict[str, str]:
    """Return the key of each element by its identifier."""
    return {one.attribute("identifier"): key_at(at) for at, one in enumerate(elements)}


def _size(shown: Element) -> tuple[Decimal, Decimal]:
    sides = [shown.attribute(side) for side in ("width", "height")]
    if not all(side.isdecimal() and int(side) for side in sides):
        raise ValueError(Message("The file does not say how large its picture is."))
    return Decimal(sides[0]), Decimal(sides[1])
