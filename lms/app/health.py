"""Health, metrics, and the built files: what proxies, probes and browsers ask for without a session."""

from flask import Blueprint, Response, jsonify, send_from_directory
from flask.typing import ResponseReturnValue
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest

from lms.kernel import health, outbox
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
    parts = health.check_parts()
    return jsonify(parts), 200 if all(parts.values()) else 503


@blueprint.get("/metrics")
@public
def metrics() -> ResponseReturnValue:
    """Give Prometheus the figures that say whether work piles up."""
    registry = CollectorRegistry()
    Gauge("guildhall_outbox_waiting", "Deliveries that are due", registry=registry).set(
        outbox.count_waiting()
    )
    for name, answers in health.check_parts().items():
        Gauge(f"guildhall_{name}_up", f"Whether the {name} answers", registry=registry).set(answers)
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


@blueprint.get("/static/dist/<path:name>")
@public
def static_file(name: str) -> ResponseReturnValue:
    """Give one built file; its name holds its hash, so it may be kept for ever."""
    response = send_from_directory(static_folder() / "dist", name, max_age=YEAR_SECONDS, conditional=True)
    response.cache_control.immutable = True
    response.cache_control.public = True
    return response
