"""CSV as programs write it: separated by comma, semicolon, tab or bar, quoted where they please (RFC 4180)."""

import contextlib
import csv
import io
from collections.abc import Iterator
from itertools import islice
from typing import Final

from lms.kernel import textfiles
from lms.kernel.lines import tidied
from lms.kernel.messages import Message
from lms.kernel.tables.table import Knows, Line, Table, TableRefused, Tidy

SEPARATORS: Final = (",", ";", "\t", "|")
LOOKED_AT: Final = 30
_SAID: Final = "sep="
"""With which Excel lets a file name its own separator in the first line."""


def open_table(content: bytes, knows: Knows, tidy: Tidy = tidied) -> Table:
    """Return a text file as a table, its encoding and separator found out; UnreadableText if it is no text."""
    decoded = textfiles.decode(content)
    text, said = _without_saying(decoded.text)
    separator = said or _separator_of(text, knows)
    skipped = 1 if said else 0
    return Table(
        lines=lambda: _lines(text, separator, skipped, tidy), encoding=decoded.guess, separator=separator
    )


def _without_saying(text: str) -> tuple[str, str]:
    first, _break, rest = text.partition("\n")
    if first.lower().startswith(_SAID) and first[len(_SAID) :] in SEPARATORS:
        return rest, first[len(_SAID) :]
    return text, ""


def _separator_of(text: str, knows: Knows) -> str:
    """Return the separator by which most headings make sense and, of equals, the rows have as many cells as they."""
    return max(SEPARATORS, key=lambda one: _fit(text, one, knows))


def _fit(text: str, separator: str, knows: Knows) -> tuple[int, int, int]:
    rows: list[list[str]] = []
    with contextlib.suppress(csv.Error):  # said when the file is read, with its line
        rows.extend(islice(csv.reader(io.StringIO(text), delimiter=separator, strict=True), LOOKED_AT))
    rows = [row for row in rows if any(cell.strip() for cell in row)]
    if not rows:
        return 0, 0, 0
    width = len(rows[0])
    alike = sum(len(row) == width for row in rows) if width > 1 else 0
    return sum(knows(cell) for cell in rows[0]), alike, width


def _lines(text: str, separator: str, skipped: int, tidy: Tidy) -> Iterator[Line]:
    reader = csv.reader(io.StringIO(text), delimiter=separator, strict=True)
    number = skipped
    while True:
        began = reader.line_num + skipped + 1
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise _refusal(str(error), began, reader.line_num + skipped) from error
        number += 1
        yield Line(number, tuple(map(tidy, row)))


def _refusal(said: str, began: int, line: int) -> TableRefused:
    """Return what the reader's complaint means (Modules/_csv.c), with the line where the row begins."""
    if "unexpected end of data" in said:
        return TableRefused(
            Message("The quote that is opened in the row of line %(line)s is never closed.", line=began)
        )
    if "field larger" in said:
        return TableRefused(
            Message("A cell of the row of line %(line)s has no end. Is a quote missing there?", line=began)
        )
    return TableRefused(
        Message(
            "The quotes in line %(line)s are broken: a quote inside a quoted cell is written twice.",
            line=max(began, line),
        )
    )
