"""The worker: RQ's, inside the application, with connections of its own after each fork."""

from rq import Queue, Worker
from rq.job import Job
from setproctitle import setproctitle

from lms.app.portal import Portal
from lms.app.processes import die_with_parent
from lms.app.settings import Settings
from lms.kernel import queue
from lms.kernel.db import db


class _Worker(Worker):
    """A worker whose horses never share a database connection with it."""

    def main_work_horse(self, job: Job, queue: Queue) -> None:
        """Forget the parent's connections without closing them under it, then work."""
        die_with_parent()
        db.engine.dispose(close=False)
        super().main_work_horse(job, queue)

    def procline(self, message: str) -> None:
        """Say in the list of processes whose worker it is and what it does."""
        setproctitle(f"lms worker: {message}")


def work(app: Portal, chosen: Settings) -> None:
    """Do the jobs of `app` until a signal says stop."""
    with app.app_context():
        connection = queue.connect(chosen.redis_url)
        worker = _Worker(
            [Queue(queue.NAME, connection=connection)],
            connection=connection,
            job_monitoring_interval=2,
            maintenance_interval=30,
            worker_ttl=60,
        )
        worker.work(with_scheduler=False, logging_level="WARNING")
