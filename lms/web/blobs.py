"""Stored bytes as an answer: ranges for video, text packed, an entity tag from the hash, no guessing by the browser."""

from typing import Final

from flask import Response, request
from werkzeug.wsgi import wrap_file

from lms.kernel import files

PLACE: Final = "X-Guildhall-File"
"""Where the body lies on this machine: said to who hands it out (`lms.app.content_files`), and never sent."""
PACKED_LEAST, PACKED_MOST = 1_000, 5_000_000
TEXTS: Final = frozenset(
    {
        "application/javascript",
        "application/json",
        "application/xml",
        "application/xhtml+xml",
        "image/svg+xml",
    }
)


def send_blob(sha256: str, *, size_bytes: int, media_type: str, max_age_seconds: int) -> Response:
    """Return a stored blob, whole or the range asked for (RFC 9110 §14); NotFound if the storage lacks it."""
    return _send(files.blob_key(sha256), sha256, size_bytes, media_type, max_age_seconds)


def send_lasting(sha256: str, *, size_bytes: int, media_type: str, max_age_seconds: int) -> Response:
    """Return a stored blob that never changes under its address, so that the answer may be given again.

    Text goes packed (gzip) to who takes it and asks for no range. `PLACE` says where the body lies.
    """
    is_text = media_type.startswith("text/") or media_type in TEXTS
    may_pack = is_text and PACKED_LEAST <= size_bytes <= PACKED_MOST
    key, etag = files.blob_key(sha256), sha256
    packs = may_pack and "Range" not in request.headers and request.accept_encodings["gzip"] > 0
    if packs:
        (key, size_bytes), etag = files.pack(sha256), f"{sha256}-gzip"
    response = _send(key, etag, size_bytes, media_type, max_age_seconds)
    if packs:
        response.content_encoding = "gzip"
    if may_pack:
        response.vary.add("Accept-Encoding")
    if (path := files.local_path(key)) is not None:
        response.headers[PLACE] = str(path)
    return response


def _send(key: str, etag: str, size_bytes: int, media_type: str, max_age_seconds: int) -> Response:
    reader = files.open_key(key)
    response = Response(
        wrap_file(request.environ, reader, files.CHUNK_BYTES), mimetype=media_type, direct_passthrough=True
    )
    response.content_length = size_bytes
    response.set_etag(etag)
    response.cache_control.private = True
    response.cache_control.max_age = max_age_seconds
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.make_conditional(request, accept_ranges=True, complete_length=size_bytes)
    return response
