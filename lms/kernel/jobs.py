"""Work outside requests: RQ carries a job's name to a worker, which runs it as the system.

Nothing here is the only record of work to do: a job drains rows (outbox, mail) or is on the schedule, so
a broker that loses everything costs seconds and nothing else.
"""

from collections.abc import Callable, Mapping

import structlog
from flask import Flask, current_app
from redis import Redis
from redis.exceptions import RedisError

from lms.kernel import queue
from lms.kernel.actor import SYSTEM, acting_as

log = structlog.get_logger(__name__)

Job = Callable[[], None]


def install(app: Flask, url: str, known: Mapping[str, Job]) -> None:
    """Give the application its broker and the jobs it knows, by name."""
    app.extensions["lms.jobs"] = dict(known)
    app.extensions["lms.broker"] = queue.connect(url)


def broker() -> Redis:
    """Return the current application's broker."""
    found: Redis = current_app.extensions["lms.broker"]
    return found


def courier(name: str) -> Callable[[], None]:
    """Return a callback that wakes a worker for job `name`; a silent broker is logged and left to the schedule."""

    def wake() -> None:
        try:
            queue.send(broker(), name)
        except RedisError as error:
            log.warning("jobs.broker_unreachable", job=name, reason=str(error))

    return wake


def perform(name: str) -> None:
    """Run job `name`; called by RQ inside a worker's application context."""
    queue.arrived(broker(), name)
    known: Mapping[str, Job] = current_app.extensions["lms.jobs"]
    with acting_as(SYSTEM):
        known[name]()
