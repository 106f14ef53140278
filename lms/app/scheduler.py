"""The scheduler: queues each job of the schedule when its time has come. It knows names, not the product."""

import signal
import time

from redis.exceptions import RedisError

from lms.app import settings
from lms.app.schedule import EVERY_SECONDS
from lms.kernel import queue

STEP_SECONDS = 0.5


def run(chosen: settings.Settings) -> None:
    """Queue what is due until SIGTERM. Several may run: a job that waits already is not queued twice."""
    signal.signal(signal.SIGTERM, lambda *_: exit_now())
    connection = queue.connect(chosen.redis_url)
    due = dict.fromkeys(EVERY_SECONDS, 0.0)
    while True:
        now = time.monotonic()
        for name, seconds in EVERY_SECONDS.items():
            if now >= due[name]:
                try:
                    queue.send(connection, name)
                except RedisError:
                    continue  # the supervisor brings the broker back; the job is still due then
                due[name] = now + seconds
        time.sleep(STEP_SECONDS)


def exit_now() -> None:
    """End at once: nothing is held."""
    raise SystemExit(0)


if __name__ == "__main__":
    run(settings.read())
