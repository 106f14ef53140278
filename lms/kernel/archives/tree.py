"""What may be in an archive: the limits, the rules for names and sizes, and how a refusal reads."""

import io
import re
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import IO, BinaryIO, Final, Protocol

from lms.kernel.errors import Invalid
from lms.kernel.messages import Message

PIECE_BYTES: Final = 1 << 16
DRIVE: Final = re.compile(r"[A-Za-z]:")
# Characters that turn the direction of what follows, so that a name reads as another one.

BIDI_CONTROLS: Final = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
# What zipfile, zlib and struct raise at bytes that are no archive (found by flipping every bit of one).
BROKEN_BYTES: Final = (
    zlib.error,
    struct.error,
    EOFError,
    OSError,
    ValueError,
    IndexError,
    OverflowError,
    NotImplementedError,
    RuntimeError,
)


class Refusal(StrEnum):
    """Why an archive is refused, for code; the message says it for people."""

    NOT_A_ZIP = "not-a-zip"
    BROKEN = "broken"
    TOO_MANY_FILES = "too-many-files"
    FILE_TOO_LARGE = "file-too-large"
    TOTAL_TOO_LARGE = "total-too-large"
    RATIO = "ratio"
    OVERLAP = "overlap"
    TRAVERSAL = "traversal"
    ABSOLUTE = "absolute"
    BACKSLASH = "backslash"
    ODD_NAME = "odd-name"
    NAME_TOO_LONG = "name-too-long"
    ENCODING = "encoding"
    LINK = "link"
    SPECIAL = "special"
    ENCRYPTED = "encrypted"
    COMPRESSION = "compression"
    DUPLICATE = "duplicate"
    CLASH = "clash"


class ArchiveRefused(Invalid):
    """The archive is not read; ``member`` is the file in it that is to blame, empty if it is the whole."""

    def __init__(self, reason: Refusal, message: Message, *, member: str = "") -> None:
        super().__init__(message)
        self.reason = reason
        self.member = member


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much an archive may hold. ``ratio`` is unpacked to packed, of files over ``ratio_from_bytes``."""

    files: int = 20_000
    file_bytes: int = 1 << 30
    total_bytes: int = 2 << 30
    ratio: int = 200
    ratio_from_bytes: int = 8 << 20
    segment_bytes: int = 255
    path_bytes: int = 1024
    depth: int = 32


class FileTree(Protocol):
    """Files by name, wherever they lie: names are relative, use ``/``, and clash on no file system."""

    @property
    def notes(self) -> tuple[str, ...]:
        """Sentences about what was tolerated."""

    def names(self) -> tuple[str, ...]:
        """Return the name of every file, sorted; folders are not listed."""

    def size(self, name: str) -> int:
        """Return the bytes of a file; KeyError if there is none of that name."""

    def open(self, name: str) -> BinaryIO:
        """Open a file to read forwards; reading raises ArchiveRefused if it is not what its header says."""


class Names:
    """The names and sizes seen so far, and the rules that hold between them."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._spelling: dict[str, str] = {}
        self._folders: set[str] = set()
        self._total_bytes = 0

    def add(self, name: str, *, is_folder: bool) -> str:
        """Take a name and return it as every importer sees it: without ``./``; raises ArchiveRefused."""
        segments = segments_of(name, self._limits)
        if not is_folder and name.rpartition("/")[2] == ".":
            raise ArchiveRefused(
                Refusal.ODD_NAME,
                Message("%(name)s is a folder, but listed as a file.", name=name),
                member=name,
            )
        clean = "/".join(segments)
        folded_segments = [_folded(segment) for segment in segments]
        for depth in range(1, len(segments) + is_folder):
            folder = "/".join(folded_segments[:depth])
            if folder in self._spelling:
                raise file_and_folder(self._spelling[folder])
            self._folders.add(folder)
        if is_folder:
            return clean
        folded = "/".join(folded_segments)
        if folded in self._folders:
            raise file_and_folder(clean)
        if folded in self._spelling:
            if self._spelling[folded] == clean:
                raise ArchiveRefused(
                    Refusal.DUPLICATE, Message("%(name)s is in the archive twice.", name=clean), member=clean
                )
            raise clash(name, self._spelling[folded])
        self._spelling[folded] = clean
        if len(self._spelling) > self._limits.files:
            raise too_many(self._limits)
        return clean

    def add_size(self, name: str, size: int) -> None:
        """Take the bytes of a file; raises ArchiveRefused when it, or all of them, are too many."""
        if size > self._limits.file_bytes:
            raise ArchiveRefused(
                Refusal.FILE_TOO_LARGE,
                Message(
                    "%(name)s unpacks to more than %(most)s.",
                    name=name,
                    most=_megabytes(self._limits.file_bytes),
                ),
                member=name,
            )
        self._total_bytes += size
        if self._total_bytes > self._limits.total_bytes:
            raise ArchiveRefused(
                Refusal.TOTAL_TOO_LARGE,
                Message(
                    "The archive unpacks to more than %(most)s.", most=_megabytes(self._limits.total_bytes)
                ),
                member=name,
            )


