"""What learning does in the background: acts on many people, and reminders, each batch in a transaction of its own."""

import time
from functools import partial
from typing import Final

from lms.courses.learning import service
from lms.courses.learning.queries import reminding as queries
from lms.courses.learning.service import reminding
from lms.kernel import clock, uow
from lms.kernel.jobs import courier
from lms.web.context import oem_zone

REMIND = "courses.remind"
WORK_SECONDS: Final = 20.0
"""How long one run works before it lets other jobs of the same worker have a turn."""


def act() -> None:
    """Do every act that is running, batch by batch, for a while; then come again."""
    until = time.monotonic() + WORK_SECONDS
    while uow.run(lambda: service.do_next(clock.now())):
        if time.monotonic() > until:
            courier(service.JOB)()
            return


def forget_looks() -> None:
    """Discard what was only looked at, a month ago."""
    uow.run(lambda: service.discard_stale(clock.now()))


def remind() -> None:
    """Plan what is newly due, remind who has reached a step, then tell their partner admins of all of it at once."""
    while uow.run(reminding.plan_next):
        pass
    while uow.run(lambda: reminding.remind_next(clock.now())):
        pass
    while admins := uow.run(lambda: queries.list_admins_to_tell(clock.today(oem_zone())), read_only=True):
        for person_id in admins:
            uow.run(partial(reminding.tell_admin, person_id, clock.now()))
