"""The record store's two blueprints, for programs and for people, and what every answer to a program carries."""

from http import HTTPStatus

import msgspec
from flask import Blueprint, Response, g, request
from werkzeug.exceptions import HTTPException

from lms.kernel import clock
from lms.kernel.errors import DomainError, TooMany
from lms.lrs.formats.words import write_timestamp
from lms.lrs.queries.statements import SETTLED_AFTER
from lms.lrs.values import Version

programs = Blueprint("xapi", __name__)
pages = Blueprint("lrs", __name__, template_folder="../templates")

_SENT = (
    "Authorization, Content-Type, If-Match, If-None-Match, Accept-Language, X-Experience-API-Version,"
    " X-Experience-API-Hash"
)
_SHOWN = "ETag, Last-Modified, X-Experience-API-Version, X-Experience-API-Consistent-Through"
PREFLIGHT_SECONDS = 7200


@programs.after_request
def add_headers(response: Response) -> Response:
    """Add what xAPI wants of every answer, and let pages of other origins read it: no cookie has any part in it."""
    version = g.get("xapi_version") or Version.TWO
    response.headers["X-Experience-API-Version"] = version.value
    through = g.get("consistent_through") or clock.now() - SETTLED_AFTER
    response.headers["X-Experience-API-Consistent-Through"] = write_timestamp(through)
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Access-Control-Expose-Headers"] = _SHOWN
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.headers["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'"
    if request.method == "OPTIONS":
        response.headers["Access-Control-Allow-Methods"] = "GET, HEAD, PUT, POST, DELETE"
        response.headers["Access-Control-Allow-Headers"] = _SENT
        response.headers["Access-Control-Max-Age"] = str(PREFLIGHT_SECONDS)
    return response


@programs.errorhandler(DomainError)
def answer_refusal(error: DomainError) -> Response:
    """Say in JSON what a program did wrong."""
    response = _say(error.status, error.code, error.message)
    if isinstance(error, TooMany):
        response.headers["Retry-After"] = str(error.retry_after_seconds)
    return response


@programs.errorhandler(HTTPException)
def answer_http_error(error: HTTPException) -> Response:
    """Say in JSON that a resource does not take this request."""
    status = HTTPStatus(error.code or HTTPStatus.INTERNAL_SERVER_ERROR)
    return _say(status, status.phrase.lower().replace(" ", "-"), status.phrase)


def _say(status: HTTPStatus, code: str, message: str) -> Response:
    body = msgspec.json.encode({"error": code, "message": message or status.phrase})
    return Response(body, status, mimetype="application/json")
