"""Files that learners hand in: which kinds there are, and whether each is what its name says."""

from collections.abc import Collection
from typing import BinaryIO, Final

from lms.courses.formats import media
from lms.courses.formats.one_file import OneFile
from lms.courses.values.marking import FileKind, endings
from lms.kernel.messages import Message

TEXTS: Final = {"txt": "text/plain", "csv": "text/csv"}
PDF: Final = "application/pdf"
TEXT_HEAD_BYTES: Final = 1 << 16


def media_type_of(name: str) -> str:
    """Return the media type of a file that may be handed in."""
    return TEXTS.get(_ending(name)) or media.media_type_of(name) or "application/octet-stream"


def is_picture(media_type: str) -> bool:
    """Return whether a browser shows it as a picture."""
    return media_type.startswith("image/")


def is_shown(media_type: str) -> bool:
    """Return whether a browser may show a file of this type itself; it saves the others."""
    return media_type == PDF or is_picture(media_type) or media_type.startswith("video/")


def problem_with(name: str, upload: BinaryIO, kinds: Collection[FileKind], most_bytes: int) -> Message | None:
    """Return what speaks against a file, None if it can be handed in."""
    allowed = endings(kinds)
    if _ending(name) not in allowed:
        return Message(
            "%(name)s is no kind of file that is asked for here: %(kinds)s.",
            name=name,
            kinds=", ".join(one.upper() for one in allowed),
        )
    one = OneFile(name, upload)
    if one.size(name) > most_bytes:
        return Message("%(name)s is larger than %(most)s MB.", name=name, most=most_bytes // 1_000_000)
    if one.size(name) == 0:
        return Message("%(name)s is empty.", name=name)
    if _ending(name) in TEXTS:
        head = one.open(name).read(TEXT_HEAD_BYTES)
        return None if _is_text(head) else Message("%(name)s is not what its name says.", name=name)
    return media.problem_with(one, name)


def _is_text(head: bytes) -> bool:
    # Which encoding it has is its writer's; a byte of 0 is in none of those that text files are kept in.
    return b"\x00" not in head


def _ending(name: str) -> str:
    return name.rpartition(".")[2].lower() if "." in name else ""
