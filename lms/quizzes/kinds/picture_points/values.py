"""A picture on which points are marked, the areas in which they count, and the points that were given."""

from dataclasses import dataclass
from decimal import Decimal
from itertools import chain, product
from typing import ClassVar, Final

from lms.kernel.messages import Message
from lms.quizzes.kinds.numbers import read_number
from lms.quizzes.kinds.places import Outline, PictureGrading, picture_text, require_count, require_picture
from lms.quizzes.values import NO_TEXT, ZERO, Body, QuestionType, Response, Text

PICTURE_POINTS: Final = QuestionType("picture_points")
POINTS_AT_MOST: Final = 20
WEIGHT_AT_MOST: Final = 100
GRID: Final = 20
"""How finely an odd area is searched for a point that lies in it and in no area before it."""
HUNDRED: Final = Decimal(100)
DIGITS: Final = Decimal("0.0001")

Point = tuple[Decimal, Decimal]
"""Shares of the picture's width and height."""


@dataclass(frozen=True, slots=True)
class Area(Outline):
    """Where a point counts, how much it counts, and what is said to who marked it; no page shows it before."""

    weight: int = 1
    feedback: Text = NO_TEXT


@dataclass(frozen=True, slots=True)
class PicturePoints(Body):
    """Mark points on a picture, which came with the question and is called `picture`; `most` of them at most.

    A point counts for the first area that it lies in and that no other point has met. `marker` is the name of a
    picture that stands for a point, empty for a number.
    """

    type: ClassVar[QuestionType] = PICTURE_POINTS
    picture: str
    alt: str
    areas: tuple[Area, ...]
    most: int = 1
    grading: PictureGrading = PictureGrading.EACH
    marker: str = ""

    def __post_init__(self) -> None:
        """Refuse what cannot be answered."""
        require_picture(self.picture, self.alt, self.areas)
        require_count(self.areas, least=1)
        if not 1 <= self.most <= POINTS_AT_MOST:
            raise ValueError(Message("From 1 to %(most)s points can be marked.", most=POINTS_AT_MOST))
        if any(not 1 <= area.weight <= WEIGHT_AT_MOST for area in self.areas):
            raise ValueError(Message("A place counts 1 to %(most)s times.", most=WEIGHT_AT_MOST))
        for area in self.areas:
            if self.point_in(area) is None:
                raise ValueError(
                    Message(
                        "Nobody could meet “%(name)s”: it has no size, or others lie over all of it.",
                        name=area.called,
                    )
                )

    @property
    def best(self) -> tuple[Area, ...]:
        """The areas that are met when all is right: as many as points can be marked, those that count most."""
        heaviest = sorted(self.areas, key=lambda area: -area.weight)[: self.most]
        return tuple(area for area in self.areas if area in heaviest)

    @property
    def whole(self) -> int:
        """What all right points count."""
        return sum(area.weight for area in self.best)

    def point_in(self, area: Area) -> Point | None:
        """Return a point that counts for an area: its middle if that does; None where no point does."""
        before = self.areas[: self.areas.index(area)]
        left, top, width, height = area.box
        steps = [Decimal(2 * step + 1) / (2 * GRID) for step in range(GRID)]
        grid = ((left + x * width, top + y * height) for y, x in product(steps, steps))
        for x, y in chain([area.middle], grid):
            point = x.quantize(DIGITS), y.quantize(DIGITS)
            if area.holds(*point) and not any(one.holds(*point) for one in before):
                return point
        return None

    @property
    def shown(self) -> Text:
        """The picture, as a text."""
        return picture_text(self.picture, self.alt)

    @property
    def mark(self) -> Text:
        """What stands for a point, as a text; empty where its number does."""
        return picture_text(self.marker, "") if self.marker else NO_TEXT

    @property
    def texts(self) -> tuple[Text, ...]:
        """Every text of it that may refer to a picture, in reading order."""
        return (self.shown, self.mark, *(area.feedback for area in self.areas))


@dataclass(frozen=True, slots=True)
class PicturePointsResponse(Response):
    """The points that were given, as they were typed: hundredths from the left and from the top."""

    type: ClassVar[QuestionType] = PICTURE_POINTS
    points: tuple[tuple[str, str], ...] = ()

    def read(self) -> tuple[Point | None, ...]:
        """Return the points as shares of the picture; None for one that cannot be read or lies outside of it."""
        return tuple(_point(*words) for words in self.points)


def typed(point: Point) -> tuple[str, str]:
    """Return a point as it would be typed."""
    x, y = (f"{(share * HUNDRED).normalize() + 0:f}" for share in point)
    return x, y


def _point(x: str, y: str) -> Point | None:
    shares = []
    for word in (x, y):
        number = read_number(word)
        if number is None or number.rest:
            return None
        share = number.readings[0] / HUNDRED
        if not ZERO <= share <= 1:
            return None
        shares.append(share)
    return shares[0], shares[1]
