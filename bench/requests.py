"""Requests as a server makes them, and what the process spends on one: processor time, never the clock on the wall."""

import gc
import io
import statistics
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlencode

from flask import Flask
from sqlalchemy import Engine, event

HOST, PORT = "127.0.0.1", 8000
WARM_UP = 40
ROUNDS = 3
SPEND_SECONDS = 0.5
"""How long one round of a figure is measured for, in processor time; at least `FEWEST` times and at most `MOST`."""
FEWEST, MOST = 7, 200

Environ = Mapping[str, Any]


def get(path: str, cookie: str = "") -> Environ:
    """Return what gunicorn hands over for a GET by a browser."""
    return {
        "REQUEST_METHOD": "GET",
        "SCRIPT_NAME": "",
        "PATH_INFO": path.partition("?")[0],
        "QUERY_STRING": path.partition("?")[2],
        "RAW_URI": path,
        "SERVER_NAME": HOST,
        "SERVER_PORT": str(PORT),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "SERVER_SOFTWARE": "gunicorn",
        "REMOTE_ADDR": HOST,
        "REMOTE_PORT": "40000",
        "HTTP_HOST": f"{HOST}:{PORT}",
        "HTTP_COOKIE": cookie,
        "HTTP_USER_AGENT": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36",
        "HTTP_ACCEPT": "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8",
        "HTTP_ACCEPT_LANGUAGE": "en-GB,en;q=0.9,de;q=0.6",
        "HTTP_ACCEPT_ENCODING": "gzip, deflate, br, zstd",
        "HTTP_SEC_FETCH_SITE": "same-origin",
        "HTTP_SEC_FETCH_MODE": "navigate",
        "HTTP_SEC_FETCH_DEST": "document",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }


def post(path: str, cookie: str, form: Mapping[str, str]) -> Environ:
    """Return what gunicorn hands over for what a script of our page sends."""
    body = urlencode(form).encode()
    return {
        **get(path, cookie),
        "REQUEST_METHOD": "POST",
        "CONTENT_TYPE": "application/x-www-form-urlencoded",
        "CONTENT_LENGTH": str(len(body)),
        "HTTP_ORIGIN": f"http://{HOST}:{PORT}",
        "HTTP_ACCEPT": "application/json",
        "HTTP_SEC_FETCH_MODE": "cors",
        "HTTP_SEC_FETCH_DEST": "empty",
        "body": body,
    }


CSRF = "f" * 40


def cookie_of(portal: Any, token: str) -> str:
    """Return the cookie of the session whose token this is."""
    signer = portal.session_interface.get_signing_serializer(portal)
    kept = {"_user_id": token, "_fresh": True, "csrf_token": CSRF}
    return f"{portal.config['SESSION_COOKIE_NAME']}={signer.dumps(kept)}"


class RefusedError(Exception):
    """The application did not answer as it should."""


def answer(app: Flask, environ: Environ) -> bytes:
    """Return the body of what `app` answers; RefusedError for any status but 200."""
    said: list[str] = []

    def start_response(
        status: str, _headers: list[tuple[str, str]], *_rest: object
    ) -> Callable[[bytes], object]:
        said.append(status)
        return lambda _chunk: None  # the write() of old, which nobody calls

    given = dict(environ)
    given["wsgi.input"] = io.BytesIO(given.pop("body", b""))
    given["wsgi.errors"] = io.StringIO()
    chunks: Any = app(given, start_response)
    try:
        body = b"".join(chunks)
    finally:
        if hasattr(chunks, "close"):
            chunks.close()
    if not said or not said[0].startswith("200"):
        raise RefusedError(f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}: {said[:1]} {body[:400]!r}")
    return body


def cpu_ms(work: Callable[[], object], *, before: Callable[[], object] = lambda: None) -> float:
    """Return the median of what one call of `work` costs this process, in milliseconds of processor time.

    It is that of the cheapest of three rounds: who else is on the machine takes caches and clock away and never gives
    any. `before` runs ahead of every call and is not counted.
    """
    for _time in range(WARM_UP):
        before()
        work()
    return min(_round(work, before) for _round_number in range(ROUNDS)) / 1e6


def _round(work: Callable[[], object], before: Callable[[], object]) -> float:
    gc.collect()
    spent: list[int] = []
    while len(spent) < FEWEST or (sum(spent) < SPEND_SECONDS * 1e9 and len(spent) < MOST):
        before()
        began = time.process_time_ns()
        work()
        spent.append(time.process_time_ns() - began)
    return statistics.median(spent)


@contextmanager
def counting(engine: Engine) -> Iterator[list[str]]:
    """Yield the list that the statements of the block are written to, transaction words left out."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.lstrip().startswith(("PRAGMA", "BEGIN", "SAVEPOINT", "RELEASE")):
            seen.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)


def most_queries(engine: Engine, works: Iterable[Callable[[], object]]) -> int:
    """Return how many statements the hungriest of `works` takes."""
    counts = []
    for work in works:
        with counting(engine) as seen:
            work()
        counts.append(len(seen))
    return max(counts)
