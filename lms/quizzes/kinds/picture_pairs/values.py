"""A picture whose places are joined in pairs, some of them right, and which pairs were made."""

from dataclasses import dataclass
from itertools import combinations
from typing import ClassVar, Final

from lms.kernel.messages import Message
from lms.quizzes.kinds.places import (
    Outline,
    PictureGrading,
    picture_text,
    require_count,
    require_picture,
    top_first,
)
from lms.quizzes.values import NO_TEXT, Body, QuestionType, Response, Text

PICTURE_PAIRS: Final = QuestionType("picture_pairs")
PLACES_TO_JOIN: Final = 10
"""More make a list of pairs that nobody reads: ten make 45 of them."""
TIE: Final = "-"


def pair_key(one: str, other: str) -> str:
    """Return the name of a pair, the same whichever of its places comes first."""
    return TIE.join(sorted((one, other)))


@dataclass(frozen=True, slots=True)
class Pair:
    """Two places that belong together, by their keys, and what is said to who joins them."""

    one: str
    other: str
    feedback: Text = NO_TEXT

    @property
    def key(self) -> str:
        """The name of the pair."""
        return pair_key(self.one, self.other)


@dataclass(frozen=True, slots=True)
class PicturePairs(Body):
    """Join the places of a picture that belong together; `most` pairs at most, 0 for any number."""

    type: ClassVar[QuestionType] = PICTURE_PAIRS
    picture: str
    alt: str
    places: tuple[Outline, ...]
    pairs: tuple[Pair, ...]
    most: int = 0
    grading: PictureGrading = PictureGrading.COST

    def __post_init__(self) -> None:
        """Refuse what cannot be answered."""
        require_picture(self.picture, self.alt, self.places)
        require_count(self.places, least=2)
        if len(self.places) > PLACES_TO_JOIN:
            raise ValueError(Message("At most %(most)s places can be joined.", most=PLACES_TO_JOIN))
        if any(TIE in place.key for place in self.places):
            raise ValueError(Message("A place has a key that no pair could be named by."))
        if not self.pairs:
            raise ValueError(Message("Say which places belong together."))
        keys = {place.key for place in self.places}
        if any(pair.one == pair.other or not {pair.one, pair.other} <= keys for pair in self.pairs):
            raise ValueError(Message("A pair joins two different places of the picture."))
        if len({pair.key for pair in self.pairs}) != len(self.pairs):
            raise ValueError(Message("A pair stands there twice."))
        if self.most < 0 or 0 < self.most < len(self.pairs):
            raise ValueError(Message("Fewer pairs may be made than are right."))
        if self.grading is PictureGrading.EACH and not self.most:
            raise ValueError(
                Message("Say how many pairs may be made at most: else joining everything would earn all.")
            )

    @property
    def all_pairs(self) -> dict[str, tuple[Outline, Outline]]:
        """Every pair that could be made, by its name, from the top of the picture."""
        return {
            pair_key(one.key, other.key): (one, other)
            for one, other in combinations(top_first(self.places), 2)
        }

    @property
    def right(self) -> dict[str, Pair]:
        """The pairs that are right, by their names."""
        return {pair.key: pair for pair in self.pairs}

    @property
    def shown(self) -> Text:
        """The picture, as a text."""
        return picture_text(self.picture, self.alt)

    @property
    def texts(self) -> tuple[Text, ...]:
        """Every text of it that may refer to a picture, in reading order."""
        return (self.shown, *(pair.feedback for pair in self.pairs))


@dataclass(frozen=True, slots=True)
class PicturePairsResponse(Response):
    """The names of the pairs that were made, from the top of the picture."""

    type: ClassVar[QuestionType] = PICTURE_PAIRS
    keys: tuple[str, ...] = ()
