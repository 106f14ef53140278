"""How a page asks it: the picture with its places drawn on it, the labels, and lists to pick from for each place."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Final

from markupsafe import Markup

from lms.kernel.messages import Message
from lms.quizzes.kinds.kind import Asking, body_of
from lms.quizzes.kinds.masks import mask_of
from lms.quizzes.kinds.picture_labels.rules import field_of
from lms.quizzes.kinds.picture_labels.values import PictureLabels, PictureLabelsResponse
from lms.quizzes.kinds.places import top_first
from lms.quizzes.kinds.places_asking import PICTURE, AskedPlace, asked_place
from lms.quizzes.values import Question, Response, Text

LABEL: Final = "label."


@dataclass(frozen=True, slots=True)
class AskedLabel:
    """A label: how it looks, and what it is called in a list."""

    key: str
    looks: Markup
    words: str


@dataclass(frozen=True, slots=True)
class Slot:
    """One label that a place takes: the end of its field's name, and which label stands there."""

    part: str
    given: str


@dataclass(frozen=True, slots=True)
class AskedSlots:
    """A place and the labels that it takes."""

    place: AskedPlace
    slots: tuple[Slot, ...]


@dataclass(frozen=True, slots=True)
class AskedLabels:
    """The picture, its places and the labels."""

    picture: Markup
    lines: tuple[AskedSlots, ...]
    labels: tuple[AskedLabel, ...]
    reuse: bool

    @property
    def places(self) -> tuple[AskedPlace, ...]:
        """The places alone."""
        return tuple(line.place for line in self.lines)


class PictureLabelsAsking(Asking):
    """The picture, the labels, and a list of labels for each that a place takes."""

    def hint(self, question: Question) -> Message | None:
        """Say whether a label may be used again."""
        if body_of(question, PictureLabels).reuse:
            return Message("Put the labels where they belong. A label may be used more than once.")
        return Message("Put the labels where they belong. Each is used once at most.")

    def shown_texts(self, question: Question) -> Mapping[str, Text]:
        """Return the picture and the labels."""
        body = body_of(question, PictureLabels)
        return {PICTURE: body.shown, **{f"{LABEL}{label.key}": label.text for label in body.labels}}

    def order(self, question: Question, random: Random, *, shuffle: bool) -> list[str]:
        """Return the labels, always shuffled: as written, they would tell where they belong."""
        del shuffle
        keys = [label.key for label in body_of(question, PictureLabels).labels]
        random.shuffle(keys)
        return keys

    def asked(
        self, question: Question, words: Mapping[str, Markup], order: Sequence[str], given: Response | None
    ) -> AskedLabels:
        """Return picture, places and labels; without an attempt the labels stand by their words."""
        body = body_of(question, PictureLabels)
        placed = dict(given.placed) if isinstance(given, PictureLabelsResponse) else {}
        called = body.words
        keys = order or sorted(called, key=lambda key: (called[key].casefold(), key))
        labels = tuple(AskedLabel(mask_of(order, key), words[f"{LABEL}{key}"], called[key]) for key in keys)
        lines = []
        for place in top_first(body.places):
            put = [mask_of(order, key) for key in placed.get(place.key, ()) if key in called]
            slots = tuple(
                Slot(field_of(place.key, at), put[at] if at < len(put) else "") for at in range(place.room)
            )
            lines.append(AskedSlots(asked_place((), place), slots))
        return AskedLabels(words[PICTURE], tuple(lines), labels, body.reuse)

    def secrets(self, question: Question) -> tuple[str, ...]:
        """Return the feedback."""
        places = body_of(question, PictureLabels).places
        return tuple(place.feedback.source for place in places if place.feedback)
