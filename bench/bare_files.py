"""The bare file server that the content origin is compared with: one file, handed to gunicorn as it lies there."""

import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any


def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Answer every request with the file that BARE_FILE names."""
    path = Path(os.environ["BARE_FILE"])
    size = path.stat().st_size
    start_response("200 OK", [("Content-Type", "text/javascript"), ("Content-Length", str(size))])
    wrapped: Iterable[bytes] = environ["wsgi.file_wrapper"](path.open("rb"))
    return wrapped
