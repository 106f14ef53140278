"""A text with gaps: what each gap is filled with, the bank of words to drag from, and what stands in each gap."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import ClassVar, Final

from lms.kernel.messages import Message
from lms.quizzes.kinds.amounts import Numbers
from lms.quizzes.kinds.checks import require_keys, require_weights
from lms.quizzes.kinds.weights import WEIGHT_AT_MOST
from lms.quizzes.kinds.words import Words
from lms.quizzes.values import LATER, NO_TEXT, ONE, ZERO, Body, QuestionType, Response, Text

GAP_FILL: Final = QuestionType("gap_fill")
MARK: Final = re.compile(r"\[\[([1-9]\d{0,2})\]\]")
"""Where a gap stands in the text, by its number."""


class GapWay(StrEnum):
    """How a gap is filled: picked from a list of its own, typed, typed as a number, or dragged from the bank."""

    PICK = "pick"
    TYPE = "type"
    NUMBER = "number"
    DRAG = "drag"


@dataclass(frozen=True, slots=True)
class GapChoice:
    """One line of a drop-down: plain text, since no more may stand there."""

    key: str
    text: str
    weight: Decimal = ZERO
    feedback: Text = NO_TEXT


@dataclass(frozen=True, slots=True)
class BankWord:
    """A word to drag; one that belongs to no gap distracts."""

    key: str
    text: str


@dataclass(frozen=True, slots=True)
class Gap:
    """One gap. Its key is its number in the text; of what it may be filled with, only what its way needs is there.

    `weight` is a whole number: a gap of weight 2 counts twice. `feedback` is said of it where what fills it has none
    of its own.
    """

    key: str
    way: GapWay
    choices: tuple[GapChoice, ...] = ()
    words: Words | None = None
    numbers: Numbers | None = None
    word: str = ""
    weight: int = 1
    feedback: Text = NO_TEXT

    def __post_init__(self) -> None:
        """Refuse a gap that nothing fills."""
        if not MARK.fullmatch(f"[[{self.key}]]"):
            raise ValueError(Message("A gap is numbered from 1 to 999."))
        if not 1 <= self.weight <= WEIGHT_AT_MOST:
            raise ValueError(
                Message("A gap counts a whole number of times, from 1 to %(most)s.", most=WEIGHT_AT_MOST)
            )
        has = {
            GapWay.PICK: bool(self.choices),
            GapWay.TYPE: self.words is not None,
            GapWay.NUMBER: self.numbers is not None,
            GapWay.DRAG: bool(self.word),
        }
        if [way for way, holds in has.items() if holds] != [self.way]:
            raise ValueError(Message("Nothing is said of what fills the gap."))
        if self.way is GapWay.PICK:
            self._check_choices()

    def _check_choices(self) -> None:
        require_keys(choice.key for choice in self.choices)
        require_weights(choice.weight for choice in self.choices)
        if len(self.choices) < 2:  # noqa: PLR2004 - one choice is none
            raise ValueError(Message("A choice question needs two choices at least."))
        if any(not choice.text.strip() for choice in self.choices):
            raise ValueError(Message("A choice is empty."))
        if len({choice.text for choice in self.choices}) != len(self.choices):
            raise ValueError(Message("Two choices read the same."))
        if all(choice.weight != ONE for choice in self.choices):
            raise ValueError(Message("No answer is worth 100%%: one of them must be right."))

    @property
    def texts(self) -> Iterator[Text]:
        """Every text of it that may refer to a picture, in reading order."""
        yield from (choice.feedback for choice in self.choices)
        yield from self.words.texts if self.words else ()
        yield from self.numbers.texts if self.numbers else ()
        yield self.feedback


@dataclass(frozen=True, slots=True)
class GapFill(Body):
    """Fill the gaps, which stand as ``[[1]]`` in the question's own text.

    With `reuse` a word of the bank may fill several gaps; `shuffle` is of the drop-downs, since a bank always is.
    A gap whose filling earns nothing costs the share `wrong_costs` of the question, which then never earns less than
    nothing.
    """

    type: ClassVar[QuestionType] = GAP_FILL
    gaps: tuple[Gap, ...]
    bank: tuple[BankWord, ...] = ()
    reuse: bool = False
    shuffle: bool = True
    wrong_costs: Decimal = field(default=ZERO, metadata=LATER)

    def __post_init__(self) -> None:
        """Refuse what cannot be answered."""
        require_keys(gap.key for gap in self.gaps)
        if not ZERO <= self.wrong_costs <= ONE:
            raise ValueError(Message("A wrong gap costs 0 to 100%%."))
        dragged = [gap.word for gap in self.gaps if gap.way is GapWay.DRAG]
        if not dragged:
            if self.bank:
                raise ValueError(Message("No gap takes a word of the bank."))
            return
        require_keys(word.key for word in self.bank)
        if any(not word.text.strip() for word in self.bank):
            raise ValueError(Message("A word of the bank is empty."))
        if len({word.text for word in self.bank}) != len(self.bank):
            raise ValueError(Message("Two words of the bank read the same."))
        texts = {word.key: word.text for word in self.bank}
        if not set(dragged) <= texts.keys():
            raise ValueError(Message("A gap takes a word that is not in the bank."))
        if len(self.bank) < 2:  # noqa: PLR2004 - one word leaves nothing to choose
            raise ValueError(Message("A bank needs two words at least."))
        word, times = Counter(dragged).most_common(1)[0]
        if times > 1 and not self.reuse:
            raise ValueError(
                Message(
                    "“%(word)s” belongs in more than one gap: let words be used more than once.",
                    word=texts[word],
                )
            )

    def check_stem(self, stem: Text) -> None:
        """Refuse a text in which a gap is missing, stands twice or is not described."""
        stands = Counter(MARK.findall(stem.source))
        known = {gap.key for gap in self.gaps}
        for key in stands:
            if key not in known:
                raise ValueError(
                    Message("The text has a gap [[%(number)s]] that is not described.", number=key)
                )
        for gap in self.gaps:
            if stands[gap.key] > 1:
                raise ValueError(Message("Gap %(number)s stands in the text more than once.", number=gap.key))
            if not stands[gap.key]:
                raise ValueError(not_in_text(gap.key))

    @property
    def texts(self) -> tuple[Text, ...]:
        """Every text of it that may refer to a picture, in reading order."""
        return tuple(text for gap in self.gaps for text in gap.texts)


@dataclass(frozen=True, slots=True)
class GapFillResponse(Response):
    """Pairs of gap and what fills it: the key of a choice or a word, or text as typed; open gaps are not in it."""

    type: ClassVar[QuestionType] = GAP_FILL
    filled: tuple[tuple[str, str], ...] = ()


def not_in_text(key: str) -> Message:
    """Say that a gap does not stand in the text."""
    return Message("Gap %(number)s is not in the text: write [[%(number)s]] where it belongs.", number=key)
