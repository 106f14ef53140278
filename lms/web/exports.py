"""Tables as CSV and XLSX: read batch by batch however long they are, safe to open in a spreadsheet."""

import csv
import io
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Final

from flask import Flask, Response, current_app
from flask_babel import force_locale, get_locale

from lms.web import workbooks
from lms.web.context import oem_zone
from lms.web.translations import without_isolates

FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")
CHUNK_BYTES: Final = 1 << 16
CSV, XLSX = "csv", "xlsx"
TYPES: Final = {CSV: "text/csv; charset=utf-8", XLSX: workbooks.MEDIA_TYPE}

Cell = str | int | Decimal | date | None
"""An instant (a datetime is a date) is written as clocks of the manufacturer show it: with its offset in CSV; in XLSX,
which knows no zones, the column's heading says the zone (`in_zone`)."""
Row = Sequence[Cell]


def table_download(
    ending: str, name: str, header: Sequence[str], batches: Iterable[Iterable[Row]]
) -> Response:
    """Return an attachment `name`.csv or `name`.xlsx whose rows are read while it is made.

    The request is over when the first row leaves: `batches` reads each batch in a unit of work of its own, and the
    next one only once the reader has taken the last. A workbook lies in a temporary file until it is whole.
    """
    given = this_app(), str(get_locale() or "en"), oem_zone().key, header, batches
    made: Iterator[str] | Iterator[bytes] = _workbook(*given) if ending == XLSX else _lines(*given)
    response = Response(made, content_type=TYPES[ending])
    response.headers.set("Content-Disposition", "attachment", filename=f"{name}.{ending}")
    return response


def csv_download(
    filename: str, header: Sequence[str], batches: Iterable[Iterable[Sequence[str]]]
) -> Response:
    """Return an attachment in CSV, as `table_download`."""
    return table_download(CSV, filename.removesuffix(f".{CSV}"), header, batches)


def in_zone(label: str) -> str:
    """Return a heading that says in which zone the instants beneath it are."""
    return f"{label} ({oem_zone().key})"


def lines_download(filename: str, batches: Iterable[Iterable[bytes]]) -> Response:
    """Return an attachment of JSON lines that are read while it is sent, batch by batch as a table's rows are."""
    response = Response(_json_lines(this_app(), batches), content_type="application/jsonl; charset=utf-8")
    response.headers.set("Content-Disposition", "attachment", filename=filename)
    return response


def _json_lines(app: Flask, batches: Iterable[Iterable[bytes]]) -> Iterator[bytes]:
    waiting = iter(batches)
    while True:
        with app.app_context():
            batch = next(waiting, None)
        if batch is None:
            return
        yield b"".join(line + b"\n" for line in batch)


def this_app() -> Flask:
    """Return the current application itself, for answers that are made after their request is over."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001  the documented way
    return app


def _read(app: Flask, locale: str, batches: Iterable[Iterable[Row]]) -> Iterator[list[Row]]:
    """Yield each batch, read inside the application and in the reader's language."""
    waiting = iter(batches)
    while True:
        with app.app_context(), force_locale(locale):
            batch = next(waiting, None)
            rows = list(batch) if batch is not None else None
        if rows is None:
            return
        yield rows


def _lines(
    app: Flask, locale: str, zone: str, header: Sequence[str], batches: Iterable[Iterable[Row]]
) -> Iterator[str]:
    # The mark by which spreadsheets know UTF-8.
    yield "\ufeff" + _written([header], zone)
    for rows in _read(app, locale, batches):
        yield _written(rows, zone)


def _written(rows: Iterable[Row], zone: str) -> str:
    sheet = io.StringIO()
    csv.writer(sheet).writerows([_in_csv(cell, zone) for cell in row] for row in rows)
    return sheet.getvalue()


def _in_csv(cell: Cell, zone: str) -> str:
    if isinstance(cell, str):
        return _harmless(without_isolates(cell))
    if isinstance(cell, datetime):
        return workbooks.in_zone(cell, zone).isoformat(timespec="seconds")
    if isinstance(cell, date):
        return cell.isoformat()
    return "" if cell is None else str(cell)


def _harmless(cell: str) -> str:
    """Return a cell that no spreadsheet takes for a formula (OWASP, CSV injection)."""
    return f"'{cell}" if cell.startswith(FORMULA_SIGNS) else cell


def _workbook(
    app: Flask, locale: str, zone: str, header: Sequence[str], batches: Iterable[Iterable[Row]]
) -> Iterator[bytes]:
    with _folder() as folder:
        path = folder / "table.xlsx"
        workbooks.write(
            path, [without_isolates(one) for one in header], _plain(_read(app, locale, batches)), zone
        )
        with path.open("rb") as file:
            while chunk := file.read(CHUNK_BYTES):
                yield chunk


def _plain(batches: Iterable[Iterable[Row]]) -> Iterator[Row]:
    for rows in batches:
        for row in rows:
            yield [without_isolates(cell) if isinstance(cell, str) else cell for cell in row]


@contextmanager
def _folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="guildhall-export-") as name:
        yield Path(name)
