"""Acts on many people for tests: looked at, begun and done as pages and the job do it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import select

from lms.app.portal import Portal
from lms.courses.learning import queries, service
from lms.courses.learning.models import EnrolmentActLine
from lms.courses.learning.values import Act, ActKind, ActWay, Ask, EnrolmentActId, Outcome, Whom
from lms.courses.values import CourseId, DueRule
from lms.identity.values import OrganisationId, PersonId
from lms.kernel import clock
from lms.kernel.actor import SYSTEM, Actor, Role, Scope, acting_as
from lms.kernel.db import db, new_id
from lms.kernel.uow import run, unit_of_work
from tests.courses.sessions import actor_of


def admin_of(app: Portal, person_id: PersonId, partner: OrganisationId) -> Actor:
    """Return somebody as the admin of a partner and its branches."""
    scope = Scope(organisation_roots=frozenset({partner}))
    return replace(actor_of(app, person_id, Role.PARTNER_ADMIN, scope=scope), employer_id=partner)


def people_of(text: str, actor: Actor) -> Whom:
    """Return whom a pasted list names, as far as the actor reaches."""
    with unit_of_work(read_only=True):
        return Whom(way=ActWay.PASTED, lines=service.lines_of_text(text, actor))


def look(
    course_id: CourseId,
    kind: ActKind,
    whom: Whom | str,
    actor: Actor,
    *,
    act_id: EnrolmentActId | None = None,
    due: DueRule | None = None,
    reason: str = "The plant starts later",
) -> EnrolmentActId:
    """Look at what an act would come to."""
    ask = Ask(
        id=act_id or EnrolmentActId(new_id()),
        course_id=course_id,
        kind=kind,
        whom=people_of(whom, actor) if isinstance(whom, str) else whom,
        due=due or DueRule(),
        reason=reason,
    )
    with acting_as(actor):
        return run(lambda: service.look(ask=ask, actor=actor, now=clock.now()))


def begin(act_id: EnrolmentActId, actor: Actor) -> None:
    """Say the second word."""
    with acting_as(actor):
        run(lambda: service.begin(act_id=act_id, actor=actor, now=clock.now()))


def stop(act_id: EnrolmentActId, actor: Actor) -> None:
    """Say the third."""
    with acting_as(actor):
        run(lambda: service.stop(act_id=act_id, actor=actor, now=clock.now()))


def do(*, size: int | None = None, now: datetime | None = None) -> bool:
    """Do one batch, as the job does; return whether there was one."""
    with acting_as(SYSTEM):
        return run(lambda: service.do_next(now or clock.now(), size=size))


def finish(*, size: int | None = None) -> None:
    """Do every batch that is left."""
    while do(size=size):
        pass


def act_of(act_id: EnrolmentActId) -> Act:
    """Return how an act stands."""
    with unit_of_work(read_only=True):
        return queries.get_act(act_id, SYSTEM)


def outcomes(act_id: EnrolmentActId) -> Sequence[Outcome | None]:
    """Return what each line came to, in order."""
    with unit_of_work(read_only=True):
        return db.session.scalars(
            select(EnrolmentActLine.outcome)
            .where(EnrolmentActLine.act_id == act_id)
            .order_by(EnrolmentActLine.number)
        ).all()
