"""Tables as CSV: streamed batch by batch, safe to open in a spreadsheet."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

from flask import Flask, Response, current_app
from flask_babel import force_locale, get_locale

from lms.web.translations import without_isolates

FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")

Row = Sequence[str]


def csv_download(filename: str, header: Row, batches: Iterable[Iterable[Row]]) -> Response:
    """Return an attachment whose rows are read while it is sent.

    The request is over when the first row leaves: `batches` reads each batch in a unit of work of its own,
    and the next one only once the reader has taken the last.
    """
    lines = _lines(this_app(), str(get_locale() or "en"), header, batches)
    response = Response(lines, content_type="text/csv; charset=utf-8")
    response.headers.set("Content-Disposition", "attachment", filename=filename)
    return response


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


def _lines(app: Flask, locale: str, header: Row, batches: Iterable[Iterable[Row]]) -> Iterator[str]:
    # The mark by which spreadsheets know UTF-8.
    yield "\ufeff" + _written([header])
    waiting = iter(batches)
    while True:
        with app.app_context(), force_locale(locale):
            batch = next(waiting, None)
            text = _written(batch) if batch is not None else None
        if text is None:
            return
        yield text


def _written(rows: Iterable[Row]) -> str:
    sheet = io.StringIO()
    csv.writer(sheet).writerows([_harmless(without_isolates(cell)) for cell in row] for row in rows)
    return sheet.getvalue()


def _harmless(cell: str) -> str:
    """Return a cell that no spreadsheet takes for a formula (OWASP, CSV injection)."""
    return f"'{cell}" if cell.startswith(FORMULA_SIGNS) else cell
