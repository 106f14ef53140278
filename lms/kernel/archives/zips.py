"""A zip file, distrusted: its table of contents is checked whole, its bytes while they are read."""

import io
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Final, Self

from lms.kernel.archives import tree
from lms.kernel.archives.tree import ArchiveRefused, Limits, Refusal
from lms.kernel.messages import Message

# lzma and bzip2 are left out on purpose: an lzma header alone may ask for 4 GiB of memory.
READABLE_METHODS: Final = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
METHOD_NAMES: Final = {
    9: "Deflate64",
    12: "bzip2",
    14: "LZMA",
    93: "Zstandard",
    95: "xz",
    98: "PPMd",
    99: "AES",
}
FLAG_ENCRYPTED: Final = 0x1 | 0x40 | 0x2000
FLAG_UTF8: Final = 0x800
LOCAL_HEADER: Final = struct.Struct("<4s22xHH")
CENTRAL_SIGNATURE: Final = b"PK\x01\x02"
UNICODE_PATH_EXTRA: Final = 0x7075
# A directory entry is 46 bytes and its name; beyond this share for name, extra and comment it is padding.
DIRECTORY_BYTES_PER_ENTRY: Final = 512
DIRECTORY_BYTES_FLOOR: Final = 1 << 18


class SafeZip:
    """A zip file that was checked whole before anything is read from it; close it, or use it in ``with``."""

    def __init__(
        self, archive: zipfile.ZipFile, members: "_Members", *, owned: BinaryIO | None = None
    ) -> None:
        self._archive = archive
        self._owned = owned
        self._members = members.files
        self.notes: tuple[str, ...] = tuple(members.notes)

    def names(self) -> tuple[str, ...]:
        """Return the name of every file, sorted."""
        return tuple(sorted(self._members))

    def size(self, name: str) -> int:
        """Return the bytes of a file, unpacked."""
        return self._members[name].file_size

    def open(self, name: str) -> BinaryIO:
        """Open a file to read forwards, unpacking piece by piece."""
        info = self._members[name]
        with tree.broken_is_refused(name):
            return io.BufferedReader(
                tree.Measured(self._archive.open(info), name, info.file_size), tree.PIECE_BYTES
            )

    def close(self) -> None:
        """Let go of the file; one that the caller opened stays open."""
        self._archive.close()
        if self._owned is not None:
            self._owned.close()

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Let go of the file."""
        self.close()


FIRST_OF_A_ZIP: Final = b"PK\x03\x04"


def open_zip(file: BinaryIO | Path, limits: Limits | None = None) -> SafeZip:
    """Open a zip and check all of it but the packed bytes, which are checked while they are read.

    Raises ArchiveRefused. A file object must be seekable and stays the caller's to close.
    """
    limits = limits or Limits()
    if not isinstance(file, Path):
        return SafeZip(*_checked(file, limits))
    opened = file.open("rb")
    try:
        return SafeZip(*_checked(opened, limits), owned=opened)
    except BaseException:
        opened.close()
        raise


def _checked(file: BinaryIO, limits: Limits) -> tuple[zipfile.ZipFile, "_Members"]:
    file.seek(0)
    head = file.read(len(FIRST_OF_A_ZIP))
    file.seek(0)
    if not head:
        raise ArchiveRefused(Refusal.NOT_A_ZIP, Message("The file is empty: it has no bytes at all."))
    with tree.broken_is_refused(is_cut=head == FIRST_OF_A_ZIP):
        guard = _Guard(file, limits)
        archive = zipfile.ZipFile(guard)
        guard.opening = False
        members = _Members(limits)
        for info in archive.infolist():
            members.add(info)
        _refuse_overlaps(archive, guard)
        return archive, members


class _Members:
    """The files of a zip, checked one by one."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._names = tree.Names(limits)
        self.files: dict[str, zipfile.ZipInfo] = {}
        self.notes: list[Message] = []

    def add(self, info: zipfile.ZipInfo) -> None:
        """Take a file or folder of the zip; raises ArchiveRefused."""
        raw_name, guessed = _name_of(info)
        is_folder = raw_name.endswith("/")
        name = self._names.add(raw_name.removesuffix("/") if is_folder else raw_name, is_folder=is_folder)
        if guessed:
            self.notes.append(
                Message(
                    "%(name)s does not say how its name is encoded: read as %(guess)s.",
                    name=name,
                    guess=guessed,
                )
            )
        _check_kind(info, name, is_folder=is_folder)
        if is_folder:
            if info.file_size:
                raise ArchiveRefused(
                    Refusal.ODD_NAME,
                    Message("%(name)s is a folder, but has content.", name=name),
                    member=name,
                )
            return
        self._names.add_size(name, info.file_size)
        if (
            info.file_size > self._limits.ratio_from_bytes
            and info.file_size > max(info.compress_size, 1) * self._limits.ratio
        ):
            raise ArchiveRefused(
                Refusal.RATIO,
                Message(
                    "%(name)s unpacks to more than %(ratio)s times its size: that is a bomb.",
                    name=name,
                    ratio=self._limits.ratio,
                ),
                member=name,
            )
        self.files[name] = info


