"""How much a request may bring: said by its route, refused before it is read, and so that a browser shows why."""

import contextlib
import time
from typing import Any

from flask import request
from flask_babel import gettext as _

from lms.kernel.errors import LengthRequired, TooLarge
from lms.web.access import Access
from lms.web.context import write_filesize

FORM_BYTES = 6_000_000
"""A form without a file: the longest text that we take, percent-encoded."""
ROOM_BYTES = 1_000_000
"""What a form brings beside its file."""
PIECE_BYTES = 1 << 16
MULTIPART = "multipart/form-data"
LINGER_SECONDS = 5.0


def limit(said: Access) -> None:
    """Bound what may be read of this request.

    TooLarge at once if it says that it brings more; LengthRequired if it does not say, and is no upload.
    """
    is_multipart = request.mimetype == MULTIPART
    # Only the parts of a multipart form go to the disk; everything else is read into memory.
    brings_files = said.upload_bytes > 0 and is_multipart
    most = said.upload_bytes + ROOM_BYTES if brings_files else said.body_bytes or FORM_BYTES
    request.max_content_length = most
    if request.content_length is not None and request.content_length > most:
        raise TooLarge(too_large())
    if "Transfer-Encoding" in request.headers and not is_multipart:
        # Read without a length it would be cut at the limit, and what is left would count as the whole.
        raise LengthRequired(_("This request must say how long it is (Content-Length)."))


def takes_long(said: Access) -> bool:
    """Return whether this request may bring a file that is minutes on its way."""
    brings_files = said.upload_bytes > 0 and request.mimetype == MULTIPART
    return brings_files and (request.content_length is None or request.content_length > PIECE_BYTES)


def too_large() -> str:
    """Return what somebody is told whose request is more than this route takes."""
    most = request.max_content_length or FORM_BYTES
    limit_bytes = most - ROOM_BYTES if most > FORM_BYTES else most
    return _(
        "This is larger than this page takes: at most %(limit)s. Nothing was stored. Go back and choose a"
        " smaller file.",
        limit=write_filesize(limit_bytes),
    )


def linger(environ: dict[str, Any]) -> None:
    """Read on for a while what a refused client is still sending, and drop it.

    Closing with unread bytes makes the kernel reset the connection, and a browser that is still sending shows
    that instead of our answer (RFC 9112 §9.6). It has the whole answer by now, so this costs only time, and not
    much of it.
    """
    connection = environ.get("gunicorn.socket")
    if connection is None or environ["REQUEST_METHOD"] in {"GET", "HEAD", "OPTIONS"}:
        return
    deadline = time.monotonic() + LINGER_SECONDS
    with contextlib.suppress(OSError, ValueError):
        while (left := deadline - time.monotonic()) > 0:
            connection.settimeout(left)
            if not environ["wsgi.input"].read(PIECE_BYTES):
                break
    with contextlib.suppress(OSError):
        connection.settimeout(None)
