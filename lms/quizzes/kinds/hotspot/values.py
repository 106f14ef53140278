"""A picture with places on it, some of them right, and which of them were chosen."""

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, Final

from lms.kernel.messages import Message
from lms.quizzes.kinds.places import Outline, picture_text, require_picture
from lms.quizzes.values import NO_TEXT, Body, QuestionType, Response, Text

HOTSPOT: Final = QuestionType("hotspot")


class PlaceGrading(StrEnum):
    """What is earned: the share of right places less that of wrong ones, or all for exactly the right ones."""

    SHARE = "share"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Place(Outline):
    """A place on the picture, right or wrong, and what is said to who chooses it."""

    is_right: bool = False
    feedback: Text = NO_TEXT


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
        require_picture(self.picture, self.alt, self.places)
        if len(self.places) < 2:  # noqa: PLR2004 - one place leaves nothing to choose
            raise ValueError(Message("A picture needs two places to choose from at least."))
        if not self.right:
            raise ValueError(Message("No place is right."))

    @property
    def right(self) -> tuple[Place, ...]:
        """The places that are right."""
        return tuple(place for place in self.places if place.is_right)

    @property
    def shown(self) -> Text:
        """The picture, as a text."""
        return picture_text(self.picture, self.alt)

    @property
    def texts(self) -> tuple[Text, ...]:
        """Every text of it that may refer to a picture, in reading order."""
        return (self.shown, *(place.feedback for place in self.places))


@dataclass(frozen=True, slots=True)
class HotspotResponse(Response):
    """The keys of the places that were chosen, in the question's order."""

    type: ClassVar[QuestionType] = HOTSPOT
    keys: tuple[str, ...] = ()
