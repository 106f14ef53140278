"""A picture with places on it, some of them right, and which of them were chosen."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from html import escape
from typing import ClassVar, Final
from urllib.parse import quote

from lms.kernel.messages import Message
from lms.quizzes.kinds.checks import require_keys, require_number
from lms.quizzes.values import NO_TEXT, ONE, ZERO, Body, QuestionType, Response, Text, TextFormat

HOTSPOT: Final = QuestionType("hotspot")
BOX_NUMBERS: Final = 4
POLYGON_LEAST: Final = 6
POLYGON_MOST: Final = 200


class PlaceShape(StrEnum):
    """How a place is bounded."""

    RECTANGLE = "rectangle"
    ELLIPSE = "ellipse"
    POLYGON = "polygon"


class PlaceGrading(StrEnum):
    """What is earned: the share of right places less that of wrong ones, or all for exactly the right ones."""

    SHARE = "share"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Place:
    """A place on the picture. Its numbers are shares of width and height, so that they fit every size of it.

    A rectangle and an ellipse are left, top, width and height; a polygon is its corners, x and y in turn. `label` is
    what a place is called for who chooses by words, and must not tell whether it is right.
    """

    key: str
    shape: PlaceShape
    numbers: tuple[Decimal, ...]
    label: str
    is_right: bool = False
    feedback: Text = NO_TEXT

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


@dataclass(frozen=True, slots=True)
class Hotspot(Body):
    """Choose the right places of a picture, which came with the question and is called `picture`."""

    type: ClassVar[QuestionType] = HOTSPOT
    picture: str
    alt: str
    places: tuple[Place, ...]
    grading: PlaceGrading = PlaceGrading.SHARE

    def __post_init__(self) -> None:
        """Refuse what cannot be answered."""
        if not self.picture.strip():
            raise ValueError(Message("The question has no picture."))
        if not self.alt.strip():
            raise ValueError(Message("Say what the picture shows, for who cannot see it."))
        require_keys(place.key for place in self.places)
        if len(self.places) < 2:  # noqa: PLR2004 - one place leaves nothing to choose
            raise ValueError(Message("A picture needs two places to choose from at least."))
        if len({place.label.strip() for place in self.places}) != len(self.places):
            raise ValueError(Message("Two places are called the same."))
        if not self.right:
            raise ValueError(Message("No place is right."))

    @property
    def right(self) -> tuple[Place, ...]:
        """The places that are right."""
        return tuple(place for place in self.places if place.is_right)

    @property
    def shown(self) -> Text:
        """The picture, as a text."""
        return Text(
            f'<img src="attachment:{quote(self.picture, safe="")}" alt="{escape(self.alt)}">', TextFormat.HTML
        )

    @property
    def texts(self) -> tuple[Text, ...]:
        """Every text of it that may refer to a picture, in reading order."""
        return (self.shown, *(place.feedback for place in self.places))


@dataclass(frozen=True, slots=True)
class HotspotResponse(Response):
    """The keys of the places that were chosen, in the question's order."""

    type: ClassVar[QuestionType] = HOTSPOT
    keys: tuple[str, ...] = ()
