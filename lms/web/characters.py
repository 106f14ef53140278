"""Characters that no database of ours keeps: refused or taken out here, before a view or a query meets them.

In a form the field is told of it: `check` takes them out of what was posted, the form finds fault with the fields by
`told`, and `settle` refuses what no form has told. Names of files lose them, and whatever turns text around, at once.
"""

import re
from collections.abc import Callable, Iterator
from http import HTTPStatus
from typing import Any, Final

from flask import Request, Response, g
from flask_babel import gettext as _
from werkzeug.datastructures import ImmutableMultiDict

from lms.kernel.errors import DomainError, NotFound
from lms.kernel.lines import cleaned

# PostgreSQL stores no zero byte in a text, and half a surrogate pair is no text in any encoding.
UNKEPT: Final = re.compile("[\0\ud800-\udfff]")


def check(request: Request, *, body: bool) -> None:
    """Raise NotFound for such a character in the address, DomainError for one in what was asked or in JSON.

    `body` says whether the request's form, files and JSON are read too. What was posted goes on without them.
    """
    g.untold = set()
    if UNKEPT.search(request.path):
        raise NotFound
    for name, text in _texts(request, body=body):
        if UNKEPT.search(name) or UNKEPT.search(text):
            raise _refusal(name)
    if body:
        _clean(request)


def _clean(request: Request) -> None:
    """Take them out of a form, remembering where they stood, and out of the names of files."""
    found = {name for name, text in request.form.items(multi=True) if UNKEPT.search(text)}
    if found:
        sent = [(name, UNKEPT.sub("", text)) for name, text in request.form.items(multi=True)]
        request.form = ImmutableMultiDict(sent)
        g.untold = found
    for upload in request.files.values():
        upload.filename = cleaned(upload.filename or "")


def told(is_theirs: Callable[[str], bool]) -> bool:
    """Return whether such a character stood in a field that is somebody's to tell; from then on it counts as told."""
    theirs = {name for name in g.get("untold", ()) if is_theirs(name)}
    g.untold = g.get("untold", set()) - theirs
    return bool(theirs)


def settle(answer: Response) -> Response:
    """Return an answer; DomainError if it would store a text without a character of which nobody was told."""
    if answer.status_code < HTTPStatus.BAD_REQUEST and g.untold:
        raise _refusal(min(g.untold))
    return answer


def _texts(request: Request, *, body: bool) -> Iterator[tuple[str, str]]:
    yield from request.args.items(multi=True)
    if not body:
        return
    for name in (*request.form, *request.files):
        yield name, name
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
