"""Health, metrics, and the built files: what proxies, probes and browsers ask for without a session."""

import gzip
import mimetypes
from functools import cache

from flask import Blueprint, Response, jsonify, request, send_from_directory
from flask.typing import ResponseReturnValue
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest

from lms.kernel import health, outbox
from lms.web.access import public
from lms.web.assets import is_built, static_folder

blueprint = Blueprint("system", __name__)
YEAR_SECONDS = 31_536_000
COMPRESSED = (".css", ".js", ".svg")
"""What is text among the built files; fonts are compressed already."""


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
    if name.endswith(COMPRESSED) and request.accept_encodings["gzip"] and is_built(name):
        response = Response(_compressed(name), mimetype=mimetypes.guess_type(name)[0])
        response.headers["Content-Encoding"] = "gzip"
        response.cache_control.max_age = YEAR_SECONDS
    else:
        response = send_from_directory(static_folder() / "dist", name, max_age=YEAR_SECONDS, conditional=True)
    response.vary.add("Accept-Encoding")
    response.cache_control.immutable = True
    response.cache_control.public = True
    return response


@cache
def _compressed(name: str) -> bytes:
    """Return a built file compressed, once per process.

    Pages are not compressed here: they carry a form token beside what a visitor sent, and their length would tell
    of it (CVE-2013-3587).
    """
    return gzip.compress((static_folder() / "dist" / name).read_bytes(), compresslevel=9, mtime=0)
