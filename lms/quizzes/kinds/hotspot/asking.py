"""How a page asks it: the picture with its places drawn on it, and a list of what they are called."""

from collections.abc import Mapping, Sequence
from random import Random

from markupsafe import Markup

from lms.kernel.messages import Message
from lms.quizzes.kinds.hotspot.values import Hotspot, HotspotResponse
from lms.quizzes.kinds.kind import Asking, body_of
from lms.quizzes.kinds.places import top_first
from lms.quizzes.kinds.places_asking import PICTURE, AskedPicture, asked_place
from lms.quizzes.values import Question, Response, Text


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
        """Return the places, always shuffled: an author draws what is right first.

        Those that are called by number stand as they are numbered, from the top.
        """
        del shuffle
        places = top_first(body_of(question, Hotspot).places)
        keys = [place.key for place in places]
        if all(place.label.isdecimal() for place in places):
            return keys
        random.shuffle(keys)
        return keys

    def asked(
        self, question: Question, words: Mapping[str, Markup], order: Sequence[str], given: Response | None
    ) -> AskedPicture:
        """Return picture and places; without an attempt they stand as they lie, from the top."""
        body = body_of(question, Hotspot)
        chosen = given.keys if isinstance(given, HotspotResponse) else ()
        places = {place.key: place for place in top_first(body.places)}
        return AskedPicture(
            words[PICTURE],
            tuple(asked_place(order, places[key], is_chosen=key in chosen) for key in order or places),
        )

    def secrets(self, question: Question) -> tuple[str, ...]:
        """Return the feedback."""
        places = body_of(question, Hotspot).places
        return tuple(place.feedback.source for place in places if place.feedback)