class Measured(io.RawIOBase):
    """A file that must turn out exactly as long as was said, and whole."""

    def __init__(self, source: IO[bytes], name: str, size: int) -> None:
        self._source = source
        self._name = name
        self._left_bytes = size

    def readable(self) -> bool:
        """Say yes."""
        return True

    def readinto(self, buffer: bytearray | memoryview, /) -> int:  # type: ignore[override] # any buffer of bytes
        """Read the next piece; raises ArchiveRefused when the file is longer or shorter than was said."""
        with broken_is_refused(self._name):
            content = self._source.read(len(buffer))
        self._left_bytes -= len(content)
        if self._left_bytes < 0 or (not content and self._left_bytes and len(buffer)):
            raise broken(self._name)
        buffer[: len(content)] = content
        return len(content)

    def close(self) -> None:
        """Let go of the file below."""
        if not self.closed:
            self._source.close()
        super().close()


def segments_of(name: str, limits: Limits) -> list[str]:
    """Return the parts of a relative path, without dots; raises ArchiveRefused for any other path."""

    def refused(reason: Refusal, message: Message) -> ArchiveRefused:
        return ArchiveRefused(reason, message, member=name)

    shown = ascii(name)[1:-1] if _odd_characters(name) else name
    if not name or _odd_characters(name):
        raise refused(
            Refusal.ODD_NAME, Message("The name %(name)s has characters that no name needs.", name=shown)
        )
    if "\\" in name:
        raise refused(
            Refusal.BACKSLASH, Message("%(name)s has a backslash; paths are written with /.", name=name)
        )
    if name.startswith("/") or DRIVE.match(name):
        raise refused(Refusal.ABSOLUTE, Message("%(name)s is an absolute path.", name=name))
    segments = [segment for segment in name.split("/") if segment != "."]
    if ".." in segments:
        raise refused(Refusal.TRAVERSAL, Message("%(name)s leads out of the archive.", name=name))
    if not all(segments):
        raise refused(Refusal.ODD_NAME, Message("%(name)s has an empty part.", name=name))
    if (
        len(segments) > limits.depth
        or len(name.encode()) > limits.path_bytes
        or any(len(segment.encode()) > limits.segment_bytes for segment in segments)
    ):
        raise refused(Refusal.NAME_TOO_LONG, Message("The name %(name)s… is too long.", name=name[:80]))
    return segments


def _odd_characters(name: str) -> bool:
    return any(unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"} for character in name) or bool(
        BIDI_CONTROLS.intersection(name)
    )


def _folded(name: str) -> str:
    """Return what two names share when a file system that ignores case or composition takes them for one."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


@contextmanager
def broken_is_refused(name: str = "", *, is_cut: bool = False) -> Iterator[None]:
    """Turn everything that zipfile and zlib say of bad bytes into one refusal.

    `is_cut` says that the bytes begin as those of a zip: then what is missing is its end.
    """
    try:
        yield
    except ArchiveRefused:
        raise
    except UnicodeDecodeError as error:
        message = Message("A name in the archive says it is UTF-8, but is not.")
        raise ArchiveRefused(Refusal.ENCODING, message, member=name) from error
    except zipfile.BadZipFile as error:
        if not name and "not a zip" in str(error):
            message = (
                Message(
                    "The zip archive ends too early: its table of contents is missing. Copy it again, whole."
                )
                if is_cut
                else Message("The file is not a zip archive.")
            )
            raise ArchiveRefused(Refusal.NOT_A_ZIP, message) from error
        raise broken(name) from error
    except BROKEN_BYTES as error:
        raise broken(name) from error


def broken(name: str) -> ArchiveRefused:
    """Say that a file, or without a name the archive, is not what it announces."""
    if not name:
        return ArchiveRefused(
            Refusal.BROKEN, Message("The archive is broken: its table of contents cannot be read.")
        )
    return ArchiveRefused(
        Refusal.BROKEN,
        Message("%(name)s is broken: its bytes are not what was announced.", name=name),
        member=name,
    )


def overlap(name: str) -> ArchiveRefused:
    """Say that two files share their bytes."""
    return ArchiveRefused(
        Refusal.OVERLAP,
        Message("%(name)s shares its bytes with another file: that is a bomb.", name=name),
        member=name,
    )


def too_many(limits: Limits) -> ArchiveRefused:
    """Say that there are more files than the limits allow."""
    return ArchiveRefused(
        Refusal.TOO_MANY_FILES, Message("The archive holds more than %(most)s files.", most=limits.files)
    )


def file_and_folder(name: str) -> ArchiveRefused:
    """Say that a name is taken twice, once for a folder."""
    return ArchiveRefused(
        Refusal.CLASH, Message("%(name)s is a file and also a folder.", name=name), member=name
    )


def clash(name: str, other: str) -> ArchiveRefused:
    """Say that two names differ in case or composition alone."""
    return ArchiveRefused(
        Refusal.CLASH,
        Message("%(name)s and %(other)s have the same name on many computers.", name=name, other=other),
        member=name,
    )


def link(name: str) -> ArchiveRefused:
    """Say that a file only points to another one."""
    return ArchiveRefused(
        Refusal.LINK, Message("%(name)s is a link: pack the file itself.", name=name), member=name
    )


def special(name: str) -> ArchiveRefused:
    """Say that something is neither file nor folder."""
    return ArchiveRefused(
        Refusal.SPECIAL, Message("%(name)s is not an ordinary file.", name=name), member=name
    )


def _megabytes(size_bytes: int) -> str:
    return f"{size_bytes / (1 << 20):,.0f} MB"
