"""multipart/mixed as xAPI sends statements with their attachments (RFC 2046, xAPI Communication 1.5.2)."""

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from lms.lrs.errors import Refused
from lms.lrs.values import Part

_BOUNDARY: Final = re.compile(r'boundary\s*=\s*(?:"([^"]{1,70})"|([^\s;"]{1,70}))', re.IGNORECASE)
_ALGORITHMS: Final = {56: "sha224", 64: "sha256", 96: "sha384", 128: "sha512"}


def read(body: bytes, content_type: str) -> tuple[bytes, Sequence[Part]]:
    """Return the statements' JSON and the attachments of a body; Refused where it breaks the rules."""
    found = _BOUNDARY.search(content_type)
    if found is None:
        raise Refused("multipart/mixed names no boundary")
    pieces = list(_split(body, (found[1] or found[2]).encode()))
    if not pieces:
        raise Refused("the body holds no part between its boundaries")
    (first, statements), *rest = pieces
    if first.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise Refused("the first part must be application/json")
    return statements, [_part(headers, content) for headers, content in rest]


def _split(body: bytes, boundary: bytes) -> Iterator[tuple[dict[str, str], bytes]]:
    mark = b"--" + boundary
    pieces = re.split(rb"(?:\A|\r?\n)" + re.escape(mark) + rb"(?=--|[ \t]*\r?\n)", body)
    if len(pieces) < 2:  # noqa: PLR2004  what stands before the first boundary, and a part
        return
    for piece in pieces[1:]:
        if piece.startswith(b"--"):
            return
        head, _gap, content = _halves(piece)
        yield dict(_headers(head)), content
    raise Refused("the body ends before its last boundary")


def _halves(piece: bytes) -> tuple[bytes, bytes, bytes]:
    inside = re.sub(rb"\A[ \t]*\r?\n", b"", piece, count=1)
    blank = re.search(rb"\r?\n\r?\n", inside)
    if blank is None:
        raise Refused("a part has no empty line between its headers and its content")
    return inside[: blank.start()], blank[0], inside[blank.end() :]


def _headers(head: bytes) -> Iterator[tuple[str, str]]:
    for line in head.decode("latin-1").splitlines():
        name, colon, value = line.partition(":")
        if colon:
            yield name.strip().lower(), value.strip()


def _part(headers: dict[str, str], content: bytes) -> Part:
    if headers.get("content-transfer-encoding", "").lower() != "binary":
        raise Refused("an attachment's part must say Content-Transfer-Encoding: binary")
    sha2 = headers.get("x-experience-api-hash", "").lower()
    algorithm = _ALGORITHMS.get(len(sha2))
    if algorithm is None:
        raise Refused("an attachment's part must name its SHA-2 in X-Experience-API-Hash")
    if hashlib.new(algorithm, content).hexdigest() != sha2:
        raise Refused(f"an attachment's bytes are not those of {sha2}")
    return Part(sha2, headers.get("content-type", "application/octet-stream"), content)


def write(
    boundary: str, statements: bytes, parts: Iterable[tuple[str, str, Iterable[bytes]]]
) -> Iterator[bytes]:
    """Yield a body of statements and (sha2, content type, chunks) of their attachments."""
    yield f"--{boundary}\r\nContent-Type: application/json\r\n\r\n".encode() + statements
    for sha2, content_type, chunks in parts:
        yield (
            f"\r\n--{boundary}\r\nContent-Type: {content_type}\r\nContent-Transfer-Encoding: binary\r\n"
            f"X-Experience-API-Hash: {sha2}\r\n\r\n"
        ).encode()
        yield from chunks
    yield f"\r\n--{boundary}--\r\n".encode()
