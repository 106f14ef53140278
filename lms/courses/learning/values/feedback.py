"""What somebody says of a course once they have completed it."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Final, NewType
from uuid import UUID

FeedbackId = NewType("FeedbackId", UUID)
"""What one person says of one course that they completed."""

COMMENT_AT_MOST: Final = 2000
RATINGS: Final = (1, 2, 3, 4, 5)
FEWEST: Final = 5
"""Of fewer people than this no share or mean is told: it would tell of somebody."""
_TENTH: Final = Decimal("0.1")


def mean_of(points: int, total: int) -> Decimal | None:
    """Return the mean of so many ratings to a tenth, None of none."""
    return (Decimal(points) / total).quantize(_TENTH, ROUND_HALF_UP) if total else None


@dataclass(frozen=True, slots=True)
class CourseRating:
    """How people rate a course: the mean of all its versions, to a tenth, and how many have rated."""

    mean: Decimal
    total: int


def rating_of(points: int, total: int) -> CourseRating | None:
    """Return how a course is rated; None of so few that it would tell of somebody."""
    mean = mean_of(points, total)
    return CourseRating(mean, total) if mean is not None and total >= FEWEST else None


@dataclass(frozen=True, slots=True)
class Feedback:
    """What somebody said; `rating` None is who passed the question over, revision 0 what was never sent."""

    rating: int | None
    comment: str
    revision: int
