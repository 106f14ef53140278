"""What quizzes do by themselves: finish what time has ended, mark anew, let questions be found, count attempts."""

import time
from datetime import timedelta
from typing import Final

from lms.kernel import clock, uow
from lms.kernel.jobs import courier
from lms.quizzes.attempts import service
from lms.quizzes.bank import service as bank
from lms.quizzes.remarking import service as remarking
from lms.quizzes.statistics import service as statistics

FINISH_LAPSED = "quizzes.finish_lapsed"
MAKE_FINDABLE = "quizzes.make_findable"
COUNT_ATTEMPTS = "quizzes.count_attempts"
MARK_ANEW: Final = remarking.JOB
WORK_SECONDS: Final = 20.0
"""How long one run works before it lets other jobs of the same worker have a turn."""
STALE_AFTER: Final = timedelta(days=30)
"""How long what was only looked at is kept."""


def finish_lapsed() -> None:
    """Finish and mark every attempt whose time is up."""
    service.finish_lapsed()


def mark_anew() -> None:
    """Look at and do every act of marking anew, batch by batch, for a while; then come again."""
    until = time.monotonic() + WORK_SECONDS
    while uow.run(lambda: remarking.do_next(clock.now())):
        if time.monotonic() > until:
            courier(remarking.JOB)()
            return
    uow.run(lambda: remarking.discard_stale(clock.now() - STALE_AFTER))


def make_findable() -> None:
    """Index every question that the search does not know yet, some in each transaction."""
    while uow.run(bank.make_missing_findable):
        pass


def count_attempts() -> None:
    """Count every attempt that the statistics do not know yet, some in each transaction."""
    while uow.run(statistics.sweep):
        pass
