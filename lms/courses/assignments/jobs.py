"""What assignments do by the clock: tell markers that work waits, once for all of it."""

from functools import partial

from lms.courses.assignments.queries import work as queue
from lms.courses.assignments.service import telling
from lms.identity import facade as identity
from lms.identity.values import PersonId
from lms.kernel import clock, uow
from lms.kernel.actor import Role

JOB = "assignments.tell_markers"


def tell_markers() -> None:
    """Tell each trainer, and whoever is named to mark, in a transaction of their own: told and noted, or neither."""
    if uow.run(queue.find_newest, read_only=True) is None:
        return
    for person_id in uow.run(_markers, read_only=True):
        uow.run(partial(telling.tell_marker, person_id, clock.now()))


def _markers() -> list[PersonId]:
    return sorted({*identity.list_holders(roles={Role.TRAINER}), *queue.list_named()})
