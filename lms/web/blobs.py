"""Stored bytes as an answer: ranges for video, an entity tag from the hash, and no guessing by the browser."""

from flask import Response, request
from werkzeug.wsgi import wrap_file

from lms.kernel import files


def send_blob(sha256: str, *, size_bytes: int, media_type: str, max_age_seconds: int) -> Response:
    """Return a stored blob, whole or the range asked for (RFC 9110 §14); NotFound if the storage lacks it."""
    reader = files.open_blob(sha256)
    response = Response(
        wrap_file(request.environ, reader, files.CHUNK_BYTES), mimetype=media_type, direct_passthrough=True
    )
    response.content_length = size_bytes
    response.set_etag(sha256)
    response.cache_control.private = True
    response.cache_control.max_age = max_age_seconds
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.make_conditional(request, accept_ranges=True, complete_length=size_bytes)
    return response
