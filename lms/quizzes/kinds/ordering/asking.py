"""How a page asks it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random

from markupsafe import Markup

from lms.kernel.messages import Message
from lms.quizzes.kinds.kind import Asking, body_of
from lms.quizzes.kinds.masks import mask_of
from lms.quizzes.kinds.ordering.values import Ordering, OrderingResponse
from lms.quizzes.values import Question, Response, Text


@dataclass(frozen=True, slots=True)
class AskedItem:
    """One thing, with the place it was given, or None."""

    key: str
    words: Markup
    place: int | None


class OrderingAsking(Asking):
    """Every thing with the number of its place; a script lets them be moved."""

    def hint(self, question: Question) -> Message | None:
        """Say which end is the first."""
        body_of(question, Ordering)
        return Message("Put them in order, the first on top.")

    def shown_texts(self, question: Question) -> Mapping[str, Text]:
        """Return the words of each."""
        return {item.key: item.text for item in body_of(question, Ordering).items}

    def order(self, question: Question, random: Random, *, shuffle: bool) -> list[str]:
        """Return the things, always shuffled and never in the right order: as written, they would tell the answer."""
        del shuffle
        body = body_of(question, Ordering)
        mixed = [item.key for item in body.items]
        random.shuffle(mixed)
        return body.around(mixed)

    def asked(
        self, question: Question, words: Mapping[str, Markup], order: Sequence[str], given: Response | None
    ) -> tuple[AskedItem, ...]:
        """Return the things as they were put, else as the attempt shows them, else by their words."""
        body = body_of(question, Ordering)
        items = body.items
        keys = [item.key for item in items]
        places = dict(given.places) if isinstance(given, OrderingResponse) else {}
        shown = order or body.around([one.key for one in sorted(items, key=lambda one: one.text.source)])
        if isinstance(given, OrderingResponse) and len(given.sole) == len(keys):
            shown = sorted(keys, key=lambda key: places[key])
        return tuple(AskedItem(mask_of(order, key), words[key], places.get(key)) for key in shown)

    def secrets(self, question: Question) -> tuple[str, ...]:
        """Return nothing: every word of it is shown, and the order stands nowhere."""
        body_of(question, Ordering)
        return ()
