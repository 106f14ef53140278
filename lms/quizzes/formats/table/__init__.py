"""A table of questions, CSV or XLSX: one row a question, columns in any order, problems named by row and column.

Out as CSV. Cells hold what a row has room for; the column “guildhall” holds the question whole, and is believed as long
as the other cells are as they were written.
"""

import csv
import hashlib
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import Final

import orjson

from lms.kernel.archives import ArchiveRefused
from lms.kernel.lines import cleaned
from lms.kernel.messages import Message
from lms.kernel.tables import Line, TableRefused, column_letters, csv_tables, xlsx
from lms.kernel.textfiles import UnreadableText
from lms.quizzes.kinds import KINDS, TableForm, kind_of, question_from_json
from lms.quizzes.syntax.moodle import shortened
from lms.quizzes.syntax.table import (
    ASKED,
    CHOICES,
    POINTS,
    RIGHT,
    TITLE,
    TOLERANCE,
    TYPE,
    TableFault,
    TableRow,
)
from lms.quizzes.values import (
    NO_TEXT,
    ONE,
    TITLE_MAX_CHARACTERS,
    ImportedQuestion,
    ImportProblem,
    ImportReport,
    Question,
    Severity,
    Text,
    question_to_json,
    too_many,
)

ZIP: Final = b"PK\x03\x04"
WORKBOOK: Final = b"xl/workbook.xml"
TAGS, FOLDER, NUMBER, WHOLE = "tags", "folder", "id", "guildhall"
FEEDBACK, SAID_RIGHT, SAID_PARTLY, SAID_WRONG = (
    "feedback",
    "feedback right",
    "feedback partly",
    "feedback wrong",
)
HEAD: Final = (
    *(TYPE, TITLE, ASKED, POINTS),
    *CHOICES[:10],
    *(RIGHT, TOLERANCE, FEEDBACK, SAID_RIGHT, SAID_PARTLY, SAID_WRONG, TAGS, FOLDER, NUMBER),
)
"""The columns of the template, in their order; more choices may follow up to the last that is known."""
KNOWN: Final = frozenset({*HEAD, *CHOICES, WHOLE})
FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
CELL_AT_MOST: Final = 120_000
"""A little less than what readers of CSV take, with quotes doubled."""
SPACES: Final = re.compile(r"[\s_-]+")


class Table:
    """Reads CSV and XLSX, and writes CSV."""

    name = "csv"
    title = "CSV"
    sentence = Message(
        "A table to fill in or look through; what its columns cannot say stands in the last one."
    )
    extensions = (".csv", ".xlsx", ".tsv")
    roots: tuple[str, ...] = ()
    is_written = True
    carries_files = False
    keeps_all = False

    def recognises(self, content: bytes) -> bool:
        """Return whether it is a workbook."""
        return content.startswith(ZIP) and WORKBOOK in content

    def parse(self, content: bytes, *, most: int | None = None) -> ImportReport:
        """Read a table; a bad row is named with its number and column, and the rest is offered."""
        try:
            opened = (
                xlsx.open_table(content, str.strip)
                if content.startswith(ZIP)
                else csv_tables.open_table(content, lambda name: _column(name) in KNOWN, str.strip)
            )
            lines = [line for line in opened.lines() if any(line.cells)]
        except (TableRefused, UnreadableText, ArchiveRefused) as error:
            line = error.line if isinstance(error, UnreadableText) else None
            return ImportReport(problems=(ImportProblem(line, "", error.message),))
        if not lines:
            return ImportReport()
        head, *rows = lines
        columns = [_column(cell) for cell in head.cells]
        if ASKED not in columns:
            message = Message(
                "There is no column “question” in row %(row)s. Take the template: its first row names the columns.",
                row=head.number,
            )
            return ImportReport(problems=(ImportProblem(head.number, "", message),))
        if refusal := too_many(len(rows), most):
            return refusal
        problems = list(_faults_of(head, columns))
        questions: list[ImportedQuestion] = []
        for row in rows:
            cells = {
                name: cell for name, cell in zip(columns, row.cells, strict=False) if name in KNOWN and cell
            }
            try:
                questions.append(ImportedQuestion(_question(cells), line=row.number))
            except ValueError as error:
                problems.append(ImportProblem(row.number, _name_of(cells), error.args[0]))
        return ImportReport(tuple(questions), tuple(problems))

    def write(self, questions: Iterable[ImportedQuestion]) -> bytes:
        """Write CSV in UTF-8, with the mark by which spreadsheets know it."""
        rows = [cells for imported in questions if _fits(cells := _cells_of(imported.question))]
        used = [name for name in CHOICES if any(name in row for row in rows)]
        more = used[-1] if used else CHOICES[0]
        head = [*HEAD[:4], *CHOICES[: max(10, CHOICES.index(more) + 1)], *HEAD[14:], WHOLE]
        sheet = io.StringIO()
        writer = csv.writer(sheet)
        writer.writerow(head)
        writer.writerows([_harmless(row.get(name, "")) for name in head] for row in rows)
        return b"\xef\xbb\xbf" + sheet.getvalue().encode()

    def losses(self, question: ImportedQuestion) -> tuple[str, ...]:
        """Return the pictures, for which a table has no place."""
        if not _fits(_cells_of(question.question)):
            return (Message("the whole question: it is longer than a cell may be"),)
        return (Message("the pictures"),) if question.attachments else ()


