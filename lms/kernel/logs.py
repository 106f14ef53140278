"""Structured logs: one JSON line per fact on standard error, each with the request's id and never a secret."""

import logging
import sys
from typing import Any

import orjson
import structlog

from lms.kernel.actor import current

SECRETS = frozenset({"password", "token", "secret", "authorization", "cookie", "csrf_token"})


def configure(*, level: str = "INFO", as_json: bool = True) -> None:
    """Send our logs and the libraries' through one chain."""
    shared: list[Any] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _with_request,
        _without_secrets,
        structlog.processors.format_exc_info,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    renderer: Any = (
        structlog.processors.JSONRenderer(
            serializer=lambda line, **_: orjson.dumps(line, default=str).decode()
        )
        if as_json
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for noisy in ("weasyprint", "fontTools", "rq.worker", "werkzeug"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


def _with_request(_logger: object, _method: str, line: dict[str, Any]) -> dict[str, Any]:
    actor = current()
    if actor.request_id:
        line.setdefault("request_id", actor.request_id)
    if actor.person_id:
        line.setdefault("person_id", str(actor.person_id))
    return line


def _without_secrets(_logger: object, _method: str, line: dict[str, Any]) -> dict[str, Any]:
    for key in line.keys() & SECRETS:
        line[key] = "…"
    return line
