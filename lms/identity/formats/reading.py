"""Opening a table of whichever format, and holding it to the limits of what an import takes."""

from collections.abc import Iterator
from typing import Final

from lms.identity.values.imports import (
    CELL_AT_MOST,
    COLUMNS_AT_MOST,
    FILE_BYTES,
    ROWS_AT_MOST,
    SAMPLES,
    Column,
    Survey,
)
from lms.kernel.messages import Message
from lms.kernel.tables import Knows, Line, Table, TableRefused, column_letters, csv_tables, xlsx

_ZIP: Final = b"PK\x03\x04"
# Pictures, documents and packed files, by how they begin: whatever they are called, nobody saves them as a table.
_NO_TABLES: Final = (
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"%PDF",
    b"RIFF",
    b"\x1f\x8b",
    b"7z\xbc\xaf",
    b"Rar!",
)
_OLD_EXCEL: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def open_table(content: bytes, knows: Knows) -> Table:
    """Return a file as a table; TableRefused for what is none, UnreadableText and ArchiveRefused for broken ones."""
    if len(content) > FILE_BYTES:
        raise TableRefused(
            Message("The file is larger than %(most)s MB. Split it.", most=FILE_BYTES // 1_000_000)
        )
    if content.startswith(_OLD_EXCEL):
        raise TableRefused(
            Message(
                "This is a workbook of Excel 97, or one with a password. "
                "Save it as .xlsx without a password, or as CSV."
            )
        )
    if content.startswith(_NO_TABLES):
        raise TableRefused(
            Message("This is no table, whatever its name says. Save the table as CSV or as .xlsx.")
        )
    return xlsx.open_table(content) if content.startswith(_ZIP) else csv_tables.open_table(content, knows)


def read(table: Table) -> Iterator[Line]:
    """Yield the header and then every row that is not empty, each within the limits; TableRefused names the cell."""
    found = 0
    for line in table.lines():
        cells = line.cells
        while cells and not cells[-1]:
            cells = cells[:-1]
        if not cells:
            continue
        _check(line.number, cells)
        found += 1
        if found > ROWS_AT_MOST + 1:
            raise TableRefused(
                Message("There are more than %(most)s rows. Split the file.", most=f"{ROWS_AT_MOST:,}")
            )
        yield Line(line.number, cells)


def _check(number: int, cells: tuple[str, ...]) -> None:
    if len(cells) > COLUMNS_AT_MOST:
        raise TableRefused(
            Message(
                "Row %(row)s has %(count)s columns: at most %(most)s are read.",
                row=number,
                count=len(cells),
                most=COLUMNS_AT_MOST,
            )
        )
    if max(map(len, cells)) <= CELL_AT_MOST:
        return
    index = next(at for at, cell in enumerate(cells) if len(cell) > CELL_AT_MOST)
    raise TableRefused(
        Message(
            "Row %(row)s, column %(column)s: the cell is longer than %(most)s characters. "
            "Is a quote or a line break missing there?",
            row=number,
            column=column_letters(index),
            most=CELL_AT_MOST,
        )
    )


def survey(table: Table) -> Survey:
    """Read all of a table and return what it holds; TableRefused if that is not a header and rows under it."""
    lines = read(table)
    header = next(lines, None)
    if header is None:
        raise TableRefused(Message("The file is empty."))
    samples: list[list[str]] = [[] for _name in header.cells]
    rows, last = 0, header.number
    for line in lines:
        rows, last = rows + 1, line.number
        for kept, cell in zip(samples, line.cells, strict=False):
            if cell and len(kept) < SAMPLES and cell not in kept:
                kept.append(cell)
    if not rows:
        raise TableRefused(Message("There is a header and no row under it."))
    return Survey(
        columns=tuple(Column(name, tuple(kept)) for name, kept in zip(header.cells, samples, strict=True)),
        rows=rows,
        empty_rows=last - header.number - rows,
        encoding=table.encoding,
        separator=table.separator,
    )
