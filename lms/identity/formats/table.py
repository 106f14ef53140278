"""What every format of a table comes to, and how a refusal of one reads."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from lms.identity.values.imports import Line
from lms.kernel.errors import Invalid
from lms.kernel.messages import Message

Knows = Callable[[str], bool]
"""Whether a heading is one that somebody would give a column of people."""


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
