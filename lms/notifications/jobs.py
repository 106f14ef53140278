"""What notifications do by the clock: write the letters whose hour has come."""

from lms.kernel import clock, uow
from lms.notifications import service

JOB = "notifications.write_letters"


def write_letters() -> None:
    """Write what is due, each person's letters in a transaction of their own."""
    while uow.run(lambda: service.write_next(clock.now())):
        pass
