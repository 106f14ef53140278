"""What a stranger's PDF says and shows; loaded in a process of its own alone (`lms.kernel.confined`)."""

import contextlib
import re
from collections.abc import Iterator, Sequence
from typing import Any, Final

import msgspec
import pypdfium2
from cryptography import x509

from lms.kernel.signing import sealing
from lms.kernel.signing.values import Examined, Given, Shown

PAGES_READ: Final = 5
LINES_READ: Final = 300
LINE_LETTERS: Final = 400
DIFFERENCES: Final = 6
BREAKS: Final = re.compile(r"[\r\n\x0b\x0c\u0085\u2028\u2029]+")


def work(piece: bytes) -> bytes:
    """Return what is found in a file: `Given` in, `Examined` out, both as MessagePack."""
    given = msgspec.msgpack.decode(piece, type=Given)
    roots = [x509.load_der_x509_certificate(one) for one in given.roots]
    found = sealing.examine(given.pdf, roots=roots, signers=given.signers)
    return msgspec.msgpack.encode(_with_lines(found, given.pdf))


def _with_lines(found: Examined, content: bytes) -> Examined:
    """Return it with the text of its pages and, where something was added to a signed file, what that changed."""
    if not found.is_pdf:
        return found
    lines = _lines_of(content)
    shown = Shown(lines=lines)
    if found.is_changed and 0 < found.signed_bytes < len(content):
        before = _lines_of(content[: found.signed_bytes])
        shown = Shown(lines=lines, added=_only_in(lines, before), gone=_only_in(before, lines))
    return msgspec.structs.replace(found, shown=shown)


def _only_in(lines: Sequence[str], others: Sequence[str]) -> tuple[str, ...]:
    known = set(others)
    return tuple(one for one in lines if one not in known)[:DIFFERENCES]


def _lines_of(content: bytes) -> tuple[str, ...]:
    """Return the text of the first pages, as PDFium reads it; nothing where it finds none."""
    with contextlib.suppress(pypdfium2.PdfiumError):
        return tuple(line for line, _number in zip(_read(content), range(LINES_READ), strict=False))
    return ()


def _read(content: bytes) -> Iterator[str]:
    document: Any = pypdfium2.PdfDocument(content)
    for number in range(min(len(document), PAGES_READ)):
        text = document[number].get_textpage().get_text_bounded()
        yield from (line.strip()[:LINE_LETTERS] for line in BREAKS.split(text) if line.strip())
