"""Places on a picture: their outlines, what lies in them, and what is earned by those that were met."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from html import escape
from typing import Final, TypeVar
from urllib.parse import quote

from lms.kernel.messages import Message
from lms.quizzes.kinds.checks import require_keys, require_number
from lms.quizzes.syntax.qti.shapes import in_polygon
from lms.quizzes.values import ONE, ZERO, Text, TextFormat

BOX_NUMBERS: Final = 4
POLYGON_LEAST: Final = 6
POLYGON_MOST: Final = 200
PLACES_AT_MOST: Final = 50
"""More would cover the picture, and nobody could read the list of them."""


class PlaceShape(StrEnum):
    """How a place is bounded."""

    RECTANGLE = "rectangle"
    ELLIPSE = "ellipse"
    POLYGON = "polygon"


class PictureGrading(StrEnum):
    """What is earned: what is right, that less what is wrong, or all for exactly what is right."""

    EACH = "each"
    COST = "cost"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Outline:
    """A place on the picture. Its numbers are shares of width and height, so that they fit every size of it.

    A rectangle and an ellipse are left, top, width and height; a polygon is its corners, x and y in turn. `label` is
    what a place is called for who chooses by words, and must not tell whether it is right.
    """

    key: str
    shape: PlaceShape
    numbers: tuple[Decimal, ...]
    label: str

    def __post_init__(self) -> None:
        """Refuse a place that nobody could find."""
        for number in self.numbers:
            require_number(number)
            if not ZERO <= number <= ONE:
                raise ValueError(Message("A place lies within the picture: its numbers are from 0 to 100."))
        if not self.label.strip():
            raise ValueError(Message("Say what the place is called: some people choose by words alone."))
        if self.shape is PlaceShape.POLYGON:
            if not POLYGON_LEAST <= len(self.numbers) <= POLYGON_MOST or len(self.numbers) % 2:
                raise ValueError(Message("A polygon has three corners at least and a hundred at most."))
            return
        if len(self.numbers) != BOX_NUMBERS:
            raise ValueError(Message("Give left, top, width and height."))
        left, top, width, height = self.numbers
        if not width or not height or left + width > ONE or top + height > ONE:
            raise ValueError(Message("The place has no size, or reaches out of the picture."))

    @property
    def called(self) -> str:
        """What it is called; one that is only numbered, as in files without names, by its number."""
        word = self.label.strip()
        return Message("Place %(number)s", number=word) if word.isdecimal() else word

    @property
    def middle(self) -> tuple[Decimal, Decimal]:
        """Its middle, x and y; that of a polygon is the mean of its corners, and may lie outside of it."""
        if self.shape is PlaceShape.POLYGON:
            count = len(self.numbers) // 2
            return sum(self.numbers[::2], ZERO) / count, sum(self.numbers[1::2], ZERO) / count
        left, top, width, height = self.numbers
        return left + width / 2, top + height / 2

    @property
    def box(self) -> tuple[Decimal, Decimal, Decimal, Decimal]:
        """Left, top, width and height of all of it."""
        if self.shape is not PlaceShape.POLYGON:
            left, top, width, height = self.numbers
            return left, top, width, height
        across, down = self.numbers[::2], self.numbers[1::2]
        return min(across), min(down), max(across) - min(across), max(down) - min(down)

    def holds(self, x: Decimal, y: Decimal) -> bool:
        """Return whether a point lies in it."""
        if self.shape is PlaceShape.POLYGON:
            return in_polygon(x, y, self.numbers)
        left, top, width, height = self.numbers
        if self.shape is PlaceShape.RECTANGLE:
            return left <= x <= left + width and top <= y <= top + height
        (middle, level), across, up = self.middle, width / 2, height / 2
        return ((x - middle) / across) ** 2 + ((y - level) / up) ** 2 <= ONE


AnyPlace = TypeVar("AnyPlace", bound=Outline)


def top_first(places: Iterable[AnyPlace]) -> tuple[AnyPlace, ...]:
    """Return places as they lie, from the top: an order that tells nothing of what is right."""
    return tuple(sorted(places, key=lambda place: (place.middle[1], place.middle[0], place.key)))


def require_picture(picture: str, alt: str, places: Sequence[Outline]) -> None:
    """Refuse a picture that is none, that is not described, or whose places cannot be told apart."""
    if not picture.strip():
        raise ValueError(Message("The question has no picture."))
    if not alt.strip():
        raise ValueError(Message("Say what the picture shows, for who cannot see it."))
    require_keys(place.key for place in places)
    if len({place.label.strip() for place in places}) != len(places):
        raise ValueError(Message("Two places are called the same."))


def require_count(places: Sequence[Outline], *, least: int) -> None:
    """Refuse too few places, and more than anybody could read."""
    if not least <= len(places) <= PLACES_AT_MOST:
        raise ValueError(
            Message("The picture needs %(least)s to %(most)s places.", least=least, most=PLACES_AT_MOST)
        )


def picture_text(picture: str, alt: str) -> Text:
    """Return a picture that came with the question, as a text."""
    return Text(f'<img src="attachment:{quote(picture, safe="")}" alt="{escape(alt)}">', TextFormat.HTML)


def plain(words: str) -> Text:
    """Return words as a text."""
    return Text(words, TextFormat.PLAIN)


def share_of(right: int, wrong: int, whole: int, grading: PictureGrading) -> Decimal:
    """Return what is earned by so much right, of the whole, and so much wrong; never below nothing."""
    match grading:
        case PictureGrading.EACH:
            counted = right
        case PictureGrading.COST:
            counted = right - wrong
        case PictureGrading.ALL:
            counted = whole if right == whole and not wrong else 0
    return ONE if counted == whole else max(ZERO, Decimal(counted) / whole)


def part_of(right: int, wrong: int, whole: int, grading: PictureGrading) -> Decimal:
    """Return what one part of an answer adds or costs, of the whole question; all of it earns nothing in parts."""
    match grading:
        case PictureGrading.EACH:
            return Decimal(right) / whole
        case PictureGrading.COST:
            return Decimal(right - wrong) / whole
        case PictureGrading.ALL:
            return ZERO