class _Guard:
    """A file that does not hand out a directory of contents larger than the limits could need."""

    def __init__(self, file: BinaryIO, limits: Limits) -> None:
        self._file = file
        self._limits = limits
        self._left_bytes = DIRECTORY_BYTES_FLOOR + limits.files * DIRECTORY_BYTES_PER_ENTRY
        self.opening = True
        self.seek = file.seek
        self.tell = file.tell
        self.seekable = file.seekable

    def read(self, size: int = -1, /) -> bytes:
        """Read; while the archive is being opened, refuse a bomb before it is in memory."""
        if not self.opening:
            return self._file.read(size)
        if size < 0 or size > self._left_bytes:
            size = self._left_bytes + 1
        content = self._file.read(size)
        self._left_bytes -= len(content)
        # Folders have entries of their own; tree.Names counts the files alone.
        if self._left_bytes < 0 or content.count(CENTRAL_SIGNATURE) > 2 * self._limits.files:
            raise tree.too_many(self._limits)
        return content


def _name_of(info: zipfile.ZipInfo) -> tuple[str, str]:
    """Return the member's name and, if its encoding had to be guessed, the guess.

    Without the UTF-8 flag the standard says cp437, but macOS and many tools write UTF-8 all the same, and
    text that is valid UTF-8 by chance is rare (APPNOTE 4.4.4, 4.6.9 and appendix D).
    """
    if info.flag_bits & FLAG_UTF8 or info.orig_filename.isascii():
        return info.orig_filename, ""
    raw = info.orig_filename.encode("cp437")
    for kind, content in _extra_fields(info.extra):
        # version 1, checksum of the raw name, the name in UTF-8
        if kind == UNICODE_PATH_EXTRA and content[:5] == struct.pack("<BL", 1, zlib.crc32(raw)):
            return content[5:].decode("utf-8"), ""
    try:
        return raw.decode("utf-8"), "UTF-8"
    except UnicodeDecodeError:
        return info.orig_filename, "cp437"


def _extra_fields(extra: bytes) -> Iterator[tuple[int, bytes]]:
    while len(extra) >= 4:  # noqa: PLR2004 - kind and length
        kind, length = struct.unpack_from("<HH", extra)
        yield kind, extra[4 : 4 + length]
        extra = extra[4 + length :]


def _check_kind(info: zipfile.ZipInfo, name: str, *, is_folder: bool) -> None:
    kind = stat.S_IFMT(info.external_attr >> 16)
    if kind == stat.S_IFLNK:
        raise tree.link(name)
    if kind not in {0, stat.S_IFREG, stat.S_IFDIR} or (kind == stat.S_IFDIR and not is_folder):
        raise tree.special(name)
    if info.flag_bits & FLAG_ENCRYPTED:
        raise ArchiveRefused(
            Refusal.ENCRYPTED,
            Message("%(name)s is encrypted: pack it without a password.", name=name),
            member=name,
        )
    if info.compress_type not in READABLE_METHODS:
        raise ArchiveRefused(
            Refusal.COMPRESSION,
            Message(
                "%(name)s is packed by method %(method)s: only stored and deflated files are read.",
                name=name,
                method=METHOD_NAMES.get(info.compress_type, info.compress_type),
            ),
            member=name,
        )


def _refuse_overlaps(archive: zipfile.ZipFile, guard: _Guard) -> None:
    """Refuse files that share packed bytes, by which a small archive unpacks to any size (Fifield 2019)."""
    end = 0
    for info in sorted(archive.infolist(), key=lambda info: info.header_offset):
        if info.header_offset < 0:
            raise tree.broken("")
        if info.header_offset < end:
            raise tree.overlap(info.filename)
        guard.seek(info.header_offset)
        signature, name_bytes, extra_bytes = LOCAL_HEADER.unpack(guard.read(LOCAL_HEADER.size))
        if signature != b"PK\x03\x04":
            raise tree.broken(info.filename)
        end = info.header_offset + LOCAL_HEADER.size + name_bytes + extra_bytes + info.compress_size
        if end > archive.start_dir:
            raise tree.overlap(info.filename)
