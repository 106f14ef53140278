"""Acts on many people: their lines are listed and counted first, then done batch by batch.

Each batch is one transaction with the act's own progress, so an act that is killed goes on where it was, and one that
is cancelled stops before the next batch.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Select, func, insert, literal, null, select, update

from lms.courses import policy
from lms.courses.authoring import queries as authoring
from lms.courses.events import ActEnded
from lms.courses.learning import queries
from lms.courses.learning.models import EnrolmentActLine, EnrolmentActRow
from lms.courses.learning.rules.due import moved
from lms.courses.learning.service import places
from lms.courses.learning.service.changing import end_all, move_all
from lms.courses.learning.service.inserting import insert_people
from lms.courses.learning.values import (
    DONE_OUTCOMES,
    ActKind,
    ActState,
    ActWay,
    EnrolmentActId,
    Outcome,
    WaitEnd,
)
from lms.courses.values import CourseId, DueRule, Ending, EnrolmentSource
from lms.identity import facade as identity
from lms.identity.values import PersonId
from lms.kernel import events, jobs, uow
from lms.kernel.actor import Actor, acting_as
from lms.kernel.db import db, new_id
from lms.web.context import oem_zone

JOB = "courses.act_on_people"
AT_ONCE: Mapping[ActKind, int] = {ActKind.ENROL: 1000, ActKind.EXTEND: 200, ActKind.WITHDRAW: 200}
"""How many are done in one transaction: about half a second's worth, in which others wait on SQLite."""
Outcomes = Mapping[PersonId, Outcome]


def begin_for_audiences(course_id: CourseId, people: Select[PersonId], due: DueRule, now: datetime) -> None:
    """Begin to enrol the people of a query, for the audiences of a course."""
    act = EnrolmentActRow(
        id=EnrolmentActId(new_id()),
        course_id=course_id,
        kind=ActKind.ENROL,
        state=ActState.RUNNING,
        source=EnrolmentSource.AUDIENCE,
        way=ActWay.AUDIENCE,
        whom="",
        due_on=due.on,
        due_days=due.days,
        total=0,
        done=0,
        counts={},
        asked_at=now,
        begun_at=now,
    )
    db.session.add(act)
    db.session.flush()
    list_lines(act.id, people)
    act.total = queries.count_lines(act.id).get(None, 0)
    db.session.flush()
    uow.after_commit(jobs.courier(JOB))


def list_lines(act_id: EnrolmentActId, people: Select[PersonId]) -> None:
    """Give an act a line for each person of a query."""
    found = people.subquery()
    (person_id,) = found.c
    numbered = select(
        literal(act_id, EnrolmentActLine.act_id.type),
        func.row_number().over(order_by=person_id),
        person_id,
        literal(""),
        null(),
    )
    db.session.execute(
        insert(EnrolmentActLine).from_select(["act_id", "number", "person_id", "given", "outcome"], numbered)
    )


def do_next(now: datetime, *, size: int | None = None) -> bool:
    """Do the next batch of an act that is running; return whether there was one.

    It is done as whoever asked may act today: whom they reach no more is reported and left alone.
    """
    act = queries.claim_act()
    if act is None:
        return False
    size = size or AT_ONCE[act.kind]
    waiting = queries.list_waiting(act.id, at_most=size)
    actor = identity.actor_of(act.asked_by)
    with acting_as(actor):
        outcomes = _do(act, list(waiting.values()), actor, now)
        for outcome in sorted(set(outcomes.values())):
            numbers = [number for number, person_id in waiting.items() if outcomes[person_id] is outcome]
            db.session.execute(
                update(EnrolmentActLine)
                .where(EnrolmentActLine.act_id == act.id, EnrolmentActLine.number.in_(numbers))
                .values(outcome=outcome)
                .execution_options(synchronize_session=False)
            )
        act.done += len(waiting)
        act.counts = added(act.counts, Counter(outcomes.values()))
        if len(waiting) < size:
            close(act, ActState.DONE, now)
        db.session.flush()
    return True


def added(counts: Mapping[str, int], more: Mapping[Outcome, int]) -> dict[str, int]:
    """Return the counts of an act with more lines counted."""
    found = dict(counts)
    for outcome, count in more.items():
        found[outcome.value] = found.get(outcome.value, 0) + count
    return found


