"""How Moodle XML holds it: an essay without a text."""

from collections.abc import Mapping, Sequence
from typing import Final

from lms.courses.values.marking import EXTENSIONS, FileKind, endings
from lms.kernel.messages import Message
from lms.quizzes.kinds.file_hand_in.values import (
    FILES_AT_MOST,
    MB,
    MB_AT_MOST,
    MB_UNLESS_SAID,
    FileHandIn,
)
from lms.quizzes.kinds.kind import MoodleXmlForm, body_of
from lms.quizzes.kinds.rubrics import losses_of, read_rubric, write_rubric
from lms.quizzes.syntax.moodle_xml import XmlReader, XmlWriter
from lms.quizzes.values import Question
from lms.web.numbers import whole_number

FILES_ALONE: Final = "noinline"
UNLIMITED: Final = "-1"
# Groups of types that Moodle knows by name (lib/classes/filetypes.php).
GROUPS: Final[Mapping[str, tuple[FileKind, ...]]] = {
    "image": (FileKind.PICTURES,),
    "web_image": (FileKind.PICTURES,),
    "optimised_image": (FileKind.PICTURES,),
    "document": (FileKind.PDF, FileKind.DOCUMENTS),
    "spreadsheet": (FileKind.TABLES,),
    "presentation": (FileKind.SLIDES,),
    "video": (FileKind.FILMS,),
    "web_video": (FileKind.FILMS,),
    "html_video": (FileKind.FILMS,),
    "archive": (FileKind.ARCHIVES,),
}


class FileHandInMoodleXml(MoodleXmlForm):
    """An essay question whose answer is files alone."""

    type = "essay"

    def claims(self, reader: XmlReader) -> bool:
        """Return whether it is an essay without a text."""
        return reader.type == self.type and reader.value("responseformat") == FILES_ALONE

    def read(self, reader: XmlReader) -> FileHandIn:
        """Return which files are asked for, and what is said to who marks them."""
        return FileHandIn(
            criteria=read_rubric(reader),
            kinds=_kinds(reader),
            most_files=_most_files(reader),
            most_mb=_most_mb(reader),
            guidance=reader.text(reader.element.first("graderinfo")),
        )

    def write(self, question: Question, writer: XmlWriter) -> None:
        """Write what Moodle asks of an essay."""
        body = body_of(question, FileHandIn)
        writer.value("responseformat", FILES_ALONE)
        writer.value("responserequired", "0")
        writer.value("attachments", str(body.most_files))
        writer.value("attachmentsrequired", "1")
        writer.value("maxbytes", str(body.most_mb * MB))
        writer.value("filetypeslist", ",".join(f".{ending}" for ending in endings(body.kinds)))
        if body.guidance:
            writer.text(writer.element, "graderinfo", body.guidance)
        write_rubric(body.criteria, writer)

    def losses(self, question: Question) -> Sequence[Message]:
        """Return what Moodle passes over."""
        body = body_of(question, FileHandIn)
        drawn = (Message("the picture to draw on"),) if body.drawn_on else ()
        return (*losses_of(body.criteria), *drawn)


def _kinds(reader: XmlReader) -> tuple[FileKind, ...]:
    names = [name.strip().lower() for name in reader.value("filetypeslist").replace(";", ",").split(",")]
    named = [name for name in names if name]
    found: set[FileKind] = set()
    unknown = []
    for name in named:
        kinds = GROUPS.get(name) or _kinds_of(name.removeprefix("*").removeprefix("."))
        found.update(kinds)
        if not kinds:
            unknown.append(name)
    if unknown:
        reader.warnings.append(
            Message("Files of these types cannot be handed in here: %(types)s.", types=", ".join(unknown))
        )
    return tuple(kind for kind in FileKind if kind in found or not found)


def _kinds_of(ending: str) -> tuple[FileKind, ...]:
    return tuple(kind for kind, known in EXTENSIONS.items() if ending in known)


def _most_files(reader: XmlReader) -> int:
    word = reader.value("attachments")
    number = whole_number(word) or 0
    if word == UNLIMITED or number > FILES_AT_MOST:
        reader.warnings.append(Message("A hand-in has at most %(most)s files here.", most=FILES_AT_MOST))
        return FILES_AT_MOST
    return max(number, 1)


def _most_mb(reader: XmlReader) -> int:
    size = whole_number(reader.value("maxbytes"), most=1 << 50) or MB_UNLESS_SAID * MB
    if size > MB_AT_MOST * MB * 105 // 100:  # Moodle's megabytes are somewhat larger.
        reader.warnings.append(Message("A file has at most %(most)s MB here.", most=MB_AT_MOST))
    return min(max(size // MB, 1), MB_AT_MOST)
