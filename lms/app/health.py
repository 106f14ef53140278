"""Health, metrics, and the built files: what proxies, probes and browsers ask for without a session."""

from collections.abc import Callable

import obstore
from flask import Blueprint, Response, current_app, jsonify, send_from_directory
from flask.typing import ResponseReturnValue
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest
from redis.exceptions import RedisError
from rq import Worker
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from lms.kernel import files, jobs, outbox
from lms.kernel.db import db
from lms.web.access import public
from lms.web.assets import static_folder

blueprint = Blueprint("system", __name__)
YEAR_SECONDS = 31_536_000


@blueprint.get("/healthz")
@public
def healthz() -> ResponseReturnValue:
    """Say that this process answers."""
    return Response("ok\n", mimetype="text/plain")


@blueprint.get("/readyz")
@public
def readyz() -> ResponseReturnValue:
    """Say whether every part answers, and which does not."""
    parts = {name: _answers(check) for name, check in CHECKS.items()}
    return jsonify(parts), 200 if all(parts.values()) else 503


@blueprint.get("/metrics")
@public
def metrics() -> ResponseReturnValue:
    """Give Prometheus the figures that say whether work piles up."""
    registry = CollectorRegistry()
    Gauge("guildhall_outbox_waiting", "Deliveries that are due", registry=registry).set(
        outbox.count_waiting()
    )
    for name, check in CHECKS.items():
        Gauge(f"guildhall_{name}_up", f"Whether the {name} answers", registry=registry).set(_answers(check))
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


@blueprint.get("/static/dist/<path:name>")
@public
def static_file(name: str) -> ResponseReturnValue:
    """Give one built file; its name holds its hash, so it may be kept for ever."""
    response = send_from_directory(static_folder() / "dist", name, max_age=YEAR_SECONDS, conditional=True)
    response.cache_control.immutable = True
    response.cache_control.public = True
    return response


def _answers(check: Callable[[], object]) -> bool:
    try:
        check()
    except (SQLAlchemyError, RedisError, OSError, obstore.exceptions.BaseError, LookupError):
        current_app.logger.warning("not ready", exc_info=True)
        return False
    return True


def _worker() -> None:
    if not Worker.all(connection=jobs.broker()):
        raise LookupError("no worker is registered")


CHECKS: dict[str, Callable[[], object]] = {
    "database": lambda: db.session.execute(text("SELECT 1")),
    "broker": lambda: jobs.broker().ping(),
    "storage": lambda: files.has_blob("0" * 64),
    "worker": _worker,
}
