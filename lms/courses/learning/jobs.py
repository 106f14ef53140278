"""What learning does in the background: acts on many people, and reminders, each batch in a transaction of its own."""

from functools import partial

from lms.courses.learning import service
from lms.courses.learning.queries import reminding as queries
from lms.courses.learning.service import reminding
from lms.kernel import clock, uow
from lms.web.context import oem_zone

REMIND = "courses.remind"


def act() -> None:
    """Do every act that is running, batch by batch."""
    while uow.run(lambda: service.do_next(clock.now())):
        pass


def remind() -> None:
    """Plan what is newly due, remind who has reached a step, then tell their partner admins of all of it at once."""
    while uow.run(reminding.plan_next):
        pass
    while uow.run(lambda: reminding.remind_next(clock.now())):
        pass
    while admins := uow.run(lambda: queries.list_admins_to_tell(clock.today(oem_zone())), read_only=True):
        for person_id in admins:
            uow.run(partial(reminding.tell_admin, person_id, clock.now()))
