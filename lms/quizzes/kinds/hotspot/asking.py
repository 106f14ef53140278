"""How a page asks it: the picture with its places drawn on it, and a list of what they are called."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Final

from markupsafe import Markup

from lms.kernel.messages import Message
from lms.quizzes.kinds.hotspot.values import Hotspot, HotspotResponse, Place, PlaceShape
from lms.quizzes.kinds.kind import Asking, body_of
from lms.quizzes.kinds.masks import mask_of
from lms.quizzes.values import Question, Response, Text

PICTURE: Final = "picture"


@dataclass(frozen=True, slots=True)
class AskedPlace:
    """A place: its outline in hundredths of the picture, where its number stands, its name, whether it is chosen.

    Whether it is right is not here: no page may hold that.
    """

    key: str
    shape: PlaceShape
    numbers: tuple[float, ...]
    middle: tuple[float, float]
    label: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class AskedPicture:
    """The picture, and its places."""

    picture: Markup
    places: tuple[AskedPlace, ...]


class HotspotAsking(Asking):
    """The picture, and a box to tick for each of its places."""

    def hint(self, question: Question) -> Message | None:
        """Say how places are chosen."""
        body_of(question, Hotspot)
        return Message("Choose all places that apply: on the picture, or in the list below it.")

    def shown_texts(self, question: Question) -> Mapping[str, Text]:
        """Return the picture."""
        return {PICTURE: body_of(question, Hotspot).shown}

    def order(self, question: Question, random: Random, *, shuffle: bool) -> list[str]:
        """Return the places, always shuffled: an author draws what is right first."""
        del shuffle
        keys = [place.key for place in body_of(question, Hotspot).places]
        random.shuffle(keys)
        return keys

    def asked(
        self, question: Question, words: Mapping[str, Markup], order: Sequence[str], given: Response | None
    ) -> AskedPicture:
        """Return picture and places; without an attempt they stand as they lie, from the top."""
        body = body_of(question, Hotspot)
        chosen = given.keys if isinstance(given, HotspotResponse) else ()
        places = {place.key: place for place in sorted(body.places, key=_top_first)}
        return AskedPicture(
            words[PICTURE],
            tuple(_asked(mask_of(order, key), places[key], key in chosen) for key in order or places),
        )

    def secrets(self, question: Question) -> tuple[str, ...]:
        """Return the feedback."""
        places = body_of(question, Hotspot).places
        return tuple(place.feedback.source for place in places if place.feedback)


def _top_first(place: Place) -> tuple[float, float]:
    x, y = _middle(place)
    return y, x


def _middle(place: Place) -> tuple[float, float]:
    numbers = [float(number * 100) for number in place.numbers]
    if place.shape is PlaceShape.POLYGON:
        return sum(numbers[::2]) / len(numbers[::2]), sum(numbers[1::2]) / len(numbers[1::2])
    return numbers[0] + numbers[2] / 2, numbers[1] + numbers[3] / 2


def _asked(name: str, place: Place, is_chosen: bool) -> AskedPlace:  # noqa: FBT001  a flag of the value
    numbers = tuple(float(number * 100) for number in place.numbers)
    return AskedPlace(name, place.shape, numbers, _middle(place), place.label, is_chosen)
