"""A manifest on its own, a cmi5.xml or a tincan.xml, as a tree of one file: what it names lies elsewhere."""

import codecs
import io
import re
from typing import BinaryIO, Final

from lms.kernel.archives import FileTree, open_zip
from lms.kernel.messages import Message
from lms.packages.errors import PackageRefused

BEGINS: Final = (b"<", b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b" ", b"\t", b"\r", b"\n")
MOST_BYTES: Final = 50 << 20
LOOKED_AT: Final = 4096
TIN_CAN: Final = re.compile(r"<(\w+:)?tincan[\s>/]")
PAGE: Final = re.compile(r"<(!doctype\s+html|html)[\s>]", re.IGNORECASE)


class BareManifest:
    """The one file there is."""

    notes: tuple[str, ...] = ()

    def __init__(self, name: str, content: bytes) -> None:
        self._name = name
        self._content = content

    def names(self) -> tuple[str, ...]:
        """Return its name."""
        return (self._name,)

    def size(self, name: str) -> int:
        """Return its bytes."""
        del name
        return len(self._content)

    def open(self, name: str) -> BinaryIO:
        """Open it."""
        del name
        return io.BytesIO(self._content)


def open_bare(source: BinaryIO) -> BareManifest | None:
    """Open an upload that is a manifest alone, None if it is none; PackageRefused for a page without its zip."""
    source.seek(0)
    head = source.read(LOOKED_AT)
    source.seek(0)
    if not head.startswith(BEGINS):
        return None
    begins = _as_text(head)
    if PAGE.search(begins):
        raise PackageRefused(Message("This is one page of HTML. Pack it, with all that it shows, as a ZIP."))
    content = source.read(MOST_BYTES + 1)
    source.seek(0)
    return BareManifest("tincan.xml" if TIN_CAN.search(begins) else "cmi5.xml", content)


def open_package(source: BinaryIO) -> FileTree:
    """Open an upload, a zip or a bare manifest; raises ArchiveRefused, or PackageRefused for what is neither."""
    return open_bare(source) or open_zip(source)


def _as_text(head: bytes) -> str:
    wide = head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    return head.decode("utf-16" if wide else "utf-8", errors="replace")