def close(act: EnrolmentActRow, state: ActState, now: datetime, *, by: PersonId | None = None) -> None:
    """Let a held act be over, done or stopped by somebody; who asked for it is told."""
    act.state, act.ended_at = state, now
    done = sum(count for outcome, count in act.counts.items() if outcome in DONE_OUTCOMES)
    events.record(
        ActEnded(
            course_id=act.course_id,
            act_id=act.id,
            act=act.kind.value,
            asked_by=act.asked_by,
            stopped_by=by,
            done=done,
            left_out=sum(act.counts.values()) - done,
        )
    )


def _do(act: EnrolmentActRow, people: Sequence[PersonId], actor: Actor, now: datetime) -> Outcomes:
    if actor.is_system:
        return _DO[act.kind](act, people, actor, now)
    reached = identity.list_reachable(people, actor.scope_of(policy.ENROL_PEOPLE))
    found = {one: Outcome.BEYOND_REACH for one in people if one not in reached}
    return {**found, **_DO[act.kind](act, [one for one in people if one in reached], actor, now)}


def _enrol(act: EnrolmentActRow, people: Sequence[PersonId], actor: Actor, now: datetime) -> Outcomes:
    offer = authoring.find_offer(act.course_id)
    if offer is None:
        return dict.fromkeys(people, Outcome.NOT_SEEN)
    once = act.source is EnrolmentSource.AUDIENCE
    before = queries.list_before(act.course_id, people)
    found: dict[PersonId, Outcome] = {}
    for person_id, was in before.items():
        if was.is_open:
            found[person_id] = Outcome.ALREADY
        elif was.is_completed or once:
            found[person_id] = Outcome.COMPLETED
    if not (actor.is_system or actor.may(policy.VIEW_AUTHORING)):
        shut_out = queries.list_shut_out(act.id, act.course_id, people)
        found |= {one: Outcome.NOT_SEEN for one in shut_out if one not in found}
    new = [one for one in people if one not in found]
    due = DueRule(on=act.due_on, days=act.due_days)
    made = insert_people(offer, new, due=due, source=act.source, now=now, by=act.asked_by)
    return {
        **found,
        **dict.fromkeys(new, Outcome.ALREADY),
        **dict.fromkeys(made.waiting, Outcome.WAITING),
        **dict.fromkeys(made.enrolled, Outcome.ENROLLED),
    }


def _extend(act: EnrolmentActRow, people: Sequence[PersonId], _actor: Actor, now: datetime) -> Outcomes:
    rule, today = DueRule(on=act.due_on, days=act.due_days), now.astimezone(oem_zone()).date()
    rows = queries.list_open(act.course_id, people)
    later = {
        one: due_on for one, row in rows.items() if (due_on := moved(rule, row.due_on, today)) is not None
    }
    move_all(
        [(rows[one], due_on) for one, due_on in later.items()], reason=act.reason, by=act.asked_by, now=now
    )
    return {
        **dict.fromkeys(people, Outcome.NOT_ENROLLED),
        **dict.fromkeys(rows, Outcome.ALREADY),
        **dict.fromkeys(later, Outcome.EXTENDED),
    }


def _withdraw(act: EnrolmentActRow, people: Sequence[PersonId], _actor: Actor, now: datetime) -> Outcomes:
    rows = queries.list_open(act.course_id, people)
    end_all(rows.values(), ending=Ending.BY_OTHERS, reason=act.reason, by=act.asked_by, now=now)
    waited = places.end_waits(act.course_id, people, WaitEnd.BY_OTHERS, now)
    return {
        **dict.fromkeys(people, Outcome.NOT_ENROLLED),
        **dict.fromkeys([*rows, *waited], Outcome.WITHDRAWN),
    }


_DO: Mapping[ActKind, Callable[[EnrolmentActRow, Sequence[PersonId], Actor, datetime], Outcomes]] = {
    ActKind.ENROL: _enrol,
    ActKind.EXTEND: _extend,
    ActKind.WITHDRAW: _withdraw,
}
