"""The signs of GIFT: how they are escaped, and what weights, numbers, formats and answers look like."""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import Final

from lms.kernel.messages import Message
from lms.quizzes.syntax.moodle import shortened
from lms.quizzes.values import Question, Text, TextFormat, percent

# An escaped character stands as a code point that is never a character, until the text is cut into its parts.
ESCAPED: Final = {
    "\\": "\ufdd0",
    "~": "\ufdd1",
    "=": "\ufdd2",
    "#": "\ufdd3",
    "{": "\ufdd4",
    "}": "\ufdd5",
    ":": "\ufdd6",
    "n": "\ufdd7",
}
ARROW_HEAD: Final = "\ufdd8"
UNESCAPE: Final = str.maketrans(
    {mark: "\n" if character == "n" else character for character, mark in ESCAPED.items()} | {ARROW_HEAD: ">"}
)
ESCAPE: Final = str.maketrans(
    {character: f"\\{character}" for character in "\\~=#{}:"} | {"\n": "\\n", "\r": ""}
)
RESERVED: Final = re.compile("[\ufdd0-\ufdd8]")
# The second kind is not in Moodle, which cannot write an arrow that separates nothing.
ESCAPE_PAIR: Final = re.compile(r"\\([\\~=#{}:n])|(?<=-)\\>")
WEIGHT: Final = re.compile(r"%(-?\d{1,3}(?:\.\d{1,40})?)%")
FORMAT: Final = re.compile(r"\[(html|moodle|plain|markdown)\]")
ID_COMMENT: Final = re.compile(r"\[id:((?:\\.|[^\[\]\\])+)\]")
TAG_COMMENT: Final = re.compile(r"\[tag:((?:\\.|[^\[\]\\])+)\]")
CATEGORY_LINE: Final = re.compile(r"\s*\$CATEGORY:\s*(.*)")
TRUE_WORDS: Final = ("T", "TRUE", "True", "true")
FALSE_WORDS: Final = ("F", "FALSE", "False", "false")
MISSING_WORD: Final = "_____"
NUMBER: Final = re.compile(r"[+-]?(?:\d{1,40}\.?\d{0,40}|\.\d{1,40})(?:[eE][+-]?\d{1,2})?")
FORMATS: Final = {form.value: form for form in TextFormat}


class Shape(StrEnum):
    """What the answers between the braces look like; which kind reads which is the kinds' affair."""

    NOTHING = "nothing"
    NUMBERS = "numbers"
    ORDER = "order"
    ONE_OF = "one_of"
    ANY_OF = "any_of"
    PAIRS = "pairs"
    TRUTH = "truth"
    WORDS = "words"


BY_SIGN: Final = {"": Shape.NOTHING, "#": Shape.NUMBERS, ">": Shape.ORDER}


@dataclass(frozen=True, slots=True)
class Weighed:
    """One answer: what it is worth, its text and what is said of it, both still marked."""

    mark: str
    weight: Decimal
    text: str
    said: str


class Answers:
    """What stands between the braces of a question; `text` makes a Text of a part of it.

    What cannot be taken over is added to `warnings`.
    """

    def __init__(self, source: str, text: Callable[[str], Text], warnings: list[str]) -> None:
        self.source = source
        self.text = text
        self.warnings = warnings

    @cached_property
    def shape(self) -> Shape:
        """What the answers look like."""
        if self.source[:1] in BY_SIGN:
            return BY_SIGN[self.source[:1]]
        if "~" in self.source:
            is_single = any("=" in one.mark and one.weight == 1 for one in self._marked())
            return Shape.ONE_OF if is_single else Shape.ANY_OF
        if "=" in self.source and any("->" in piece.partition("#")[0] for piece in self.pieces()):
            return Shape.PAIRS
        if self.source.partition("#")[0].strip() in {*TRUE_WORDS, *FALSE_WORDS}:
            return Shape.TRUTH
        return Shape.WORDS

    def pieces(self) -> list[str]:
        """Return what the equals signs part."""
        return pieces_of(self.source)

    def choices(self) -> Sequence[Weighed]:
        """Return the choices, each with its mark; raises ValueError where the first has none.

        It is told where two of them say the same.
        """
        if self.source[0] not in "~=":
            raise ValueError(Message("The first choice begins with neither ~ nor =."))
        marked = self._marked()
        many = Counter(plain(one.text) for one in marked)
        twice = [shortened(words) for words, count in many.items() if words and count > 1]
        if twice:
            self.warnings.append(
                Message("Choices that say the same cannot be told apart: %(words)s.", words=", ".join(twice))
            )
        return marked

    def _marked(self) -> list[Weighed]:
        return [
            weighed(piece, mark=mark, default=Decimal("=" in mark))
            for mark, piece in re.findall(r"(~=|~|=)([^~=]*)", self.source)
        ]


def pieces_of(answers: str) -> list[str]:
    """Return what the equals signs of some answers part."""
    pieces = answers.split("=")
    return pieces if pieces[0].strip() else pieces[1:]


def weighed(piece: str, *, mark: str = "=", default: Decimal = Decimal(1)) -> Weighed:
    """Return an answer with its weight, or the default."""
    text, _, said = piece.strip().partition("#")
    if found := WEIGHT.match(text):
        return Weighed(mark, Decimal(found[1]) / 100, text[found.end() :], said)
    return Weighed(mark, default, text, said)


def number_of(text: str) -> Decimal:
    """Return a number of a file; raises ValueError where it is none."""
    if not NUMBER.fullmatch(text.strip()):
        raise ValueError(Message("%(text)s is not a number.", text=shortened(text) or "“”"))
    return Decimal(text.strip())


def plain(marked: str) -> str:
    """Return a part as its author means it."""
    return marked.translate(UNESCAPE).strip()


def weight_sign(weight: Decimal) -> str:
    """Return a weight as it stands before its answer."""
    return f"%{percent(weight)}%"


class GiftWriter:
    """The texts of one question on their way into its block."""

    def __init__(self, question: Question, *, pairs_by_arrows: bool) -> None:
        self._form = question.stem.format
        self._pairs_by_arrows = pairs_by_arrows

    def stem(self, stem: Text) -> str:
        """Return the question's text; it always names its format, which its other texts then share."""
        return f"[{stem.format.value}]{self.escaped(stem.source.strip())}"

    def said(self, feedback: Text) -> str:
        """Return what is said of an answer, after its sign."""
        return f"#{self.part(feedback)}" if feedback else ""

    def part(self, text: Text) -> str:
        """Return a text, with its format where that is not the question's."""
        differs = text and text.format is not self._form
        form = f"[{text.format.value}]" if differs or text.source.lstrip().startswith("[") else ""
        return form + self.escaped(text.source.strip())

    def words(self, source: str) -> str:
        """Return what is no text with a format of its own, such as a pattern."""
        return self.part(Text(source, self._form))

    def escaped(self, text: str) -> str:
        """Return the text with its signs escaped."""
        escaped = text.translate(ESCAPE)
        # Here an arrow would make a pair; elsewhere it may stand.
        return escaped.replace("->", "-\\>") if self._pairs_by_arrows else escaped
