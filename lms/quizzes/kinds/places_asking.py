"""How pages show a picture with places: their outlines in hundredths of it, and what they are called."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup

from lms.quizzes.kinds.masks import mask_of
from lms.quizzes.kinds.places import Outline, PlaceShape

PICTURE: Final = "picture"


@dataclass(frozen=True, slots=True)
class AskedPlace:
    """A place: its outline in hundredths of the picture, where its number stands, its name, what it was given.

    Whether it is right is not here: no page may hold that.
    """

    key: str
    shape: PlaceShape
    numbers: tuple[float, ...]
    middle: tuple[float, float]
    label: str
    is_chosen: bool = False
    given: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AskedPicture:
    """The picture, and its places."""

    picture: Markup
    places: tuple[AskedPlace, ...]


def asked_place(
    order: Sequence[str], place: Outline, *, is_chosen: bool = False, given: Sequence[str] = ()
) -> AskedPlace:
    """Return a place as a page shows it, called as this order calls it."""
    x, y = place.middle
    return AskedPlace(
        mask_of(order, place.key),
        place.shape,
        tuple(float(number * 100) for number in place.numbers),
        (float(x * 100), float(y * 100)),
        place.called,
        is_chosen,
        tuple(given),
    )
