"""What a request must look like before any view sees it, and the headers every answer carries.

The rules are those of docs/decisions/0002-content-origin.md: packages run on another origin of the same
machine, so neither SameSite nor the host's name is trusted to tell our own pages from theirs.
"""

import secrets
from urllib.parse import urlsplit

from flask import Flask, Request, Response, after_this_request, current_app, g, request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFProtect

from lms.kernel.errors import DomainError, Forbidden
from lms.web.access import Access

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
COOKIELESS = ("/xapi/",)
"""Addresses of programs alone. What is found here must say so of its access, and the other way round."""
FORM_TOKENS = frozenset({"csrf_token", "key"})
"""What a form brings by itself: nobody typed it."""
LOOPBACK = ("localhost", "127.0.0.1", "[::1]")

csrf = CSRFProtect()


def install(app: Flask) -> None:
    """Give the application its token check and its headers."""
    app.config.setdefault("WTF_CSRF_CHECK_DEFAULT", False)
    app.config.setdefault("WTF_CSRF_TIME_LIMIT", None)
    # The check of Origin below is stricter than Flask-WTF's of the Referer, which our policy withholds.
    app.config.setdefault("WTF_CSRF_SSL_STRICT", False)
    csrf.init_app(app)
    app.session_interface = CarefulSessions()
    app.after_request(_add_headers)


def check_request(access: Access) -> None:
    """Refuse a request that another site, or a package on the content origin, may have caused."""
    _check_host(request)
    if access.by_token or access.cookieless:
        return
    _check_cookies(request)
    if request.method in SAFE_METHODS:
        _check_fetch_metadata(request, access)
    else:
        _check_origin(request)
        csrf.protect()


def portal_origins() -> tuple[str, ...]:
    """Return the origins under which this portal answers, the first being the one we name to others."""
    origins: tuple[str, ...] = current_app.config["LMS_PORTAL_ORIGINS"]
    return origins


def content_origin() -> str:
    """Return the content origin that belongs to the host this request came to; it may hold `{package}`."""
    chosen: str | None = current_app.config["LMS_CONTENT_URL"]
    if chosen:
        return chosen.rstrip("/")
    host = urlsplit(f"//{request.host}").hostname or "127.0.0.1"
    return f"http://{host}:{current_app.config['LMS_CONTENT_PORT']}"


def csp_nonce() -> str:
    """Return this answer's nonce."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    nonce: str = g.csp_nonce
    return nonce


def _own_origin(wanted: Request) -> str:
    return f"{wanted.scheme}://{wanted.host}"


def _check_host(wanted: Request) -> None:
    if _own_origin(wanted) not in portal_origins():
        raise DomainError(_("This address is not one this portal answers under."))


def _check_cookies(wanted: Request) -> None:
    if _brings_two_sessions(current_app, wanted):
        after_this_request(_drop_planted_cookies)
        raise DomainError(_("Two sign-ins came with this request, one of them not from us. Reload the page."))


def _brings_two_sessions(app: Flask, wanted: Request) -> bool:
    name = app.config["SESSION_COOKIE_NAME"]
    parts = wanted.headers.get("Cookie", "").split(";")
    return sum(part.strip().startswith(f"{name}=") for part in parts) > 1


def _drop_planted_cookies(response: Response) -> Response:
    """Take back every cookie of the session's name but our own, which is of this host alone and of every path."""
    name, host = current_app.config["SESSION_COOKIE_NAME"], request.host.partition(":")[0]
    steps = request.path.strip("/").split("/")
    for path in ["/", *["/" + "/".join(steps[: number + 1]) for number in range(len(steps))]]:
        # A browser takes a domain that is a number, or has no dot, for the host alone: that is our own.
        if "." in host and not host.replace(".", "").isdigit():
            response.delete_cookie(name, path=path, domain=host)
        if path != "/":
            response.delete_cookie(name, path=path)
    return response


class CarefulSessions(SecureCookieSessionInterface):
    """Flask's signed sessions, which touch nothing when two came: whoever planted one shall not end the other."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """Return the session of the one cookie there is; an empty one if there are two, and for programs."""
        if request.path.startswith(COOKIELESS) or _brings_two_sessions(app, request):
            return self.session_class()
        return super().open_session(app, request)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Write the session back, unless two came; never to a program."""
        if not request.path.startswith(COOKIELESS) and not _brings_two_sessions(app, request):
            super().save_session(app, session, response)


def _check_fetch_metadata(wanted: Request, access: Access) -> None:
    site = wanted.headers.get("Sec-Fetch-Site")
    if site not in {"same-site", "cross-site"} or access.cross_site:
        return
    is_navigation = (
        wanted.headers.get("Sec-Fetch-Mode") == "navigate"
        and wanted.headers.get("Sec-Fetch-Dest") == "document"
    )
    if not is_navigation:
        raise Forbidden(_("Another site asked for this page."))


def _check_origin(wanted: Request) -> None:
    origin = wanted.headers.get("Origin")
    if origin is None:
        if (
            wanted.headers.get("Sec-Fetch-Site", "same-origin" if _is_not_a_browser(wanted) else "")
            != "same-origin"
        ):
            raise Forbidden(_("Another site sent this form."))
    elif origin != _own_origin(wanted):
        raise Forbidden(_("Another site sent this form."))


def _is_not_a_browser(wanted: Request) -> bool:
    # Every browser that we support sends Origin or Sec-Fetch-Site with a POST. A program that sends neither
    # is held by the token in the session alone, which no other page can read or plant.
    return not any(name.startswith("Sec-") for name in wanted.headers.keys())  # noqa: SIM118  EnvironHeaders


def _add_headers(response: Response) -> Response:
    if "Content-Security-Policy" not in response.headers:
        response.headers["Content-Security-Policy"] = _content_policy()
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "same-origin")
    response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
    response.headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
    if request.is_secure:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    if "Cache-Control" not in response.headers:
        response.headers["Cache-Control"] = "no-store"
    return response


def _content_policy() -> str:
    frames = (
        content_origin().replace("{package}", "*") if "LMS_CONTENT_PORT" in current_app.config else "'none'"
    )
    return (
        "default-src 'none'; "
        f"script-src 'nonce-{csp_nonce()}' 'strict-dynamic'; "
        "style-src 'self'; img-src 'self' data:; font-src 'self'; media-src 'self'; "
        "connect-src 'self'; manifest-src 'self'; worker-src 'self'; "
        f"frame-src {frames}; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