def template() -> list[tuple[str, ...]]:
    """Return the rows of a table to fill in: its columns, and a question of each kind that cells hold."""
    examples: tuple[Mapping[str, str], ...] = (
        {ASKED: "Which gas is R744?", CHOICES[0]: "Carbon dioxide", CHOICES[1]: "Propane", RIGHT: "1"},
        {
            ASKED: "Which are natural?",
            CHOICES[0]: "R290",
            CHOICES[1]: "R134a",
            CHOICES[2]: "R717",
            RIGHT: "1, 3",
        },
        {ASKED: "R290 burns.", RIGHT: "true", FEEDBACK: "It is propane.", TAGS: "safety, gases"},
        {ASKED: "What is the pump of a chiller called?", RIGHT: "compressor | condenser pump"},
        {ASKED: "At how many bar does it open?", RIGHT: "2.5", TOLERANCE: "0.1", POINTS: "2"},
        {ASKED: "Match.", CHOICES[0]: "Tank | holds", CHOICES[1]: "Pump | moves", CHOICES[2]: "| cools"},
    )
    return [HEAD, *(tuple(row.get(name, "") for name in HEAD) for row in examples)]


def _column(name: str) -> str:
    return SPACES.sub(" ", name.strip().lower())


def _faults_of(head: Line, columns: list[str]) -> Iterator[ImportProblem]:
    for at, (name, cell) in enumerate(zip(columns, head.cells, strict=True)):
        if name and name not in KNOWN:
            message = Message(
                "Column %(letters)s (“%(name)s”) is not known: it is not taken over.",
                letters=column_letters(at),
                name=shortened(cell),
            )
        elif name and name in columns[:at]:
            message = Message(
                "Column %(letters)s (“%(name)s”) stands there twice: the last one counts.",
                letters=column_letters(at),
                name=shortened(cell),
            )
        else:
            continue
        yield ImportProblem(head.number, "", message, Severity.WARNING)


def _name_of(cells: Mapping[str, str]) -> str:
    return cleaned(cells.get(TITLE, ""))[:TITLE_MAX_CHARACTERS] or shortened(cells.get(ASKED, ""))


