"""A cmi5.xml on its own, as a tree of one file."""

import io
from typing import BinaryIO, Final

from lms.kernel.archives import FileTree, open_zip

BEGINS: Final = (b"<", b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b" ", b"\t", b"\r", b"\n")
MOST_BYTES: Final = 50 << 20


class BareCourse:
    """The one file there is; what it refers to lies elsewhere."""

    notes: tuple[str, ...] = ()

    def __init__(self, content: bytes) -> None:
        self._content = content

    def names(self) -> tuple[str, ...]:
        """Return its name."""
        return ("cmi5.xml",)

    def size(self, name: str) -> int:
        """Return its bytes."""
        del name
        return len(self._content)

    def open(self, name: str) -> BinaryIO:
        """Open it."""
        del name
        return io.BytesIO(self._content)


def open_package(source: BinaryIO) -> FileTree:
    """Open an upload, a zip or a bare cmi5.xml; raises ArchiveRefused."""
    source.seek(0)
    head = source.read(4)
    source.seek(0)
    if not head.startswith(BEGINS):
        return open_zip(source)
    content = source.read(MOST_BYTES + 1)
    source.seek(0)
    return BareCourse(content)
