"""One row of a table of questions: its columns, and what their cells say."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from lms.kernel.messages import Message
from lms.quizzes.values import Text, TextFormat

CHOICES_AT_MOST: Final = 20
TYPE, TITLE, ASKED, POINTS, RIGHT, TOLERANCE = "type", "title", "question", "points", "right", "tolerance"
CHOICES: Final = tuple(f"choice {number}" for number in range(1, CHOICES_AT_MOST + 1))
SEPARATOR: Final = re.compile(r"[\s,;]+")
NUMBER: Final = re.compile(r"[+-]?\d{1,20}(?:[.,]\d{1,20})?")
TRUE_WORDS: Final = frozenset({"true", "t", "yes", "wahr", "ja", "richtig", "1"})
FALSE_WORDS: Final = frozenset({"false", "f", "no", "falsch", "nein", "0"})
ALTERNATIVE = BELONGS = "|"
"""A bar, since spreadsheets take what begins with an equals sign or a dash for a formula."""


class TableFault(ValueError):
    """Something is wrong in a cell; the message names its column."""

    def __init__(self, column: str, why: str) -> None:
        super().__init__(Message("Column “%(column)s”: %(why)s", column=column, why=why))


@dataclass(frozen=True, slots=True)
class TableRow:
    """The cells of a row by column; those that are empty are not in it. `format` is how its texts are written."""

    cells: Mapping[str, str]
    format: TextFormat = TextFormat.MARKDOWN

    def word(self, column: str) -> str:
        """Return a cell, stripped; empty if nothing stands there."""
        return self.cells.get(column, "").strip()

    def text(self, words: str) -> Text:
        """Return words as a text."""
        return Text(words, self.format)

    @property
    def choices(self) -> tuple[str, ...]:
        """The choices; raises TableFault for a gap between them."""
        filled = [bool(self.word(column)) for column in CHOICES]
        count = sum(filled)
        if not all(filled[:count]):
            raise TableFault(CHOICES[filled.index(False)], Message("It is empty, and a later one is not."))
        return tuple(self.word(column) for column in CHOICES[:count])

    def right_places(self) -> tuple[int, ...]:
        """Return the places (from 0) of the choices that are right, written as numbers or letters."""
        count = len(self.choices)
        places = []
        for word in SEPARATOR.split(self.word(RIGHT)):
            place = _place_of(word)
            if place is None or not 0 <= place < count:
                raise TableFault(
                    RIGHT,
                    Message("“%(word)s” is none of the choices 1 to %(count)s.", word=word, count=count),
                )
            places.append(place)
        return tuple(dict.fromkeys(places))

    def truth(self) -> bool | None:
        """Return whether the right answer is true; None if it is neither true nor false."""
        word = self.word(RIGHT).lower()
        return True if word in TRUE_WORDS else False if word in FALSE_WORDS else None

    def number(self, column: str) -> Decimal | None:
        """Return a number, its fraction behind a point or a comma; None where there is none."""
        word = self.word(column)
        return Decimal(word.replace(",", ".")) if NUMBER.fullmatch(word) else None

    def required_number(self, column: str, otherwise: Decimal | None = None) -> Decimal:
        """Return a number; raises TableFault where there is none and nothing else holds for an empty cell."""
        if not self.word(column) and otherwise is not None:
            return otherwise
        number = self.number(column)
        if number is None:
            raise TableFault(column, Message("“%(word)s” is not a number.", word=self.word(column)))
        return number


def _place_of(word: str) -> int | None:
    if word.isascii() and word.isdigit() and len(word) <= 2:  # noqa: PLR2004  no more choices than that
        return int(word) - 1
    if len(word) == 1 and word.isascii() and word.isalpha():
        return ord(word.upper()) - ord("A")
    return None


def choice_cells(words: tuple[str, ...]) -> dict[str, str]:
    """Return choices by their columns; those beyond the last are left out, which the note beside them is not."""
    return dict(zip(CHOICES, words, strict=False))
