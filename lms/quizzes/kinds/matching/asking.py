"""How a page asks it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random

from markupsafe import Markup

from lms.kernel.messages import Message
from lms.quizzes.kinds.choices import Option
from lms.quizzes.kinds.kind import Asking, body_of
from lms.quizzes.kinds.masks import mask_of
from lms.quizzes.kinds.matching.values import Matching, MatchingResponse
from lms.quizzes.values import Question, Response, Text


@dataclass(frozen=True, slots=True)
class AskedStem:
    """The left side of a pair, with the key of the option chosen for it, or nothing."""

    key: str
    words: Markup
    chosen: str


@dataclass(frozen=True, slots=True)
class AskedPairs:
    """Stems, and what each may be given."""

    stems: tuple[AskedStem, ...]
    options: tuple[Option, ...]


class MatchingAsking(Asking):
    """A list to pick from beside each stem."""

    def hint(self, question: Question) -> Message | None:
        """Say what to do."""
        body_of(question, Matching)
        return Message("Choose what belongs to each line.")

    def shown_texts(self, question: Question) -> Mapping[str, Text]:
        """Return the words of each stem."""
        return {stem.key: stem.text for stem in body_of(question, Matching).stems}

    def order(self, question: Question, random: Random, *, shuffle: bool) -> list[str]:
        """Return the options, always shuffled: as written, they would tell the answer."""
        del shuffle
        keys = [option.key for option in body_of(question, Matching).options]
        random.shuffle(keys)
        return keys

    def asked(
        self, question: Question, words: Mapping[str, Markup], order: Sequence[str], given: Response | None
    ) -> AskedPairs:
        """Return stems and options."""
        body = body_of(question, Matching)
        pairs = dict(given.pairs) if isinstance(given, MatchingResponse) else {}
        texts = {one.key: one.text for one in body.options}
        return AskedPairs(
            tuple(
                AskedStem(one.key, words[one.key], mask_of(order, pairs.get(one.key, "")))
                for one in body.stems
            ),
            tuple(Option(mask_of(order, key), texts[key]) for key in order or texts),
        )

    def secrets(self, question: Question) -> tuple[str, ...]:
        """Return nothing: every word of it is shown, and what belongs together stands nowhere."""
        body_of(question, Matching)
        return ()
