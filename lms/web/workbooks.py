"""XLSX: rows written one after the other into a file, in the same memory however many there are."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from xlsxwriter import Workbook

MEDIA_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ROWS_PER_SHEET: Final = 1_048_576
"""What a sheet holds (ECMA-376; Excel's own limit), its heading included: what is longer goes on in another sheet."""
CELL_LENGTH: Final = 32_767
WIDTH: Final = 22

Cell = str | int | Decimal | date | None


def in_zone(moment: datetime, zone: str) -> datetime:
    """Return an instant as the clocks of a zone show it, to the second."""
    return moment.astimezone(ZoneInfo(zone)).replace(microsecond=0)


def write(
    path: Path,
    header: Sequence[str],
    rows: Iterable[Sequence[Cell]],
    zone: str,
    *,
    rows_per_sheet: int = ROWS_PER_SHEET,
) -> None:
    """Write a workbook with a heading above each sheet. Text stays text, whatever it begins with: no cell is a formula.

    Days and instants are days and instants, the latter as the clocks of `zone` show them.
    """
    options = {"constant_memory": True, "tmpdir": str(path.parent), "remove_timezone": True}
    with Workbook(str(path), options) as book:
        writer = _Writer(book, header, zone)
        place = rows_per_sheet
        for row in rows:
            if place == rows_per_sheet:
                writer.begin_sheet()
                place = 1
            writer.write_row(place, row)
            place += 1
        if not writer.has_sheet:
            writer.begin_sheet()


class _Writer:
    """The sheet that is being written."""

    def __init__(self, book: Workbook, header: Sequence[str], zone: str) -> None:
        self._book, self._header, self._zone = book, header, zone
        self._bold = book.add_format({"bold": True})
        self._day = book.add_format({"num_format": "yyyy-mm-dd"})
        self._moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        self._sheet: Any = None

    @property
    def has_sheet(self) -> bool:
        """Return whether any sheet was begun."""
        return self._sheet is not None

    def begin_sheet(self) -> None:
        """Begin the next sheet with the heading, which stays in sight."""
        self._sheet = self._book.add_worksheet()
        self._sheet.freeze_panes(1, 0)
        self._sheet.set_column(0, len(self._header) - 1, WIDTH)
        for column, label in enumerate(self._header):
            self._sheet.write_string(0, column, label, self._bold)

    def write_row(self, place: int, row: Sequence[Cell]) -> None:
        """Write the cells of a row; an empty one is not written at all."""
        for column, cell in enumerate(row):
            if isinstance(cell, str):
                if cell:
                    self._sheet.write_string(place, column, cell[:CELL_LENGTH])
            elif isinstance(cell, datetime):
                self._sheet.write_datetime(place, column, in_zone(cell, self._zone), self._moment)
            elif isinstance(cell, date):
                self._sheet.write_datetime(place, column, cell, self._day)
            elif cell is not None:
                self._sheet.write_number(place, column, cell)
