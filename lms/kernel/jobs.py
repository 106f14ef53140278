"""Work outside requests: RQ carries a job's name to a worker, which runs it as the system.

Nothing here is the only record of work to do: a job drains rows (outbox, mail) or is on the schedule, so
a broker that loses everything costs seconds and nothing else.
"""

from collections.abc import Callable, Mapping
from datetime import timedelta

import structlog
from flask import Flask, current_app
from redis import Redis
from redis.exceptions import RedisError
from rq import Queue

from lms.kernel.actor import SYSTEM, acting_as

log = structlog.get_logger(__name__)

QUEUE = "lms"
Job = Callable[[], None]
AWAKE_SECONDS = 30


def connect(url: str) -> Redis:
    """Return a client for the broker at `url` (redis:// or unix://) that gives up on a dead one soon."""
    return Redis.from_url(url, socket_connect_timeout=2, health_check_interval=30)


def install(app: Flask, url: str, known: Mapping[str, Job]) -> None:
    """Give the application its broker and the jobs it knows, by name."""
    app.extensions["lms.jobs"] = dict(known)
    app.extensions["lms.broker"] = connect(url)


def broker() -> Redis:
    """Return the current application's broker."""
    found: Redis = current_app.extensions["lms.broker"]
    return found


def courier(name: str) -> Callable[[], None]:
    """Return a callback that wakes a worker for job `name`; a silent broker is logged and left to the schedule."""

    def wake() -> None:
        try:
            send(broker(), name)
        except RedisError as error:
            log.warning("jobs.broker_unreachable", job=name, reason=str(error))

    return wake


def send(connection: Redis, name: str) -> bool:
    """Queue job `name` unless it already waits; return whether it was queued."""
    if not connection.set(_awake(name), b"1", nx=True, ex=AWAKE_SECONDS):
        return False
    Queue(QUEUE, connection=connection).enqueue(
        "lms.kernel.jobs.perform",
        name,
        job_timeout=600,
        result_ttl=60,
        failure_ttl=int(timedelta(days=7).total_seconds()),
    )
    return True


def perform(name: str) -> None:
    """Run job `name`; called by RQ inside a worker's application context."""
    # Cleared first: what is stored from here on wakes a worker again.
    broker().delete(_awake(name))
    known: Mapping[str, Job] = current_app.extensions["lms.jobs"]
    with acting_as(SYSTEM):
        known[name]()


def _awake(name: str) -> str:
    return f"lms:awake:{name}"
