"""A credential inside a picture: Open Badges 3.0 §5.3.1, an `iTXt` chunk of a PNG with a keyword of its own."""

import struct
import zlib
from collections.abc import Iterator
from typing import Final

from lms.kernel.credentials.values import Unreadable

SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
KEYWORD: Final = b"openbadgecredential"
TEXT: Final = b"iTXt"
# Not compressed (the standard forbids it), no language, no translated keyword.
HEAD: Final = KEYWORD + b"\0\0\0\0\0"


def is_png(content: bytes) -> bool:
    """Return whether bytes are meant to be a PNG."""
    return content.startswith(SIGNATURE)


def bake(picture: bytes, credential: bytes) -> bytes:
    """Return a PNG that carries a credential (UTF-8 JSON), in the place of any that it carried."""
    parts, is_in = [SIGNATURE], False
    for kind, data in _chunks(picture):
        if kind == TEXT and data.startswith(KEYWORD + b"\0"):
            continue
        if kind == b"IDAT" and not is_in:
            parts.append(_chunk(TEXT, HEAD + credential))
            is_in = True
        parts.append(_chunk(kind, data))
    return b"".join(parts)


def unbake(picture: bytes) -> bytes:
    """Return the credential that a PNG carries; Unreadable if it carries none, or one that is packed."""
    for kind, data in _chunks(picture):
        if kind == TEXT and data.startswith(KEYWORD + b"\0"):
            rest = data[len(KEYWORD) + 1 :]
            if rest[:2] != b"\0\0":
                raise Unreadable("the credential in the picture is packed, which the standard forbids")
            _language, _end, rest = rest[2:].partition(b"\0")
            _keyword, _end, text = rest.partition(b"\0")
            return text
    raise Unreadable("the picture carries no credential")


def _chunks(picture: bytes) -> Iterator[tuple[bytes, bytes]]:
    if not is_png(picture):
        raise Unreadable("this is no PNG")
    at = len(SIGNATURE)
    while at < len(picture):
        if at + 12 > len(picture):
            raise Unreadable("the picture is cut off")
        (length,) = struct.unpack(">I", picture[at : at + 4])
        kind, end = picture[at + 4 : at + 8], at + 8 + length
        if end + 4 > len(picture):
            raise Unreadable("the picture is cut off")
        yield kind, picture[at + 8 : end]
        at = end + 4


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
