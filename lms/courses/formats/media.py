"""Files that lessons bring besides pictures: films, captions and handouts; and whether each is what it says."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from lms.courses.formats import pictures
from lms.kernel.archives import ArchiveRefused, FileTree
from lms.kernel.films import CAPTIONS, FILMS
from lms.kernel.messages import Message

HEAD_BYTES: Final = 64


@dataclass(frozen=True, slots=True)
class MediaType:
    """A type of file: how it is served, how large it may be, how it begins, and whether a browser shows it itself."""

    name: str
    most_bytes: int
    begins: re.Pattern[bytes]
    is_shown: bool = False


_ZIP: Final = re.compile(rb"PK\x03\x04")
_OFFICE: Final = "application/vnd.openxmlformats-officedocument"
_OPEN: Final = "application/vnd.oasis.opendocument"
PICTURE_BYTES: Final = pictures.MAX_BYTES
FILM_BYTES: Final = 500_000_000
FILE_BYTES: Final = 100_000_000
CAPTIONS_BYTES: Final = 1_000_000
TYPES: Final[Mapping[str, MediaType]] = {
    **{
        f".{ending}": MediaType(
            name, CAPTIONS_BYTES if name == CAPTIONS else FILM_BYTES, begins, is_shown=True
        )
        for ending, (name, begins) in FILMS.items()
    },
    ".pdf": MediaType("application/pdf", FILE_BYTES, re.compile(rb"%PDF-")),
    ".docx": MediaType(f"{_OFFICE}.wordprocessingml.document", FILE_BYTES, _ZIP),
    ".xlsx": MediaType(f"{_OFFICE}.spreadsheetml.sheet", FILE_BYTES, _ZIP),
    ".pptx": MediaType(f"{_OFFICE}.presentationml.presentation", FILE_BYTES, _ZIP),
    ".odt": MediaType(f"{_OPEN}.text", FILE_BYTES, _ZIP),
    ".ods": MediaType(f"{_OPEN}.spreadsheet", FILE_BYTES, _ZIP),
    ".odp": MediaType(f"{_OPEN}.presentation", FILE_BYTES, _ZIP),
    ".zip": MediaType("application/zip", FILE_BYTES, _ZIP),
}
NAMES: Final = "MP4, WebM, MP3, M4A, OGG, WAV, VTT, PDF, DOCX, XLSX, PPTX, ODT, ODS, ODP, ZIP"


def media_type_of(name: str) -> str | None:
    """Return the media type of a file by its name, None if it is none that lessons may bring."""
    known = TYPES.get(_extension(name))
    return known.name if known else pictures.media_type_of(name)


def is_film(name: str) -> bool:
    """Return whether a file is a film or a sound by its name."""
    return (media_type_of(name) or "").startswith(("video/", "audio/"))


def is_shown(media_type: str) -> bool:
    """Return whether a browser shows files of this type in a page; it saves the others."""
    return media_type.startswith("image/") or any(
        one.is_shown for one in TYPES.values() if one.name == media_type
    )


def problem_with(tree: FileTree, name: str) -> Message | None:
    """Return what speaks against a file of the tree, None if it can be taken."""
    known = TYPES.get(_extension(name))
    if known is None:
        if pictures.media_type_of(name) is None and not re.search(r"\.[a-z0-9]{1,5}$", name, re.IGNORECASE):
            return Message("%(name)s has no ending that says what it is.", name=name)
        if pictures.media_type_of(name) is None:
            return Message(
                "%(name)s is no kind of file that lessons bring: take a picture, or one of %(kinds)s.",
                name=name,
                kinds=NAMES,
            )
        return pictures.problem_with(tree, name)
    if tree.size(name) > known.most_bytes:
        return Message("%(name)s is larger than %(most)s MB.", name=name, most=known.most_bytes // 1_000_000)
    try:
        with tree.open(name) as file:
            head = file.read(HEAD_BYTES)
    except ArchiveRefused as error:
        return Message("%(name)s cannot be read. %(why)s", name=name, why=error.args[0])
    return None if known.begins.match(head) else Message("%(name)s is not what its name says.", name=name)


def _extension(name: str) -> str:
    return f".{name.rpartition('.')[2].lower()}"
