"""The courier's side of jobs: telling a worker by name that there is work, and nothing about the work."""

from datetime import timedelta

from redis import Redis
from rq import Queue

NAME = "lms"
AWAKE_SECONDS = 30
JOB_SECONDS = 600


def connect(url: str) -> Redis:
    """Return a client for the broker at `url` (redis:// or unix://) that gives up on a dead one soon."""
    return Redis.from_url(url, socket_connect_timeout=2, health_check_interval=30)


def send(connection: Redis, name: str) -> bool:
    """Queue job `name` unless it already waits; return whether it was queued."""
    if not connection.set(_awake(name), b"1", nx=True, ex=AWAKE_SECONDS):
        return False
    Queue(NAME, connection=connection).enqueue(
        "lms.kernel.jobs.perform",
        name,
        job_timeout=JOB_SECONDS,
        result_ttl=60,
        failure_ttl=int(timedelta(days=7).total_seconds()),
    )
    return True


def arrived(connection: Redis, name: str) -> None:
    """Say that a worker has begun job `name`: what becomes due from here on wakes one again."""
    connection.delete(_awake(name))


def _awake(name: str) -> str:
    return f"lms:awake:{name}"
