"""How a page asks it: the picture with its places drawn on it, and a box to tick for each pair."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random

from markupsafe import Markup

from lms.kernel.messages import Message
from lms.quizzes.kinds.kind import Asking, body_of
from lms.quizzes.kinds.masks import mask_of
from lms.quizzes.kinds.picture_pairs.values import PicturePairs, PicturePairsResponse
from lms.quizzes.kinds.places import top_first
from lms.quizzes.kinds.places_asking import PICTURE, AskedPlace, asked_place
from lms.quizzes.values import Question, Response, Text


@dataclass(frozen=True, slots=True)
class AskedPair:
    """A pair that could be made, by the numbers of its places on the picture."""

    key: str
    one: int
    other: int
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class AskedPairs:
    """The picture, its places, whose numbers are those of the list, and every pair of them."""

    picture: Markup
    places: tuple[AskedPlace, ...]
    pairs: tuple[AskedPair, ...]
    most: int


class PicturePairsAsking(Asking):
    """The picture, and a box to tick for each pair of its places."""

    def hint(self, question: Question) -> Message | None:
        """Say how pairs are made."""
        most = body_of(question, PicturePairs).most
        if most == 1:
            return Message(
                "Join one pair: two places on the picture one after the other, or in the list below."
            )
        if most:
            return Message(
                "Join up to %(most)s pairs: two places on the picture one after the other, or in the list below.",
                most=most,
            )
        return Message("Join all pairs: two places on the picture one after the other, or in the list below.")

    def shown_texts(self, question: Question) -> Mapping[str, Text]:
        """Return the picture."""
        return {PICTURE: body_of(question, PicturePairs).shown}

    def order(self, question: Question, random: Random, *, shuffle: bool) -> list[str]:
        """Return the pairs as their places lie, from the top: that tells nothing of what is right."""
        del random, shuffle
        return list(body_of(question, PicturePairs).all_pairs)

    def asked(
        self, question: Question, words: Mapping[str, Markup], order: Sequence[str], given: Response | None
    ) -> AskedPairs:
        """Return the picture, its places and their pairs."""
        body = body_of(question, PicturePairs)
        made = given.keys if isinstance(given, PicturePairsResponse) else ()
        places = top_first(body.places)
        numbers = {place.key: number for number, place in enumerate(places, 1)}
        pairs = body.all_pairs
        return AskedPairs(
            words[PICTURE],
            # Named by number: pairs are what is chosen, and the page needs no key of a place.
            tuple(asked_place([place.key for place in places], place) for place in places),
            tuple(
                AskedPair(
                    mask_of(order, key), numbers[pairs[key][0].key], numbers[pairs[key][1].key], key in made
                )
                for key in order or pairs
            ),
            body.most,
        )

    def secrets(self, question: Question) -> tuple[str, ...]:
        """Return the feedback."""
        return tuple(pair.feedback.source for pair in body_of(question, PicturePairs).pairs if pair.feedback)
