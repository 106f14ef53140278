"""The files that questions come in and go out by: one module per format behind one Protocol."""

from collections.abc import Iterable, Mapping
from typing import Final, Protocol

from lms.quizzes.formats.gift import Gift
from lms.quizzes.formats.moodle_xml import MoodleXml
from lms.quizzes.values import ImportedQuestion, ImportReport


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

    def parse(self, content: bytes) -> ImportReport:
        """Read a file: every question that can be taken, and every problem with its line."""

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
