"""How a page asks it: the question's own text, in which the marked words are chosen."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random

from markupsafe import Markup

from lms.kernel.messages import Message
from lms.quizzes.kinds.choices import Option
from lms.quizzes.kinds.kind import STEM, Asking, body_of
from lms.quizzes.kinds.marked_words.values import MARK, MarkedWords, MarkedWordsResponse
from lms.quizzes.kinds.masks import mask_of
from lms.quizzes.kinds.within import pieces_of
from lms.quizzes.values import Question, Response


@dataclass(frozen=True, slots=True)
class AskedWords:
    """Pieces of safe HTML and the words to choose between them; whether several may be chosen."""

    pieces: tuple[Markup | Option, ...]
    takes_several: bool


class MarkedWordsAsking(Asking):
    """Words in a text, each with a button or a box before it."""

    holds_stem = True

    def told(self, stem: str) -> str:
        """Return the text with its marked words underlined."""
        return "".join(
            one if isinstance(one, Markup) else f"<u>{one[1]}</u>" for one in pieces_of(stem, MARK)
        )

    def hint(self, question: Question) -> Message | None:
        """Say how many are to be chosen."""
        if body_of(question, MarkedWords).takes_several:
            return Message("Choose all words in the text that apply.")
        return Message("Choose the words in the text.")

    def order(self, question: Question, random: Random, *, shuffle: bool) -> list[str]:
        """Return the words as they stand in the text: they cannot be shuffled, and their keys tell nothing."""
        del random, shuffle
        return [word.key for word in body_of(question, MarkedWords).words]

    def asked(
        self, question: Question, words: Mapping[str, Markup], order: Sequence[str], given: Response | None
    ) -> AskedWords:
        """Return the text in pieces; words that cannot be found in it stand at its end."""
        body = body_of(question, MarkedWords)
        chosen = given.keys if isinstance(given, MarkedWordsResponse) else ()
        return AskedWords(tuple(_pieces(words[STEM], body, order, chosen)), body.takes_several)

    def secrets(self, question: Question) -> tuple[str, ...]:
        """Return the feedback."""
        return tuple(word.feedback.source for word in body_of(question, MarkedWords).words if word.feedback)


def _pieces(
    html: str, body: MarkedWords, order: Sequence[str], chosen: Sequence[str]
) -> Iterator[Markup | Option]:
    left = [word.key for word in body.words]
    for one in pieces_of(html, MARK):
        if isinstance(one, Markup):
            yield one
        elif left:
            key = left.pop(0)
            yield Option(mask_of(order, key), Markup(one[1]), key in chosen)  # noqa: S704  a piece of the stem
    yield from (Option(mask_of(order, key), f"{key}", key in chosen) for key in left)
