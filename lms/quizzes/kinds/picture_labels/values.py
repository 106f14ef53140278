"""A picture whose places are labelled with words or pictures, and which label was put where."""

import re
from collections import Counter
from dataclasses import dataclass
from html import unescape
from typing import ClassVar, Final

from lms.kernel.messages import Message
from lms.kernel.richtext import plain_text_of
from lms.quizzes.kinds.checks import require_keys
from lms.quizzes.kinds.places import Outline, PictureGrading, picture_text, require_count, require_picture
from lms.quizzes.syntax.texts import ATTACHMENT, text_to_html
from lms.quizzes.values import NO_TEXT, Body, QuestionType, Response, Text

PICTURE_LABELS: Final = QuestionType("picture_labels")
LABELS_AT_MOST: Final = 50
ROOM_AT_MOST: Final = 12
IMAGE: Final = re.compile(r'<img\b[^>]*?\balt="([^"]*)"[^>]*>')


@dataclass(frozen=True, slots=True)
class Label:
    """What is put onto the picture: words, or a picture that came with the question."""

    key: str
    text: Text


@dataclass(frozen=True, slots=True)
class LabelPlace(Outline):
    """A place on the picture, the labels that belong there (none, several, or one several times over).

    `room` is how many labels it takes, right or wrong; `feedback` is said to who put any there.
    """

    labels: tuple[str, ...] = ()
    room: int = 1
    feedback: Text = NO_TEXT


@dataclass(frozen=True, slots=True)
class PictureLabels(Body):
    """Put labels where they belong on a picture, which came with the question and is called `picture`.

    `reuse` says that every label may be put in as many places as there are.
    """

    type: ClassVar[QuestionType] = PICTURE_LABELS
    picture: str
    alt: str
    places: tuple[LabelPlace, ...]
    labels: tuple[Label, ...]
    reuse: bool = False
    grading: PictureGrading = PictureGrading.EACH

    def __post_init__(self) -> None:
        """Refuse what cannot be answered."""
        require_picture(self.picture, self.alt, self.places)
        require_count(self.places, least=1)
        require_keys(label.key for label in self.labels)
        if len(self.labels) > LABELS_AT_MOST:
            raise ValueError(Message("At most %(most)s labels can be put onto it.", most=LABELS_AT_MOST))
        if any(not label.text for label in self.labels):
            raise ValueError(Message("A label is empty."))
        if len({label.text.source.strip() for label in self.labels}) != len(self.labels):
            raise ValueError(Message("Two labels read the same: nobody could tell which belongs where."))
        keys = {label.key for label in self.labels}
        if any(not set(place.labels) <= keys for place in self.places):
            raise ValueError(Message("A place names a label that the question does not have."))
        if any(not max(1, len(place.labels)) <= place.room <= ROOM_AT_MOST for place in self.places):
            raise ValueError(
                Message(
                    "A place takes the labels that belong there, and at most %(most)s.", most=ROOM_AT_MOST
                )
            )
        if not self.whole:
            raise ValueError(Message("No label belongs anywhere."))
        used = Counter(key for place in self.places for key in place.labels)
        if not self.reuse and max(used.values()) > 1:
            raise ValueError(Message("A label belongs in two places: let labels be used more than once."))

    @property
    def whole(self) -> int:
        """How many labels are put when all is right."""
        return sum(len(place.labels) for place in self.places)

    @property
    def words(self) -> dict[str, str]:
        """What each label is called in plain words, by its key."""
        return {label.key: words_in(label.text) for label in self.labels}

    @property
    def shown(self) -> Text:
        """The picture, as a text."""
        return picture_text(self.picture, self.alt)

    @property
    def texts(self) -> tuple[Text, ...]:
        """Every text of it that may refer to a picture, in reading order."""
        labels = (label.text for label in self.labels)
        return (self.shown, *labels, *(place.feedback for place in self.places))


@dataclass(frozen=True, slots=True)
class PictureLabelsResponse(Response):
    """Each place with the labels that were put there, in the question's order; empty places are not in it."""

    type: ClassVar[QuestionType] = PICTURE_LABELS
    placed: tuple[tuple[str, tuple[str, ...]], ...] = ()


def words_in(text: Text) -> str:
    """Return a label in plain words, a picture by what it shows."""
    html = text_to_html(text, attachment=lambda name: f"{ATTACHMENT}{name}")
    return plain_text_of(IMAGE.sub(r" \1 ", html)) or unescape(text.source.strip())
