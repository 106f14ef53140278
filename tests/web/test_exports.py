"""Tables open in a spreadsheet as they are: nothing in them runs, nothing is cut, and they take no room."""

import io
import subprocess
import sys
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from python_calamine import CalamineWorkbook

from lms.web import workbooks
from lms.web.exports import table_download

HEADER = ("Name", "Number", "Day", "At (Europe/Vienna)", "Share")
AT = datetime(2026, 3, 29, 0, 30, tzinfo=UTC)
ROWS = [
    ("=HYPERLINK(1)", 3, date(2026, 3, 29), AT, Decimal("0.84")),
    ("+1", None, None, None, None),
    ("-1", 0, None, None, Decimal(0)),
    ("@SUM(1)", 1, None, AT.replace(hour=1), None),
    ("https://example.com\x01", 1, None, None, None),
    ("x" * 40_000, 1, None, None, None),
]


def read(data):
    return CalamineWorkbook.from_filelike(io.BytesIO(data))


def download(app, ending):
    with app.test_request_context():
        return table_download(ending, "table", HEADER, iter([ROWS[:2], ROWS[2:]]))


def test_no_cell_of_a_workbook_is_a_formula_or_a_link(sqlite_app):
    answer = download(sqlite_app, "xlsx")
    assert answer.headers["Content-Disposition"] == "attachment; filename=table.xlsx"
    data = b"".join(answer.response)
    sheet = read(data).get_sheet_by_index(0).to_python()
    assert [row[0] for row in sheet[:5]] == ["Name", "=HYPERLINK(1)", "+1", "-1", "@SUM(1)"]
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        xml = parts.read("xl/worksheets/sheet1.xml")
    assert b"<f>" not in xml
    assert b"<hyperlink" not in xml


def test_numbers_days_and_instants_are_what_they_are(sqlite_app):
    sheet = read(b"".join(download(sqlite_app, "xlsx").response)).get_sheet_by_index(0).to_python()
    assert sheet[1][1:] == [3.0, date(2026, 3, 29), datetime(2026, 3, 29, 1, 30), 0.84]  # noqa: DTZ001  as Excel has it
    assert sheet[4][3] == datetime(2026, 3, 29, 3, 0) or sheet[4][3].hour == 3  # noqa: DTZ001  the clocks went forward
    assert len(sheet[6][0]) == workbooks.CELL_LENGTH


def test_a_csv_says_the_offset_of_each_instant_and_quotes_what_would_run(sqlite_app):
    text = "".join(download(sqlite_app, "csv").response)
    lines = text.splitlines()
    assert lines[1] == "'=HYPERLINK(1),3,2026-03-29,2026-03-29T01:30:00+01:00,0.84"
    assert lines[2].startswith("'+1")
    assert lines[4].split(",")[3] == "2026-03-29T03:30:00+02:00"


def test_what_is_longer_than_a_sheet_goes_on_in_another_with_its_heading(tmp_path):
    path = tmp_path / "table.xlsx"
    workbooks.write(path, ("Name",), ((f"row {n}",) for n in range(5)), "UTC", rows_per_sheet=3)
    book = read(path.read_bytes())
    sheets = [book.get_sheet_by_index(n).to_python() for n in range(len(book.sheet_names))]
    assert sheets == [
        [["Name"], ["row 0"], ["row 1"]],
        [["Name"], ["row 2"], ["row 3"]],
        [["Name"], ["row 4"]],
    ]


def test_an_empty_table_is_its_heading(tmp_path):
    path = tmp_path / "table.xlsx"
    workbooks.write(path, ("Name", "Day"), iter(()), "UTC")
    assert read(path.read_bytes()).get_sheet_by_index(0).to_python() == [["Name", "Day"]]


EXPORT = """
import sys
from pathlib import Path
from lms.app import settings
from lms.app.factory import create_app
from lms.web.exports import table_download

app = create_app(settings.read({
    "LMS_DATA_DIR": sys.argv[1], "LMS_SECRET_KEY": "a secret of the tests", "LMS_LOG_LEVEL": "ERROR",
}))
rows = int(sys.argv[3])

def batches():
    for first in range(0, rows, 500):
        yield [("Somebody by a name", n, "A course of some length", 3, 12) for n in range(first, first + 500)]

with app.test_request_context():
    answer = table_download(sys.argv[2], "table", ("Name", "Number", "Course", "Done", "Of"), batches())
size = sum(len(chunk) for chunk in answer.response)
status = Path('/proc/self/status').read_text()
# Not ru_maxrss: that begins with the memory of whoever started the process.
print(size, int(status.partition('VmHWM:')[2].split()[0]) // 1024)
"""


def memory_of(tmp_path, ending, rows):
    """Return the bytes that were handed out and the most megabytes that the process had."""
    said = subprocess.run(
        [sys.executable, "-c", EXPORT, str(tmp_path), ending, str(rows)],
        capture_output=True,
        text=True,
        check=True,
        timeout=600,
    ).stdout.split()
    return int(said[0]), int(said[1])


@pytest.mark.proof
@pytest.mark.timeout(900)
@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_a_million_rows_take_no_more_memory_than_a_thousand(tmp_path, ending):
    _few, floor = memory_of(tmp_path, ending, 1000)
    size, most = memory_of(tmp_path, ending, 1_000_000)
    assert size > 5_000_000
    assert most <= floor + 25
    assert most <= 250
