"""Whether the parts this installation rests on answer, and which versions run."""

import platform
from collections.abc import Callable, Mapping
from importlib.metadata import version

import obstore
import structlog
from redis.exceptions import RedisError
from rq import Worker
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

import lms
from lms.kernel import files, jobs
from lms.kernel.db import db

log = structlog.get_logger(__name__)


def check_parts() -> Mapping[str, bool]:
    """Return, by name, whether each part answers; why one does not is in the log."""
    return {name: _answers(check) for name, check in CHECKS.items()}


def versions() -> Mapping[str, str]:
    """Return what runs here and in which version, by name. One query."""
    dialect = db.engine.dialect.name
    asked = "SELECT sqlite_version()" if dialect == "sqlite" else "SHOW server_version"
    database = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}[dialect]
    return {
        "Guildhall": lms.__version__,
        "Python": platform.python_version(),
        database: str(db.session.scalar(text(asked))),
        **{name: version(name) for name in ("Flask", "SQLAlchemy", "RQ")},
    }


def _answers(check: Callable[[], object]) -> bool:
    try:
        check()
    except (SQLAlchemyError, RedisError, OSError, obstore.exceptions.BaseError, LookupError) as error:
        log.warning("health.not_ready", reason=f"{type(error).__name__}: {error}")
        return False
    return True


def _worker() -> None:
    if not Worker.all(connection=jobs.broker()):
        raise LookupError("no worker is registered")


CHECKS: Mapping[str, Callable[[], object]] = {
    "database": lambda: db.session.execute(text("SELECT 1")),
    "broker": lambda: jobs.broker().ping(),
    "storage": lambda: files.has_blob("0" * 64),
    "worker": _worker,
}
