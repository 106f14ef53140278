"""A picture whose places are numbered in their right order, and the number that each was given."""

from collections import Counter
from dataclasses import dataclass
from typing import ClassVar, Final

from lms.kernel.messages import Message
from lms.quizzes.kinds.places import Outline, PictureGrading, picture_text, require_count, require_picture
from lms.quizzes.values import NO_TEXT, Body, QuestionType, Response, Text

PICTURE_ORDER: Final = QuestionType("picture_order")


@dataclass(frozen=True, slots=True)
class OrderPlace(Outline):
    """A place on the picture, its number in the right order (0: it has none), and what is said to who numbers it."""

    number: int = 0
    feedback: Text = NO_TEXT


@dataclass(frozen=True, slots=True)
class PictureOrder(Body):
    """Number the places of a picture, which came with the question and is called `picture`."""

    type: ClassVar[QuestionType] = PICTURE_ORDER
    picture: str
    alt: str
    places: tuple[OrderPlace, ...]
    grading: PictureGrading = PictureGrading.EACH

    def __post_init__(self) -> None:
        """Refuse what cannot be answered."""
        require_picture(self.picture, self.alt, self.places)
        require_count(self.places, least=2)
        numbers = sorted(place.number for place in self.places if place.number)
        if len(numbers) < 2:  # noqa: PLR2004  one is in order always
            raise ValueError(Message("Number two places at least: one alone is in order always."))
        if numbers != list(range(1, len(numbers) + 1)):
            raise ValueError(Message("The numbers go from 1 up, each given once."))
        if self.grading is PictureGrading.COST:
            raise ValueError(Message("A wrong number costs nothing: it takes the place of a right one."))

    @property
    def right(self) -> tuple[OrderPlace, ...]:
        """The places that have a number, in their order."""
        return tuple(sorted((one for one in self.places if one.number), key=lambda one: one.number))

    @property
    def shown(self) -> Text:
        """The picture, as a text."""
        return picture_text(self.picture, self.alt)

    @property
    def texts(self) -> tuple[Text, ...]:
        """Every text of it that may refer to a picture, in reading order."""
        return (self.shown, *(place.feedback for place in self.places))


@dataclass(frozen=True, slots=True)
class PictureOrderResponse(Response):
    """Pairs of place and number, from 1, in the question's order; places without a number are not in it."""

    type: ClassVar[QuestionType] = PICTURE_ORDER
    numbers: tuple[tuple[str, int], ...] = ()

    @property
    def sole(self) -> dict[str, int]:
        """Return the numbers that one place alone was given, by the key of that place."""
        taken = Counter(number for _key, number in self.numbers)
        return {key: number for key, number in self.numbers if taken[number] == 1}
