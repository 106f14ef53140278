"""A question on its way through an author's form: plain fields in, values out, and what is wrong beside each field.

A field of a row is called ``GROUP-ROW-PART`` (``choice-2-text``). Rows keep their numbers while others come and go.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from itertools import count
from typing import Final, TypeVar

from lms.kernel.messages import Message
from lms.quizzes.errors import InvalidQuestion
from lms.quizzes.kinds.numbers import read_number
from lms.quizzes.values import NO_TEXT, ZERO, Text, TextFormat, key_at, percent
from lms.web.numbers import whole_number

Fields = Mapping[str, str]
"""What a form holds: each field with its one value. A box that is not ticked is not in it."""

ROWS_AT_MOST: Final = 200
SHOWN_DIGITS: Final = 20
PLAIN_NUMBER: Final = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)", re.ASCII)
PARAGRAPH: Final = re.compile(r"<p>([^<>&\r\n]*[^<>&\s][^<>&\r\n]*)</p>")
TICKED: Final = "on"

_Made = TypeVar("_Made")


class Draft:
    """Reads fields, and gathers what is wrong with them: an author is told everything at once."""

    def __init__(self, fields: Fields) -> None:
        self.fields = fields
        self.faults: dict[str, str] = {}

    def refuse(self, name: str, message: str) -> None:
        """Note what is wrong with a field; its first fault is the one that is told."""
        self.faults.setdefault(name, message)

    def word(self, name: str) -> str:
        """Return what stands in a field of one line."""
        return self.fields.get(name, "").strip()

    def is_ticked(self, name: str) -> bool:
        """Return whether a box is ticked."""
        return self.word(name) == TICKED

    def text(self, name: str, *, required: Message | None = None) -> Text:
        """Return a text in the format it was written in, else in that of the question's own text."""
        source = self.fields.get(name, "")
        if not source.strip():
            if required is not None:
                self.refuse(name, required)
            return NO_TEXT
        if self.fields.get(f"{name}-paragraph") == source:
            return Text(f"<p>{source}</p>", TextFormat.HTML)
        if self.fields.get(f"{name}-plain") == source:
            return Text(source, TextFormat.PLAIN)
        return Text(source, self._format(f"{name}-format") or self._format("stem-format") or Text("").format)

    def _format(self, name: str) -> TextFormat | None:
        return next((one for one in TextFormat if one.value == self.word(name)), None)

    def share(self, name: str, *, blank: Decimal) -> Decimal:
        """Return a percentage from -100 to 100 as a fraction."""
        word = self.word(name).removesuffix("%").strip()
        number = _number(word) if word else blank * 100
        if number is None or not -100 <= number <= 100:  # noqa: PLR2004  per cent
            self.refuse(name, Message("Give a percentage from -100 to 100."))
            return blank
        return number / 100

    def number(self, name: str, *, blank: Decimal | None = None) -> Decimal:
        """Return a number; one that could be read in two ways is asked for again."""
        word = self.word(name)
        if not word and blank is not None:
            return blank
        number = _number(word)
        if number is None:
            self.refuse(name, Message("Give a number such as 12.5, without signs between the thousands."))
        return ZERO if number is None else number

    def rows(self, group: str, *parts: str) -> list[int]:
        """Return the rows in which any of these parts is filled in; the others are spare."""
        return [
            row
            for row in rows_of(self.fields, group)
            if any(self.word(f"{group}-{row}-{part}") for part in parts)
        ]

    def keys(self, group: str, rows: Sequence[int]) -> Mapping[int, str]:
        """Return a key for each row: its own if it has one, else one that no other has."""
        kept: dict[int, str] = {}
        for row in rows:
            key = self.word(f"{group}-{row}-key")
            if key and key not in kept.values():
                kept[row] = key
        free = (key for number in count() if (key := key_at(number)) not in kept.values())
        return {row: kept[row] if row in kept else next(free) for row in rows}

    def wordings(self, rows: Sequence[str]) -> Sequence[tuple[str, str]]:
        """Return key and words of what stands in the rows' ``-option``: each wording once, however many rows share it.

        They stand in the order they had before, new ones last.
        """
        firsts: dict[str, str] = {}
        for row in rows:
            if words := self.word(f"{row}-option"):
                firsts.setdefault(words, row)

        def place(row: str) -> int:
            number = whole_number(self.word(f"{row}-place"))
            return len(rows) if number is None else number

        ordered = sorted(firsts.items(), key=lambda one: place(one[1]))
        kept: dict[str, str] = {}
        for words, row in ordered:
            key = self.word(f"{row}-option-key")
            if key and key not in kept.values():
                kept[words] = key
        free = (key for number in count() if (key := key_at(number)) not in kept.values())
        return [(kept[words] if words in kept else next(free), words) for words, _row in ordered]

    def part(self, name: str, build: Callable[[], _Made]) -> _Made | None:
        """Return what `build` makes, or None with its complaint beside the field."""
        try:
            return build()
        except ValueError as error:
            self.refuse(name, error.args[0])
            return None

    def whole(self, name: str, build: Callable[[], _Made]) -> _Made:
        """Return what `build` makes; raises InvalidQuestion with every fault, its own beside the named field."""
        return self.finished(None if self.faults else self.part(name, build))

    def finished(self, made: _Made | None) -> _Made:
        """Return what was made of the fields; raises InvalidQuestion with every fault if there is any."""
        if made is None or self.faults:
            raise InvalidQuestion(next(iter(self.faults.values())), fields=self.faults)
        return made


