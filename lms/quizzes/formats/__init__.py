"""The files that questions come in and go out by: one module per format behind one Protocol."""

from collections.abc import Iterable, Mapping
from typing import Final, Protocol

from lms.kernel.messages import Message
from lms.quizzes.formats.gift import Gift
from lms.quizzes.formats.moodle_xml import MoodleXml
from lms.quizzes.values import ImportedQuestion, ImportProblem, ImportReport, too_long


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

    def parse(self, content: bytes, *, most: int | None = None) -> ImportReport:
        """Read a file: every question that can be taken, and every problem with its line.

        A file of more than ``most`` questions is counted and not read.
        """

    def write(self, questions: Iterable[ImportedQuestion]) -> bytes:
        """Write a file that ``parse`` reads back to the same questions, but for their ``losses``."""

    def losses(self, question: ImportedQuestion) -> tuple[str, ...]:
        """Return a sentence for each thing of the question that such a file cannot hold."""


GIFT: Final = Gift()
MOODLE_XML: Final = MoodleXml()
FORMATS: Final[Mapping[str, Format]] = {form.name: form for form in (GIFT, MOODLE_XML)}


def find_format(filename: str, content: bytes) -> Format | None:
    """Return the format of a file: by what its content begins with, then by how its name ends."""
    if content[:4096].lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"<?xml", b"<quiz")):
        return MOODLE_XML
    lowered = filename.lower()
    return next((form for form in FORMATS.values() if lowered.endswith(form.extensions)), None)


def read_questions(form: Format, content: bytes, *, most: int | None = None) -> ImportReport:
    """Return what a file holds, whatever its format: a question that is too long is named, and so is no question."""
    report = form.parse(content, most=most)
    fit, problems = [], list(report.problems)
    for one in report.questions:
        message = too_long(one.question)
        if message is None:
            fit.append(one)
        else:
            problems.append(ImportProblem(one.line, one.question.title, message))
    if not fit and not problems:
        problems.append(ImportProblem(None, "", Message("There is no question in this file.")))
    return ImportReport(tuple(fit), tuple(problems))
