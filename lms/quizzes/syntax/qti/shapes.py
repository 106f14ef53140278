"""The shapes of QTI's hotspots, in pixels of their picture (QTI 2.2 information model, `shape` and `coords`)."""

import re
from decimal import Decimal
from itertools import pairwise
from typing import Final

from lms.kernel.messages import Message
from lms.kernel.xmltree import Element
from lms.quizzes.syntax.qti.values import NotProcessed, parse_value

NUMBERS: Final = {"rect": 4, "circle": 3, "ellipse": 4}
CUT: Final = re.compile(r"[,\s]+")


def coords_of(element: Element) -> tuple[str, tuple[Decimal, ...]]:
    """Return the shape of a hotspot or area, with its numbers; raises NotProcessed where they make none."""
    shape = element.attribute("shape")
    words = [word for word in CUT.split(element.attribute("coords")) if word and not word.endswith("%")]
    numbers = tuple(Decimal(parse_value(word, "float")) for word in words)
    if shape == "default":
        return shape, ()
    if shape == "poly":
        corners = numbers[:-2] if numbers[:2] == numbers[-2:] else numbers
        if len(corners) >= 6 and len(corners) % 2 == 0:  # noqa: PLR2004  three corners
            return shape, corners
    elif NUMBERS.get(shape) == len(numbers):
        return shape, numbers
    raise NotProcessed(Message("The shape in line %(line)s has no place on the picture.", line=element.line))


def lies_in(point: str, element: Element) -> bool:
    """Return whether a point, as x and y, lies in the shape of an element."""
    x, y = (Decimal(parse_value(word, "float")) for word in point.split())
    shape, numbers = coords_of(element)
    match shape:
        case "default":
            return True
        case "rect":
            left, top, right, bottom = numbers
            return left <= x <= right and top <= y <= bottom
        case "circle":
            middle, height, radius = numbers
            return (x - middle) ** 2 + (y - height) ** 2 <= radius**2
        case "ellipse":
            middle, height, across, up = numbers
            return bool(across and up) and ((x - middle) / across) ** 2 + ((y - height) / up) ** 2 <= 1
        case _:
            return in_polygon(x, y, numbers)


def in_polygon(x: Decimal, y: Decimal, numbers: tuple[Decimal, ...]) -> bool:
    """Return whether a line from the point to the right crosses the outline an odd number of times."""
    corners = list(zip(numbers[::2], numbers[1::2], strict=True))
    inside = False
    for (from_x, from_y), (to_x, to_y) in pairwise([*corners, corners[0]]):
        if (from_y > y) != (to_y > y) and x < (to_x - from_x) * (y - from_y) / (to_y - from_y) + from_x:
            inside = not inside
    return inside