def _question(cells: Mapping[str, str]) -> Question:
    """Return the question of a row; raises ValueError with what is wrong, and in which column."""
    cells = {name: _meant(cell) for name, cell in cells.items()}
    if (whole := cells.get(WHOLE)) and (known := _whole_in(whole, cells)):
        return known
    row = TableRow(cells)
    if not row.word(ASKED):
        raise TableFault(ASKED, Message("Nothing is asked."))
    marks = row.required_number(POINTS, ONE)
    if marks < 0:
        raise TableFault(POINTS, Message("Marks cannot be below zero."))
    body = _form_of(row).read(row)
    said = partial(_said, row)
    return Question(
        title=_name_of(cells),
        stem=row.text(row.word(ASKED)),
        body=body,
        marks=marks,
        general_feedback=said(FEEDBACK),
        feedback_correct=said(SAID_RIGHT),
        feedback_partial=said(SAID_PARTLY),
        feedback_incorrect=said(SAID_WRONG),
        tags=tuple(dict.fromkeys(tag for one in row.word(TAGS).split(",") if (tag := cleaned(one)))),
        category=tuple(name for one in row.word(FOLDER).split("/") if (name := cleaned(one))),
        external_id=row.word(NUMBER),
    )


def _said(row: TableRow, column: str) -> Text:
    return row.text(row.word(column)) if row.word(column) else NO_TEXT


def _form_of(row: TableRow) -> TableForm:
    """Return what reads a row: by the type it names, else by what stands in it."""
    named = _column(row.word(TYPE))
    forms = {_column(name): form for name, kind in KINDS.items() if (form := kind.table) is not None}
    if named in forms:
        return forms[named]
    if named:
        raise TableFault(
            TYPE,
            Message("“%(word)s” is none of these: %(types)s.", word=row.word(TYPE), types=", ".join(forms)),
        )
    found = next((one for one in forms.values() if one.claims(row)), None)
    if found is None:
        raise TableFault(RIGHT, Message("It does not say what is right."))
    return found


def _cells_of(question: Question) -> dict[str, str]:
    form = kind_of(question).table
    cells = {
        TYPE: question.type.replace("_", " "),
        TITLE: question.title,
        ASKED: question.stem.source,
        POINTS: f"{question.marks.normalize():f}",
        **(form.cells(question) if form else {}),
        FEEDBACK: question.general_feedback.source,
        SAID_RIGHT: question.feedback_correct.source,
        SAID_PARTLY: question.feedback_partial.source,
        SAID_WRONG: question.feedback_incorrect.source,
        TAGS: ", ".join(question.tags),
        FOLDER: "/".join(question.category),
        NUMBER: question.external_id,
    }
    cells = {name: kept for name, cell in cells.items() if (kept := _line_ends(cell).strip())}
    document = {"digest": _digest(cells), "question": question_to_json(question)}
    # As ASCII, so that no spreadsheet or encoding changes a sign of it.
    return {**cells, WHOLE: json.dumps(document, separators=(",", ":"))}


def _fits(cells: Mapping[str, str]) -> bool:
    return all(len(cell) <= CELL_AT_MOST for cell in cells.values())


def _whole_in(whole: str, cells: Mapping[str, str]) -> Question | None:
    """Return the question that a row was written of; None once any cell was changed."""
    try:
        document = orjson.loads(whole)
        visible = {name: _line_ends(cell) for name, cell in cells.items() if name != WHOLE}
        if document["digest"] != _digest(visible):
            return None
        question = question_from_json(document["question"])
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
    return question if cleaned(question.title) == question.title else None


def _digest(cells: Mapping[str, str]) -> str:
    """Return what tells whether a cell was changed; white space at its ends, which programs drop, is none of it."""
    kept = json.dumps(sorted((name, cell.strip()) for name, cell in cells.items() if cell.strip()))
    return hashlib.sha256(kept.encode()).hexdigest()[:32]


def _line_ends(cell: str) -> str:
    return cell.replace("\r\n", "\n").replace("\r", "\n")


def _harmless(cell: str) -> str:
    """Return a cell that no spreadsheet takes for a formula (OWASP, CSV injection)."""
    return f"'{cell}" if cell.startswith((*FORMULA, "'")) else cell


def _meant(cell: str) -> str:
    """Return a cell without the sign that keeps it from being a formula."""
    return cell[1:] if cell[:1] == "'" and cell[1:2] in {*FORMULA, "'"} else cell
