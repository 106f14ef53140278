"""One uploaded file as a tree of one, as the readers of files want it."""

import io
from typing import BinaryIO

from lms.courses.formats import media


class OneFile:
    """An uploaded file as a tree of one, as the readers of files want it."""

    notes: tuple[str, ...] = ()

    def __init__(self, name: str, upload: BinaryIO) -> None:
        self._name = name
        self._upload = upload

    def names(self) -> tuple[str, ...]:
        """Return its name."""
        return (self._name,)

    def size(self, name: str) -> int:  # noqa: ARG002  there is only one
        """Return its bytes."""
        return self._upload.seek(0, io.SEEK_END)

    def open(self, name: str) -> BinaryIO:  # noqa: ARG002  there is only one
        """Open its beginning: as much as a picture may have, and enough to tell what anything else is."""
        self._upload.seek(0)
        return io.BytesIO(self._upload.read(media.PICTURE_BYTES))
