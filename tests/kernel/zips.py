"""Zip files written byte by byte, so that a test can lie in any header."""

import struct
import zlib
from dataclasses import dataclass, field

STORED, DEFLATED = 0, 8
UTF8 = 0x800


def deflate(content: bytes) -> bytes:
    """Return the raw deflate stream of the content."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return packer.compress(content) + packer.flush()


def deflated_zeros(size_bytes: int) -> bytes:
    """Return a deflate stream of that many zero bytes, made from one piece repeated: 10 GB in a moment."""
    piece_bytes = 1 << 20
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    piece = packer.compress(bytes(piece_bytes)) + packer.flush(zlib.Z_FULL_FLUSH)
    end = packer.compress(bytes(size_bytes % piece_bytes)) + packer.flush()
    return piece * (size_bytes // piece_bytes) + end


@dataclass(kw_only=True)
class Entry:
    """One member; whatever is left unset tells the truth."""

    name: str | bytes
    content: bytes = b""
    packed: bytes | None = None
    method: int = STORED
    flags: int | None = None
    mode: int = 0
    size: int | None = None
    packed_size: int | None = None
    crc: int | None = None
    extra: bytes = b""
    local_name: bytes | None = None
    offset: int | None = None

    @property
    def raw_name(self) -> bytes:
        return self.name if isinstance(self.name, bytes) else self.name.encode()

    @property
    def raw_flags(self) -> int:
        return self.flags if self.flags is not None else 0 if self.raw_name.isascii() else UTF8

    @property
    def raw(self) -> bytes:
        if self.packed is not None:
            return self.packed
        return deflate(self.content) if self.method == DEFLATED else self.content

    def fields(self) -> tuple[int, ...]:
        return (
            self.raw_flags,
            self.method,
            0,
            0x21,
            zlib.crc32(self.content) if self.crc is None else self.crc,
            len(self.raw) if self.packed_size is None else self.packed_size,
            len(self.content) if self.size is None else self.size,
        )


@dataclass
class Zip:
    """The bytes of an archive of these entries."""

    entries: list[Entry] = field(default_factory=list)
    comment: bytes = b""

    def to_bytes(self) -> bytes:
        body, offsets = bytearray(), []
        for entry in self.entries:
            offsets.append(len(body) if entry.offset is None else entry.offset)
            if entry.offset is None:
                name = entry.raw_name if entry.local_name is None else entry.local_name
                body += struct.pack("<4s5H3L", b"PK\3\4", 20, *entry.fields())
                body += struct.pack("<HH", len(name), 0) + name + entry.raw
        directory = bytearray()
        for entry, offset in zip(self.entries, offsets, strict=True):
            directory += struct.pack("<4s6H3L", b"PK\1\2", 0x031E, 20, *entry.fields())
            directory += struct.pack(
                "<5HLL", len(entry.raw_name), len(entry.extra), 0, 0, 0, entry.mode << 16, offset
            )
            directory += entry.raw_name + entry.extra
        count = min(len(self.entries), 0xFFFF)
        end = struct.pack(
            "<4s4H2LH", b"PK\5\6", 0, 0, count, count, len(directory), len(body), len(self.comment)
        )
        return bytes(body + directory + end + self.comment)


def zip_of(*entries: Entry) -> bytes:
    """Return the bytes of an archive of these entries."""
    return Zip(list(entries)).to_bytes()
