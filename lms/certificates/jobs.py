"""What certificates do outside requests: renewals begin, people are reminded, everybody is weighed by a new rule."""

import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Final

import structlog

from lms.certificates.cycles.queries import renewals
from lms.certificates.cycles.queries import weighing as weighings
from lms.certificates.cycles.queries.renewals import Due, Ending
from lms.certificates.cycles.service import reminding, weighing
from lms.certificates.values import CertificationId
from lms.identity import facade as identity
from lms.identity.values import OrganisationId, PersonId
from lms.kernel import clock, uow
from lms.kernel.actor import SYSTEM, Role, acting_as
from lms.kernel.jobs import courier
from lms.web.context import oem_zone

log = structlog.get_logger(__name__)

JOB: Final = "certificates.renew"
WEIGH: Final = weighing.JOB
WORK_SECONDS: Final = 240.0
"""How long one run weighs: then the worker looks at what else is to be done."""


def renew() -> None:
    """Take every step that has come, each in a transaction of its own, then tell who looks after people, once a day."""
    with acting_as(SYSTEM):
        while due := uow.run(lambda: renewals.list_due(clock.now()), read_only=True):
            for one in due:
                _take(one)
        today = clock.today(oem_zone())
        while admins := uow.run(lambda: renewals.list_admins_to_tell(today), read_only=True):
            for person_id in admins:
                uow.run(partial(reminding.tell_admin, person_id, clock.now()))
        for person_id, endings in uow.run(_read_escalated, read_only=True).items():
            uow.run(partial(reminding.tell_manager, person_id, endings, clock.now()))


def weigh() -> None:
    """Weigh everybody whose rule changed, batch by batch, each in a transaction of its own."""
    until, busy = time.monotonic() + WORK_SECONDS, set[CertificationId]()
    with acting_as(SYSTEM):
        while (one := uow.run(lambda: weighings.find_due(clock.now(), but=busy), read_only=True)) is not None:
            if time.monotonic() > until:
                courier(WEIGH)()
                return
            if not _weigh(one):
                busy.add(one)


def _weigh(certification_id: CertificationId) -> bool:
    """Weigh a batch; return whether it could be had, for another worker may be at it.

    What goes wrong is written down and tried again later, and keeps no other certification waiting.
    """
    try:
        return uow.run(partial(weighing.weigh_some, certification_id, clock.now()))
    except Exception as error:
        log.exception("weighing.failed", certification_id=str(certification_id))
        uow.run(partial(weighing.note_trouble, certification_id, error, clock.now()))
        return True


def _take(due: Due) -> None:
    """Take the steps of one certificate; what goes wrong with it waits an hour, and keeps nobody else waiting."""
    try:
        uow.run(partial(reminding.take_steps, due, clock.now()))
    except Exception:
        log.exception("renewal.failed", certification_id=str(due.certification_id))
        uow.run(partial(reminding.put_off, due, clock.now()))


def _read_escalated() -> Mapping[PersonId, Sequence[Ending]]:
    """Return what was escalated today, by the channel manager who is told."""
    today, after = clock.today(oem_zone()), None
    managers: dict[OrganisationId, Sequence[PersonId]] = {}
    found: dict[PersonId, list[Ending]] = defaultdict(list)
    while batch := renewals.list_escalated(today, after=after):
        after = max(batch)
        for employer_id, ending in batch.values():
            if employer_id is None:
                continue
            if employer_id not in managers:
                managers[employer_id] = identity.list_role_holders(Role.CHANNEL_MANAGER, employer_id)
            for person_id in managers[employer_id]:
                found[person_id].append(ending)
    return found
