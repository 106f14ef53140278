"""A package's files, given out without Flask once it has answered the same question before.

A revision never changes and a link says how long it is good for, so an answer may be given again to whoever has a link
that is still good. Everything unusual (ranges, conditions but the plain one, odd addresses) is Flask's, as is the first
answer, whose status and headers are what is given again.
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final, NamedTuple
from uuid import UUID

from werkzeug.wsgi import wrap_file

from lms.kernel import clock, files
from lms.web.blobs import PLACE
from lms.web.content_links import OWN_FOLDER, good_until

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
Headers = list[tuple[str, str]]

LINKS_MOST: Final = 10_000
ANSWERS_MOST: Final = 5_000
UNUSUAL: Final = frozenset(
    {"HTTP_RANGE", "HTTP_IF_RANGE", "HTTP_IF_MATCH", "HTTP_IF_MODIFIED_SINCE", "HTTP_IF_UNMODIFIED_SINCE"}
    | {"HTTP_SERVICE_WORKER", "HTTP_TRANSFER_ENCODING"}
)
_Key = tuple[UUID, str, str, bool]


class _Answer(NamedTuple):
    headers: Headers
    etag: str
    path: Path


class KeptAnswers:
    """The content origin, quicker: the same question by anybody with a good link gets the same answer."""

    def __init__(self, content: Wsgi, secret_key: str) -> None:
        self._content, self._secret_key = content, secret_key
        self._links: dict[str, tuple[UUID, datetime]] = {}
        self._answers: dict[_Key, _Answer] = {}

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer as Flask does, or has done."""
        key = self._key(environ)
        if key is None:
            return self._content(environ, _without(start_response))
        kept = self._answers.get(key)
        if kept is None:
            return self._content(environ, self._keeping(key, start_response))
        if environ.get("HTTP_IF_NONE_MATCH") == kept.etag:
            unsaid = {"Content-Length", "Content-Type"}
            start_response("304 NOT MODIFIED", [one for one in kept.headers if one[0] not in unsaid])
            return []
        try:
            body = kept.path.open("rb")
        except FileNotFoundError:
            # Another thread may have found the same.
            self._answers.pop(key, None)
            return self._content(environ, _without(start_response))
        start_response("200 OK", kept.headers)
        return wrap_file(environ, body, files.CHUNK_BYTES)

    def _key(self, environ: dict[str, Any]) -> _Key | None:
        """Return what the answer depends on: revision, path, host and whether it may be packed; None if more."""
        if environ["REQUEST_METHOD"] != "GET" or not UNUSUAL.isdisjoint(environ):
            return None
        path: str = environ["PATH_INFO"]
        token, _slash, name = path[1:].partition("/")
        revision = self._revision(token)
        if (
            revision is None
            or not name
            or name.startswith(OWN_FOLDER)
            or "%" in environ.get("QUERY_STRING", "")
        ):
            return None
        packed = "gzip" in environ.get("HTTP_ACCEPT_ENCODING", "")
        return revision, name, environ.get("HTTP_HOST", ""), packed

    def _revision(self, token: str) -> UUID | None:
        known = self._links.get(token)
        if known is None:
            known = good_until(token, self._secret_key)
            if known is None:
                return None
            if len(self._links) >= LINKS_MOST:
                self._links.clear()
            self._links[token] = known
        revision, until = known
        return revision if clock.now() < until else None

    def _keeping(self, key: _Key, start_response: Callable[..., Any]) -> Callable[..., Any]:
        def start(status: str, headers: Headers, *rest: Any) -> Any:
            said = dict(headers)
            path = said.pop(PLACE, "")
            if int(status[:3]) == HTTPStatus.OK and path and "ETag" in said:
                if len(self._answers) >= ANSWERS_MOST:
                    self._answers.clear()
                shown = [one for one in headers if one[0] not in {PLACE, "Date"}]
                self._answers[key] = _Answer(shown, said["ETag"], Path(path))
            return start_response(status, [one for one in headers if one[0] != PLACE], *rest)

        return start


def _without(start_response: Callable[..., Any]) -> Callable[..., Any]:
    def start(status: str, headers: Headers, *rest: Any) -> Any:
        return start_response(status, [one for one in headers if one[0] != PLACE], *rest)

    return start
