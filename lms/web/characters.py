"""Characters that no database of ours keeps: refused here, before a view or a query meets them."""

import re
from collections.abc import Iterator
from typing import Any, Final

from flask import Request
from flask_babel import gettext as _

from lms.kernel.errors import DomainError, NotFound

# PostgreSQL stores no zero byte in a text, and half a surrogate pair is no text in any encoding.
UNKEPT: Final = re.compile("[\0\ud800-\udfff]")


def check(request: Request, *, body: bool) -> None:
    """Raise NotFound for such a character in the address, DomainError for one in what was asked or sent.

    `body` says whether the request's form, files and JSON are read too.
    """
    if UNKEPT.search(request.path):
        raise NotFound
    for name, text in _texts(request, body=body):
        if UNKEPT.search(name) or UNKEPT.search(text):
            raise _refusal(name)


def _texts(request: Request, *, body: bool) -> Iterator[tuple[str, str]]:
    yield from request.args.items(multi=True)
    if not body:
        return
    yield from request.form.items(multi=True)
    for name, upload in request.files.items(multi=True):
        yield name, upload.filename or ""
    if request.is_json:
        yield from _texts_in_json(request.get_json(silent=True))


def _texts_in_json(sent: Any) -> Iterator[tuple[str, str]]:
    """Yield every text of a JSON document with the key it stands under; without recursion, however deep it is."""
    left: list[tuple[str, Any]] = [("", sent)]
    while left:
        name, value = left.pop()
        if isinstance(value, str):
            yield name, value
        elif isinstance(value, dict):
            left.extend(value.items())
        elif isinstance(value, list):
            left.extend((name, one) for one in value)


def _refusal(name: str) -> DomainError:
    said = _("Here is a zero byte, or half a character.")
    return DomainError(
        _(
            "There is a character in this request that cannot be kept. Go back, take it out and send it again."
        ),
        fields={} if not name or UNKEPT.search(name) else {name[:80]: said},
    )
