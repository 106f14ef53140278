"""How a page asks it: the picture with its places drawn on it, and a list of numbers for each."""

from collections.abc import Mapping, Sequence
from random import Random

from markupsafe import Markup

from lms.kernel.messages import Message
from lms.quizzes.kinds.kind import Asking, body_of
from lms.quizzes.kinds.picture_order.values import PictureOrder, PictureOrderResponse
from lms.quizzes.kinds.places import top_first
from lms.quizzes.kinds.places_asking import PICTURE, AskedPicture, asked_place
from lms.quizzes.values import Question, Response, Text


class PictureOrderAsking(Asking):
    """The picture, and a list of numbers for each of its places, which have letters."""

    def hint(self, question: Question) -> Message | None:
        """Say how places are numbered."""
        body = body_of(question, PictureOrder)
        if len(body.right) == len(body.places):
            return Message(
                "Number the places: choose them on the picture one after another, or in the list below it."
            )
        return Message("Number the places that belong in the order; some may have no number.")

    def shown_texts(self, question: Question) -> Mapping[str, Text]:
        """Return the picture."""
        return {PICTURE: body_of(question, PictureOrder).shown}

    def order(self, question: Question, random: Random, *, shuffle: bool) -> list[str]:
        """Return the places as they lie, from the top: as written, they would tell the answer."""
        del random, shuffle
        return [place.key for place in top_first(body_of(question, PictureOrder).places)]

    def asked(
        self, question: Question, words: Mapping[str, Markup], order: Sequence[str], given: Response | None
    ) -> AskedPicture:
        """Return picture and places, each with the number it was given."""
        numbers = dict(given.numbers) if isinstance(given, PictureOrderResponse) else {}
        places = {place.key: place for place in top_first(body_of(question, PictureOrder).places)}
        return AskedPicture(
            words[PICTURE],
            tuple(
                asked_place(order, places[key], given=[str(numbers[key])] if key in numbers else ())
                for key in order or places
            ),
        )

    def secrets(self, question: Question) -> tuple[str, ...]:
        """Return the feedback."""
        places = body_of(question, PictureOrder).places
        return tuple(place.feedback.source for place in places if place.feedback)
