"""The content origin's application: packages' own files, without session, cookie or any route of the portal."""

from collections.abc import Callable, Iterable, Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

import structlog
from flask import Flask, Response, render_template, request, send_from_directory
from flask.typing import ResponseReturnValue
from flask_babel import Babel
from werkzeug.exceptions import HTTPException

from lms.app.content_files import KeptAnswers, Wsgi
from lms.app.settings import Settings
from lms.kernel import files, uow
from lms.kernel.db import db, tune_engine
from lms.kernel.errors import DomainError, NotFound
from lms.packages import facade as packages
from lms.packages.values import RevisionId
from lms.web import characters
from lms.web.assets import asset, static_folder
from lms.web.blobs import send_lasting
from lms.web.content_links import LASTS_SECONDS, OWN_FOLDER, revision_of

log = structlog.get_logger(__name__)

YEAR_SECONDS = 31_536_000


def create_content_app(chosen: Settings) -> Flask:
    """Return the application that serves packages and nothing else."""
    app = Flask("lms.app.content", static_folder=None, template_folder="templates")
    app.config.update(
        SECRET_KEY=chosen.secret_key,
        SQLALCHEMY_DATABASE_URI=chosen.database_url,
        SQLALCHEMY_ENGINE_OPTIONS={"connect_args": {"check_same_thread": False}}
        if chosen.database_url.startswith("sqlite")
        else {"pool_size": chosen.threads + 1},
    )
    db.init_app(app)
    files.install(app, chosen.storage_url)
    Babel(app)  # type: ignore[no-untyped-call]  # Flask-Babel leaves it untyped
    with app.app_context():
        tune_engine(db.engine)
    _add_routes(app, chosen)
    _add_answers(app, chosen)
    app.wsgi_app = KeptAnswers(app.wsgi_app, chosen.secret_key)  # type: ignore[method-assign]  # as Flask's docs do
    return app


def _add_routes(app: Flask, chosen: Settings) -> None:
    """Add what there is: our player, where a unit is left, its built files, and a package's own."""

    @app.before_request
    def refuse_odd_requests() -> ResponseReturnValue | None:
        characters.check(request, body=False)
        # A worker would outlive the lesson and see every other package of this origin.
        if request.headers.get("Service-Worker") == "script" or request.method not in {"GET", "HEAD"}:
            return Response("refused\n", HTTPStatus.FORBIDDEN, mimetype="text/plain")
        return None

    @app.get(f"/<token>/{OWN_FOLDER}/player", defaults={"script": "scorm12.js"})
    @app.get(f"/<token>/{OWN_FOLDER}/player-2004", defaults={"script": "scorm2004.js"})
    def player(token: str, script: str) -> ResponseReturnValue:
        _revision(token, chosen)
        return render_template(
            "content/player.html",
            portal=_portal_origin(chosen),
            script=_own(script),
            style=_own("package_stage.css"),
        )

    @app.get(f"/<token>/{OWN_FOLDER}/left")
    def left(token: str) -> ResponseReturnValue:
        # Where a cmi5 unit goes when it is left: it tells the page around, which no package can frame.
        _revision(token, chosen)
        return render_template(
            "content/left.html",
            portal=_portal_origin(chosen),
            script=_own("left.js"),
            style=_own("package_stage.css"),
        )

    @app.get(f"/<token>/{OWN_FOLDER}/<name>")
    def own_file(token: str, name: str) -> ResponseReturnValue:
        _revision(token, chosen)
        if name not in {_own("scorm12.js"), _own("scorm2004.js"), _own("left.js"), _own("package_stage.css")}:
            raise NotFound
        return send_from_directory(static_folder() / "dist", name, max_age=YEAR_SECONDS)

    @app.get("/<token>/<path:path>")
    def package_file(token: str, path: str) -> ResponseReturnValue:
        revision_id = _revision(token, chosen)
        with uow.unit_of_work(read_only=True):
            found = packages.find_file(revision_id, path)
        if found is None:
            raise NotFound
        return send_lasting(
            found.sha256,
            size_bytes=found.size_bytes,
            media_type=found.media_type,
            max_age_seconds=LASTS_SECONDS,
        )


def _add_answers(app: Flask, chosen: Settings) -> None:
    """Add how errors are said and the headers that every answer carries."""

    @app.errorhandler(DomainError)
    @app.errorhandler(HTTPException)
    def answer_error(error: DomainError | HTTPException) -> ResponseReturnValue:
        if isinstance(error, HTTPException) and (error.code or 500) >= HTTPStatus.INTERNAL_SERVER_ERROR:
            log.error("content.failed", exc_info=getattr(error, "original_exception", None) or error)
        status = error.status if isinstance(error, DomainError) else HTTPStatus(error.code or 500)
        return Response(f"{status.phrase.lower()}\n", status, mimetype="text/plain")

    @app.after_request
    def add_headers(response: Response) -> Response:
        portal = _portal_origin(chosen)
        response.headers["Content-Security-Policy"] = (
            "default-src 'self' data: blob: 'unsafe-inline' 'unsafe-eval'; "
            f"connect-src 'self' {portal}/xapi/; form-action 'self'; base-uri 'self'; "
            # 'self' for the package's own frames: our player holds the lesson in one.
            f"frame-ancestors 'self' {portal}"
        )
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
        response.headers.pop("Set-Cookie", None)
        return response


def _own(name: str) -> str:
    return asset(name).rpartition("/")[2]


def _revision(token: str, chosen: Settings) -> RevisionId:
    found = revision_of(token, chosen.secret_key)
    if found is None:
        raise NotFound
    return RevisionId(found)


def _portal_origin(chosen: Settings) -> str:
    """Return the portal's origin as the person who plays this knows it."""
    if chosen.public_url is not None:
        return chosen.public_url
    return f"http://{urlsplit(f'//{request.host}').hostname}:{chosen.port}"


def dispatcher(chosen: Settings, portal: Wsgi, content: Wsgi) -> Wsgi:
    """Return the application that gives each request to the portal or to the content origin, never to both."""

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        meant = content if is_content_address(environ, chosen) else portal
        return meant(environ, start_response)

    return answer


def is_content_address(environ: Mapping[str, Any], chosen: Settings) -> bool:
    """Return whether a request came to the content origin: by its host's name, or by its port on loopback."""
    if chosen.content_url is None:
        return environ.get("SERVER_PORT") == str(chosen.content_port)
    asked = urlsplit(f"//{environ.get('HTTP_HOST', '')}")
    content = urlsplit(chosen.content_url)
    if "{package}" in content.netloc:
        suffix = content.netloc.partition("}")[2].partition(":")[0]
        portal = urlsplit(chosen.public_url or "").hostname
        return (asked.hostname or "").endswith(suffix) and asked.hostname != portal
    default = 443 if content.scheme == "https" else 80
    return (asked.hostname, asked.port or default) == (content.hostname, content.port or default)