def rows_of(fields: Fields, group: str) -> list[int]:
    """Return the rows of a group in their order, spare ones too."""
    found = (re.match(rf"{re.escape(group)}-(\d{{1,4}})-", name) for name in fields)
    return sorted({int(one[1]) for one in found if one})[:ROWS_AT_MOST]


def with_row(fields: Fields, group: str) -> tuple[dict[str, str], int]:
    """Return the fields with one more spare row, and its number."""
    row = max(rows_of(fields, group), default=-1) + 1
    return {**fields, f"{group}-{row}-key": ""}, row


def without_row(fields: Fields, group: str, row: int) -> dict[str, str]:
    """Return the fields without a row."""
    return {name: value for name, value in fields.items() if not name.startswith(f"{group}-{row}-")}


def with_row_up(fields: Fields, group: str, row: int) -> dict[str, str]:
    """Return the fields with a row and the one above it changed over."""
    above = max((one for one in rows_of(fields, group) if one < row), default=None)
    if above is None:
        return dict(fields)
    places = {f"{group}-{row}-": f"{group}-{above}-", f"{group}-{above}-": f"{group}-{row}-"}

    def renamed(name: str) -> str:
        old = next((prefix for prefix in places if name.startswith(prefix)), None)
        return name if old is None else places[old] + name.removeprefix(old)

    return {renamed(name): value for name, value in fields.items()}


def text_fields(name: str, text: Text) -> dict[str, str]:
    """Return the fields of a text; an empty one has no format yet.

    What is plain, be it plain text or a paragraph of HTML without any mark, is shown as the words it is: left alone
    it stays what it was, and what an author types over it is Markdown.
    """
    if not text:
        return {name: ""}
    plain = PARAGRAPH.fullmatch(text.source) if text.format is TextFormat.HTML else None
    if plain:
        return {name: plain[1], f"{name}-paragraph": plain[1]}
    if text.format is TextFormat.PLAIN:
        return {name: text.source, f"{name}-plain": text.source}
    return {name: text.source, f"{name}-format": text.format.value}


def ticked(name: str, *, holds: bool) -> dict[str, str]:
    """Return the field of a box."""
    return {name: TICKED} if holds else {}


def shown_share(fraction: Decimal, *, blank: Decimal) -> str:
    """Return a fraction as its field shows it: nothing where nothing means the same."""
    return "" if fraction == blank else percent(fraction)


def shown_number(number: Decimal) -> str:
    """Return a number as its field shows it."""
    plain = f"{number.normalize():f}"
    return plain if len(plain) <= SHOWN_DIGITS else str(number.normalize())


def _number(word: str) -> Decimal | None:
    # A point is a decimal point, as in the files that questions come in; any other sign must leave no doubt.
    if PLAIN_NUMBER.fullmatch(word):
        return Decimal(word)
    typed = read_number(word)
    return typed.readings[0] if typed and len(typed.readings) == 1 and not typed.rest else None
