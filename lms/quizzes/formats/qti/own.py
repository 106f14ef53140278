"""What QTI cannot say of our questions: a note in the package, by which our own export comes back as it was.

Each line is JSON: the item's file, the digest of that file, and the question whole. A file that was changed since does
not fit its digest any more, and is read as QTI.
"""

import hashlib
import json
import posixpath
from collections.abc import Iterable, Iterator
from typing import Any, Final

import orjson

from lms.kernel.lines import cleaned
from lms.quizzes.formats.qti.package import Package
from lms.quizzes.kinds import question_from_json
from lms.quizzes.values import Attachment, ImportedQuestion, question_to_json

NAME: Final = "guildhall-questions.jsonl"
VERSION: Final = 1


def line_of(path: str, item: bytes, imported: ImportedQuestion, pictures: dict[str, str]) -> bytes:
    """Return the line of one item; `pictures` says where the package holds each picture."""
    document = {
        "version": VERSION,
        "item": path,
        "sha256": hashlib.sha256(item).hexdigest(),
        "pictures": pictures,
        "question": question_to_json(imported.question),
    }
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


class OwnNotes:
    """The notes of a package, by the file of the item."""

    def __init__(self, package: Package) -> None:
        self._package = package
        self._lines = dict(_lines(package.read(NAME) or b""))

    def knows(self, path: str) -> bool:
        """Return whether there is a note on an item."""
        return path in self._lines

    def question(self, path: str) -> ImportedQuestion | None:
        """Return the question of an item that is as it was written; None for one that was changed since."""
        document = self._lines.get(path)
        content = self._package.read(path)
        if (
            document is None
            or content is None
            or hashlib.sha256(content).hexdigest() != document.get("sha256")
        ):
            return None
        try:
            question = question_from_json(document["question"])
            files = tuple(self._files(document["pictures"]))
        except (ValueError, KeyError, TypeError, AttributeError):
            return None
        if cleaned(question.title) != question.title:
            return None
        return ImportedQuestion(question, files, 1)

    def _files(self, pictures: dict[str, str]) -> Iterator[Attachment]:
        for name, path in sorted(pictures.items()):
            content = self._package.read(posixpath.normpath(path))
            if content is None or "/" in name:
                raise ValueError
            yield Attachment(name, content)


def _lines(content: bytes) -> Iterable[tuple[str, dict[str, Any]]]:
    for line in content.splitlines():
        try:
            document = orjson.loads(line)
        except orjson.JSONDecodeError:
            continue
        if isinstance(document, dict) and document.get("version") == VERSION:
            yield str(document.get("item")), document
