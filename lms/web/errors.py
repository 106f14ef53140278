"""Errors as answers: one page and one problem+json (RFC 9457) for everything that goes wrong."""

from http import HTTPStatus
from typing import Final
from urllib.parse import urlsplit

import orjson
import structlog
from flask import Flask, Response, current_app, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from lms.kernel.actor import current
from lms.kernel.errors import DomainError, NotSignedIn, Stale, TooMany
from lms.web import access, bodies, security
from lms.web.forms import Form
from lms.web.words import said

log = structlog.get_logger(__name__)

REFUSED: Final = (HTTPStatus.CONFLICT, HTTPStatus.UNPROCESSABLE_ENTITY)
FORM_TYPE: Final = "application/x-www-form-urlencoded"
FORM_BYTES: Final = 2_000_000
"""Up to how many bytes a form is still read once it is refused, to see what somebody typed."""
"""What somebody may change and send again."""


def install(app: Flask) -> None:
    """Let every error of the application be answered here."""
    app.register_error_handler(DomainError, answer_domain_error)
    app.register_error_handler(CSRFError, _answer_csrf_error)
    app.register_error_handler(HTTPException, _answer_http_error)
    app.register_error_handler(Exception, _answer_unexpected)


def answer(
    status: HTTPStatus,
    code: str,
    message: str,
    *,
    fields: dict[str, str] | None = None,
    sign_in_url: str = "",
    is_stale: bool = False,
    is_form_kept: bool = False,
) -> Response:
    """Return one error as what the client reads: a page, which may lead to the sign-in form, or problem+json.

    `is_stale` tells a conflict in which something changed since it was looked at from one in which it merely stands so;
    `is_form_kept`, that the browser shall keep what was typed until the form is opened again.
    """
    text = said(message) or _default_message(status)
    if wants_json():
        body = {
            "type": f"urn:guildhall:problem:{code}",
            "title": status.phrase,
            "status": int(status),
            "detail": text,
            "instance": request.path,
            "request_id": current().request_id,
        }
        if fields:
            body["errors"] = [{"field": name, "detail": said(what)} for name, what in fields.items()]
        return Response(orjson.dumps(body), status, mimetype="application/problem+json")
    page = render_template(
        "base/error.html",
        status=int(status),
        title=_("Changed meanwhile") if is_stale else _title(status),
        message=text,
        fields=fields or {},
        sign_in_url=sign_in_url,
        is_form_kept=is_form_kept,
        again_url=_page_of_the_form() if status in REFUSED else "",
        typed=_typed() if status in {*REFUSED, HTTPStatus.BAD_REQUEST} and not is_form_kept else [],
    )
    return Response(page, status, mimetype="text/html")


def _typed() -> list[str]:
    """Return the texts that a refused form brought, to be copied: its page may be drawn anew without them."""
    posted = _posted()
    if posted is None:
        return []
    return [
        text for name, text in posted.items(multi=True) if "password" not in name and len(text.split()) > 1
    ]


def refuse(form: Form) -> Response:
    """Return what a form lacks to a page's script, field by field."""
    named = {field.name: str(field.errors[0]) for field in form if field.errors}
    return answer(HTTPStatus.UNPROCESSABLE_ENTITY, "invalid", "", fields=named)


def wants_json() -> bool:
    """Return whether who asks is a program and not somebody who reads a page."""
    if request.path.startswith(("/api/", "/xapi/")) or request.is_json or request.path.endswith(".json"):
        return True
    best = request.accept_mimetypes.best_match(("text/html", "application/json", "application/problem+json"))
    return best is not None and best != "text/html"


def answer_domain_error(error: DomainError) -> Response:
    """Return an error of ours as an answer; who is not signed in is led there and back."""
    if isinstance(error, NotSignedIn) and not wants_json():
        here = request.full_path.rstrip("?") if request.method in security.SAFE_METHODS else None
        if here is None:
            return _answer_lost_session()
        return Response(status=303, headers={"Location": url_for("identity.sign_in", next=here)})
    response = answer(
        error.status, error.code, error.message, fields=dict(error.fields), is_stale=isinstance(error, Stale)
    )
    if isinstance(error, TooMany):
        response.headers["Retry-After"] = str(error.retry_after_seconds)
    return response


def _posted() -> MultiDict[str, str] | None:
    """Return the form that was posted; None of a file that was not read yet, and is not read to be refused."""
    is_small = request.content_length is not None and request.content_length <= FORM_BYTES
    is_read = "form" in vars(request)
    return request.form if is_read or (is_small and request.mimetype == FORM_TYPE) else None


