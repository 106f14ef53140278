"""What somebody says of a course once they have completed it."""

from dataclasses import dataclass
from typing import Final, NewType
from uuid import UUID

FeedbackId = NewType("FeedbackId", UUID)
"""What one person says of one course that they completed."""

COMMENT_AT_MOST: Final = 2000
RATINGS: Final = (1, 2, 3, 4, 5)


@dataclass(frozen=True, slots=True)
class Feedback:
    """What somebody said; `rating` None is who passed the question over, revision 0 what was never sent."""

    rating: int | None
    comment: str
    revision: int
