"""XLSX: the first sheet that is shown, values and no formulas. What it unpacks to is looked at before it is read."""

import io
import re
from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Final

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from lms.kernel.archives import ArchiveRefused, Limits, Refusal, SafeZip, open_zip
from lms.kernel.lines import tidied
from lms.kernel.messages import Message
from lms.kernel.tables.table import Line, Table, TableRefused, Tidy

LIMITS: Final = Limits(files=2000, file_bytes=200 << 20, total_bytes=300 << 20)
CELLS_AT_MOST: Final = 4_000_000
PIECE_BYTES: Final = 1 << 20
_PLACE: Final = re.compile(rb"""\sr\s*=\s*["']([^"'<]{0,40})["']""")
_AT: Final = re.compile(rb"([A-Za-z]{0,3})([0-9]{1,12})")
_CELL: Final = re.compile(rb"<(?:[\w.-]+:)?c[\s/>]")
_OVERLAP: Final = 128
"""Longer than any place with what stands around it, for those that lie across two pieces."""
_ENCODING: Final = re.compile(rb"""<\?xml[^>]*encoding\s*=\s*["']([^"']*)["']""")


def open_table(content: bytes, tidy: Tidy = tidied) -> Table:
    """Return a workbook's first visible sheet as a table; ArchiveRefused for bombs, TableRefused for the rest."""
    try:
        with open_zip(io.BytesIO(content), LIMITS) as archive:
            for name in archive.names():
                if name.startswith("xl/worksheets/") and name.endswith(".xml"):
                    _check_extent(archive, name)
    except ArchiveRefused as refusal:
        raise TableRefused(_message(refusal)) from refusal
    sheet = _sheet(content)
    return Table(lines=lambda: _lines(sheet, tidy))


def _message(refusal: ArchiveRefused) -> Message:
    if refusal.reason is Refusal.NOT_A_ZIP:
        return Message("This is no Excel file, or a damaged one. Open it in Excel and save it as .xlsx anew.")
    said = refusal.args[0]
    return said if isinstance(said, Message) else Message("This workbook cannot be read.")


def _check_extent(archive: SafeZip, name: str) -> None:
    """Refuse a sheet whose corner lies so far out that the rectangle up to it would not fit into memory.

    The reader makes room for every cell of that rectangle, filled or not. Cells that do not say where they are
    could all stand in one row.
    """
    columns, rows, cells, placed = 1, 1, 0, 0
    with archive.open(name) as source:
        kept = b""
        while piece := source.read(PIECE_BYTES):
            if not kept:
                _check_text(piece)
            found = kept + piece
            places = _PLACE.findall(found)
            if any(b"&" in place for place in places):
                raise _unreadable()
            at = [one for one in map(_AT.fullmatch, places) if one]
            columns = max(columns, *(_number(letters) for letters in {one[1] for one in at}), 1)
            rows = max(rows, *(int(one[2]) for one in at), 1)
            placed += sum(bool(one[1]) for one in at)
            cells += len(_CELL.findall(found))
            kept = found[-_OVERLAP:]
    columns = max(columns, cells - placed)
    if columns * rows > CELLS_AT_MOST and columns > 1:
        raise TableRefused(
            Message(
                "The sheet reaches to column %(column)s and row %(row)s, which is more than is read. "
                "Delete what stands outside the table, or save it as CSV.",
                column=columns,
                row=rows,
            )
        )


def _check_text(piece: bytes) -> None:
    """Refuse XML in which places could not be looked for: in another encoding than UTF-8."""
    said = _ENCODING.search(piece[:200])
    if b"\0" in piece[:200] or (said and said[1].lower() not in {b"utf-8", b"us-ascii"}):
        raise _unreadable()


def _unreadable() -> TableRefused:
    return TableRefused(Message("This workbook cannot be read. Save it again as .xlsx, or as CSV."))


def _number(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - ord("A") + 1
    return number


def _sheet(content: bytes) -> CalamineSheet:
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        shown = [
            one.name
            for one in book.sheets_metadata
            if one.typ == SheetTypeEnum.WorkSheet and one.visible == SheetVisibleEnum.Visible
        ]
        if not shown:
            raise TableRefused(Message("There is no sheet in this workbook."))
        return book.get_sheet_by_name(shown[0])
    except (CalamineError, OSError, ValueError) as error:
        raise _unreadable() from error


def _lines(sheet: CalamineSheet, tidy: Tidy) -> Iterator[Line]:
    for number, row in enumerate(sheet.iter_rows(), 1):
        yield Line(number, tuple(_text(cell, tidy) for cell in row))


def _text(value: object, tidy: Tidy) -> str:
    """Return a cell as somebody would type it: whole numbers without a point, days as 2026-11-26."""
    if isinstance(value, str):
        return tidy(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ")
    return value.isoformat() if isinstance(value, date | time) else str(value)
