"""The words of a text that may be chosen, what each is worth, and the keys of those chosen."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from html import unescape
from typing import ClassVar, Final

from lms.kernel.messages import Message
from lms.quizzes.kinds.checks import require_keys, require_weights
from lms.quizzes.kinds.choices import WEIGHT_SUM_TOLERANCE
from lms.quizzes.values import NO_TEXT, ONE, ZERO, Body, QuestionType, Response, Text, TextFormat, percent

MARKED_WORDS: Final = QuestionType("marked_words")
MARK: Final = re.compile(r"\[\[([^\[\]<>\n]{1,200})\]\]")
"""Words that may be chosen, as an author marks them in the text."""
FORMATTED: Final = re.compile(r"[*_`~\\]")
"""What would make words of Markdown bold or code: within a mark it stays what it is, and is refused."""
WORDS_AT_MOST: Final = 100


@dataclass(frozen=True, slots=True)
class MarkedWord:
    """One marked place of the text, in its order: its words stand there, what it is worth here."""

    key: str
    weight: Decimal = ZERO
    feedback: Text = NO_TEXT


@dataclass(frozen=True, slots=True)
class MarkedWords(Body):
    """Choose among the words that stand as ``[[words]]`` in the question's own text.

    Where several may be chosen their weights add up, to nothing at least.
    """

    type: ClassVar[QuestionType] = MARKED_WORDS
    words: tuple[MarkedWord, ...]
    takes_several: bool = False

    def __post_init__(self) -> None:
        """Refuse what cannot be answered."""
        require_keys(word.key for word in self.words)
        require_weights(word.weight for word in self.words)
        if not 2 <= len(self.words) <= WORDS_AT_MOST:  # noqa: PLR2004  one leaves nothing to choose
            raise ValueError(Message("Mark 2 to %(most)s places in the text.", most=WORDS_AT_MOST))
        total = sum((word.weight for word in self.right), ZERO)
        if not self.takes_several and max(word.weight for word in self.words) != ONE:
            raise ValueError(Message("None of the words is worth 100%%: one of them must be right."))
        if self.takes_several and abs(total - ONE) > WEIGHT_SUM_TOLERANCE:
            raise ValueError(
                Message(
                    "The right words together are worth %(total)s%%: they must add up to 100%%.",
                    total=percent(total),
                )
            )

    def check_stem(self, stem: Text) -> None:
        """Refuse a text whose marks are not those of the words."""
        found = MARK.findall(stem.source)
        if stem.source.count("[[") != len(found) or any(not words.strip() for words in found):
            raise ValueError(Message("Write [[ before and ]] after plain words of one line."))
        if stem.format is TextFormat.MARKDOWN and any(map(FORMATTED.search, found)):
            raise ValueError(Message("Words between [[ and ]] bear no formatting of their own."))
        if len(found) != len(self.words):
            raise ValueError(Message("The places marked in the text are not those that are described."))

    @property
    def right(self) -> tuple[MarkedWord, ...]:
        """Return the words that earn something."""
        return tuple(word for word in self.words if word.weight > ZERO)

    @property
    def texts(self) -> tuple[Text, ...]:
        """Every text of it that may refer to a picture, in reading order."""
        return tuple(word.feedback for word in self.words)


@dataclass(frozen=True, slots=True)
class MarkedWordsResponse(Response):
    """The keys of the words chosen, in the order of the text."""

    type: ClassVar[QuestionType] = MARKED_WORDS
    keys: tuple[str, ...] = ()


def marked_in(stem: Text) -> Sequence[str]:
    """Return the words marked in a text, as they read."""
    found = MARK.findall(stem.source)
    return found if stem.format is TextFormat.PLAIN else [unescape(words) for words in found]
