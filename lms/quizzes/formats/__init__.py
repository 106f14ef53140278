"""The files that questions come in and go out by: one module per format behind one Protocol."""

import re
from collections.abc import Iterable, Mapping
from typing import Final, Protocol

from lms.kernel.messages import Message
from lms.quizzes.formats.aiken import Aiken
from lms.quizzes.formats.gift import Gift
from lms.quizzes.formats.moodle_xml import MoodleXml
from lms.quizzes.formats.qti import Qti
from lms.quizzes.formats.table import Table, template
from lms.quizzes.kinds.chance import check
from lms.quizzes.syntax.arithmetic import FormulaFault
from lms.quizzes.values import (
    ImportedQuestion,
    ImportProblem,
    ImportReport,
    Question,
    Severity,
    changed_of,
    unfit,
)

HEAD_BYTES: Final = 8192


__all__ = [
    "AIKEN",
    "FORMATS",
    "GIFT",
    "MOODLE_XML",
    "QTI",
    "TABLE",
    "WRITTEN",
    "Format",
    "find_format",
    "read_questions",
    "template",
]


class Format(Protocol):
    """A kind of question file. Nothing here touches a database; bad questions are reported, never raised."""

    @property
    def name(self) -> str:
        """What it is called in code and on the command line."""

    @property
    def title(self) -> str:
        """What it is called by people."""

    @property
    def extensions(self) -> tuple[str, ...]:
        """How its files' names end, with the dot; the first is used to write."""

    @property
    def sentence(self) -> str:
        """What it keeps of questions, for who chooses among formats."""

    @property
    def roots(self) -> tuple[str, ...]:
        """The names of the elements that its files begin with, if they are XML."""
        return ()

    @property
    def carries_files(self) -> bool:
        """Whether pictures, films and sounds go out with questions."""
        return False

    @property
    def is_written(self) -> bool:
        """Whether questions go out by it."""
        return True

    @property
    def keeps_all(self) -> bool:
        """Whether `parse` reads everything back, and `losses` are what other systems do not read."""
        return False

    def recognises(self, content: bytes) -> bool:
        """Return whether content that is no XML is surely of this format, whatever its name."""
        del content
        return False

    def parse(self, content: bytes, *, most: int | None = None) -> ImportReport:
        """Read a file: every question that can be taken, and every problem with its line.

        A file of more than ``most`` questions is counted and not read.
        """

    def write(self, questions: Iterable[ImportedQuestion]) -> bytes:
        """Write a file that ``parse`` reads back to the same questions, but for their ``losses``."""

    def losses(self, question: ImportedQuestion) -> tuple[str, ...]:
        """Return a sentence for each thing of the question that such a file cannot hold."""


AIKEN: Final = Aiken()
GIFT: Final = Gift()
MOODLE_XML: Final = MoodleXml()
QTI: Final = Qti()
TABLE: Final = Table()
FORMATS: Final[Mapping[str, Format]] = {form.name: form for form in (MOODLE_XML, QTI, GIFT, AIKEN, TABLE)}
WRITTEN: Final[Mapping[str, Format]] = {name: form for name, form in FORMATS.items() if form.is_written}
"""The formats that questions go out by."""
OPENING: Final = re.compile(rb"<([A-Za-z_][\w.:-]*)")


def find_format(filename: str, content: bytes) -> Format | None:
    """Return the format of a file: by what its content says, then by how its name ends."""
    head = content[:HEAD_BYTES].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    if head.startswith(b"<"):
        opened = OPENING.search(head)
        root = opened[1].rpartition(b":")[2].decode("ascii", "replace") if opened else ""
        return next((form for form in FORMATS.values() if root in form.roots), MOODLE_XML)
    lowered = filename.lower()
    named = next((form for form in FORMATS.values() if lowered.endswith(form.extensions)), None)
    return next((form for form in FORMATS.values() if form.recognises(content)), named)


def _fault_of_drawing(question: Question) -> Message | None:
    """Return what to say of a question whose variables cannot be drawn, else None: files may hold any formula."""
    try:
        check(question)
    except FormulaFault as fault:
        return Message("What it draws by chance cannot be drawn: %(fault)s", fault=fault.args[0])
    return None


def read_questions(form: Format, content: bytes, *, most: int | None = None) -> ImportReport:
    """Return what a file holds, whatever its format: a question that may not come in is named, as is what changes."""
    report = form.parse(content, most=most)
    fit, problems = [], list(report.problems)
    for one in report.questions:
        message = unfit(one.question) or _fault_of_drawing(one.question)
        if message is None:
            fit.append(one)
            if change := changed_of(one.question):
                problems.append(ImportProblem(one.line, one.question.title, change, Severity.WARNING))
        else:
            problems.append(ImportProblem(one.line, one.question.title, message))
    if not fit and not problems:
        problems.append(ImportProblem(None, "", Message("There is no question in this file.")))
    return ImportReport(tuple(fit), tuple(problems))
