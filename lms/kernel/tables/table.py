"""What every format of a table comes to, and how a refusal of one reads."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from lms.kernel.errors import Invalid
from lms.kernel.messages import Message


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a file as it was read. `number` counts as spreadsheets do: the first row of the file is 1."""

    number: int
    cells: tuple[str, ...]


Knows = Callable[[str], bool]
"""Whether a heading is one that somebody would give a column of what the table is about."""
Tidy = Callable[[str], str]
"""How the words of a cell are tidied: to one line, or as they stand."""


class TableRefused(Invalid):
    """The file is no table that can be read; the message names row and column where there are some."""

    def __init__(self, reason: Message) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Table:
    """A file opened as a table. `lines` begins anew at each call and yields every row, also empty ones."""

    lines: Callable[[], Iterator[Line]]
    encoding: str = ""
    separator: str = ""


def column_letters(index: int) -> str:
    """Return what a spreadsheet calls a column: 0 is A, 26 is AA."""
    letters = ""
    while index >= 0:
        letters = chr(ord("A") + index % 26) + letters
        index = index // 26 - 1
    return letters