def _answer_lost_session() -> Response:
    """Say to somebody whose form came without a session that nothing is lost, and where to go on."""
    posted = _posted()
    if posted is not None and not any(
        text.strip() for name, text in posted.items() if name not in security.FORM_TOKENS
    ):
        return answer(
            HTTPStatus.UNAUTHORIZED,
            "not-signed-in",
            _(
                "You are no longer signed in, so nothing was stored. Sign in, which leads back to the page that you"
                " came from, and press the button there once more."
            ),
            sign_in_url=url_for("identity.sign_in", next=_page_of_the_form()),
            is_form_kept=False,
        )
    message = _(
        "You are no longer signed in, so nothing was stored. What you typed is still in your browser: its Back"
        " button leads to it. Sign in first, which opens a page of its own; then go back here and send it again."
    )
    return answer(
        HTTPStatus.UNAUTHORIZED,
        "not-signed-in",
        message,
        sign_in_url=url_for("identity.sign_in", next=_page_of_the_form()),
        is_form_kept=True,
    )


def _page_of_the_form() -> str:
    """Return the address of our page that sent this form, as the browser says; the home page if it does not."""
    sent_from = urlsplit(request.headers.get("Referer", ""))
    if f"{sent_from.scheme}://{sent_from.netloc}" != f"{request.scheme}://{request.host}":
        return "/"
    return f"{sent_from.path}?{sent_from.query}" if sent_from.query else sent_from.path


def _is_for_members() -> bool:
    said = access.access_of(current_app.view_functions[request.endpoint]) if request.endpoint else None
    return said is not None and not said.public


def _answer_csrf_error(_error: CSRFError) -> Response:
    if "_user_id" not in session and _is_for_members():
        return _answer_lost_session()
    return answer(
        HTTPStatus.BAD_REQUEST,
        "stale-form",
        _(
            "This page had been open since before you last signed in or out. Go back, reload it and send it again."
        ),
        is_form_kept=True,
    )


def _answer_http_error(error: HTTPException) -> Response:
    if isinstance(error, RequestEntityTooLarge):
        return answer(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too-large", bodies.too_large())
    if error.code is None or error.code < HTTPStatus.BAD_REQUEST:
        return redirect(getattr(error, "new_url", "/"), code=error.code or 302)  # type: ignore[return-value]
    status = HTTPStatus(error.code)
    response = answer(status, status.phrase.lower().replace(" ", "-"), "")
    if error.code == HTTPStatus.METHOD_NOT_ALLOWED:
        response.headers["Allow"] = ", ".join(getattr(error, "valid_methods", None) or ())
    return response


def _answer_unexpected(error: Exception) -> Response:
    log.error("request.failed", exc_info=error, method=request.method, path=request.path)
    if isinstance(error, OperationalError):
        return answer(
            HTTPStatus.SERVICE_UNAVAILABLE,
            "database-unavailable",
            _("The database does not answer. Nothing was changed. Try again in a moment."),
        )
    return answer(
        HTTPStatus.INTERNAL_SERVER_ERROR,
        "unexpected",
        _(
            "This page met an error that we did not foresee. Nothing was changed. Tell your administrator this"
            " number and what you were doing: %(id)s.",
            id=current().request_id,
        ),
    )


def _title(status: HTTPStatus) -> str:
    titles = {
        HTTPStatus.NOT_FOUND: _("Not found"),
        HTTPStatus.UNAUTHORIZED: _("Not signed in"),
        HTTPStatus.FORBIDDEN: _("Not allowed"),
        HTTPStatus.CONFLICT: _("Not possible as it stands"),
        HTTPStatus.UNPROCESSABLE_ENTITY: _("Something here needs a change"),
        HTTPStatus.TOO_MANY_REQUESTS: _("Too many tries"),
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE: _("Too large"),
        HTTPStatus.SERVICE_UNAVAILABLE: _("Not available now"),
        HTTPStatus.INTERNAL_SERVER_ERROR: _("An error on our side"),
    }
    return titles.get(status, _("This cannot be answered"))


def _default_message(status: HTTPStatus) -> str:
    messages = {
        HTTPStatus.NOT_FOUND: _("There is nothing at this address, or nothing that you may see."),
        HTTPStatus.FORBIDDEN: _("Your roles do not allow this. Your administrator can change them."),
        HTTPStatus.METHOD_NOT_ALLOWED: _("This address does not take that kind of request."),
        HTTPStatus.TOO_MANY_REQUESTS: _("Wait a minute, then try again."),
        HTTPStatus.CONFLICT: _("This cannot be done as things stand. Reload the page and look again."),
        HTTPStatus.UNPROCESSABLE_ENTITY: _(
            "Nothing was stored. Change what is named here, and send it again."
        ),
        HTTPStatus.BAD_REQUEST: _("The request was not complete. Go back, reload the page and try again."),
    }
    return messages.get(
        status, _("The request could not be answered. Go back, reload the page and try again.")
    )
