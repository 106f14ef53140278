"""What is asked to be done to many people: looked at first, begun by a second word, stopped by a third.

Looking lists every line and says of each that there is nothing to do for why; nothing else is changed. What was begun
is done in a job (`acts`), which judges each person again.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from flask_babel import gettext as _
from sqlalchemy import delete, insert, update

from lms.audiences import facade as audiences
from lms.courses import policy
from lms.courses.events import ActBegun
from lms.courses.learning import queries
from lms.courses.learning.models import EnrolmentActLine, EnrolmentActRow
from lms.courses.learning.rules.due import moved
from lms.courses.learning.rules.listing import listed
from lms.courses.learning.service.acts import JOB, added, close, list_lines
from lms.courses.learning.values import (
    ActKind,
    ActState,
    ActWay,
    Ask,
    EnrolmentActId,
    Listed,
    Outcome,
    Whom,
)
from lms.courses.values import DueRule, EnrolmentSource
from lms.identity import facade as identity
from lms.identity.values import OrganisationId, PersonId
from lms.identity.values.lists import Mention
from lms.kernel import events, jobs, uow
from lms.kernel.actor import Actor
from lms.kernel.db import db
from lms.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from lms.web.context import oem_zone

FORGET_JOB: Final = "courses.forget_looks"
ASKED_AT_ONCE: Final = 1000
DAYS_MOST: Final = 3650
UNBEGUN_LASTS: Final = timedelta(days=30)
_LINES: Any = EnrolmentActLine.__table__


def lines_of_table(content: bytes, actor: Actor) -> Sequence[Listed]:
    """Return a line for each row of a CSV or XLSX; Invalid, in words, for what is none. Only reads."""
    return _lines_of(identity.read_list(content), actor)


def lines_of_text(text: str, actor: Actor) -> Sequence[Listed]:
    """Return a line for each entry of a pasted list; Invalid if it is empty or too long. Only reads."""
    return _lines_of(identity.read_pasted(text), actor)


def _lines_of(mentions: Sequence[Mention], actor: Actor) -> Sequence[Listed]:
    return listed(mentions, identity.match_mentions(mentions, actor.scope_of(policy.ENROL_PEOPLE)))


def look(*, ask: Ask, actor: Actor, now: datetime) -> EnrolmentActId:
    """List whom an act is about and what keeps each from it; return the act, with which nothing is done yet.

    Asked again with the same id it lists anew, until it was begun; then it is left as it is. Invalid names what cannot
    be; NotFound for a course that the actor does not meet.
    """
    _check_may(actor)
    queries.get_managed_course(ask.course_id, actor)
    _check(ask, now)
    row = db.session.get(EnrolmentActRow, ask.id, with_for_update=True, populate_existing=True)
    if row is None:
        row = EnrolmentActRow(id=ask.id)
        db.session.add(row)
    elif row.state is not ActState.LOOKED_AT or row.asked_by != actor.person_id:
        return row.id
    _write(row, ask, actor, now)
    db.session.flush()
    db.session.execute(delete(EnrolmentActLine).where(EnrolmentActLine.act_id == ask.id))
    _list(row, ask.whom, actor)
    _judge(row, actor, now)
    counted = dict(queries.count_lines(ask.id))
    if not counted:
        message = _("Nobody is meant by this. Choose somebody.")
        raise Invalid(message, fields={"whom": message})
    row.total = counted.pop(None, 0)
    row.counts = {outcome.value: count for outcome, count in counted.items() if outcome}
    db.session.flush()
    return row.id


def _check_may(actor: Actor) -> None:
    if not actor.may(policy.ENROL_PEOPLE):
        raise Forbidden


def _check(ask: Ask, now: datetime) -> None:
    wrong: dict[str, str] = {}
    if ask.kind is not ActKind.ENROL and not ask.reason:
        wrong["reason"] = _("Say why: the learner reads it.")
    if ask.due.on is not None and ask.due.days is not None:
        wrong["due_days"] = _("Give a day or a number of days, not both.")
    elif ask.kind is ActKind.EXTEND and ask.due.on is None and ask.due.days is None:
        wrong["due_on"] = _("Say until when, or how many days more.")
    elif ask.due.on is not None and ask.due.on < now.astimezone(oem_zone()).date():
        wrong["due_on"] = _("This day is past. Choose today or later.")
    elif ask.due.days is not None and not 1 <= ask.due.days <= DAYS_MOST:
        wrong["due_days"] = _("Give a whole number of days from 1 to %(most)s.", most=DAYS_MOST)
    if wrong:
        raise Invalid(next(iter(wrong.values())), fields=wrong)


def _write(row: EnrolmentActRow, ask: Ask, actor: Actor, now: datetime) -> None:
    is_author = actor.may(policy.VIEW_AUTHORING)
    row.course_id, row.kind, row.state = ask.course_id, ask.kind, ActState.LOOKED_AT
    row.source = EnrolmentSource.TRAINER if is_author else EnrolmentSource.PARTNER_ADMIN
    row.way, row.whom = ask.whom.way, ask.whom.words
    row.due_on, row.due_days, row.reason = ask.due.on, ask.due.days, ask.reason
    row.total, row.done, row.counts = 0, 0, {}
    row.asked_at = now
    row.asked_by = PersonId(actor.person_id) if actor.person_id else None
    row.employer_id = OrganisationId(actor.employer_id) if actor.employer_id else None


def _list(row: EnrolmentActRow, whom: Whom, actor: Actor) -> None:
    """Give an act its lines: of people whom the actor reaches, and of what names none of them."""
    scope = actor.scope_of(policy.ENROL_PEOPLE)
    if whom.audience_id is not None:
        if not actor.may(policy.VIEW_AUTHORING):
            raise Forbidden
        row.whom = audiences.get_audience(whom.audience_id).name
        list_lines(row.id, queries.in_audience(whom.audience_id, scope))
    elif whom.way is ActWay.MATCHING:
        among = None if row.kind is ActKind.ENROL else queries.in_course(row.course_id)
        list_lines(row.id, identity.people_like(scope, whom.matching, among))
    elif whom.way is ActWay.TICKED:
        ticked = list(dict.fromkeys(whom.ticked))
        reached = identity.list_reachable(ticked, scope)
        _add(row.id, [Listed(at, one if one in reached else None) for at, one in enumerate(ticked, 1)])
    else:
        _add(row.id, whom.lines)


def _add(act_id: EnrolmentActId, lines: Sequence[Listed]) -> None:
    if not lines:
        return
    db.session.connection().execute(
        insert(_LINES),
        [
            {
                "act_id": act_id,
                "number": line.number,
                "person_id": line.person_id,
                "given": line.given,
                "same_as": line.same_as,
                "outcome": _outcome_of(line),
            }
            for line in lines
        ],
    )


def _outcome_of(line: Listed) -> Outcome | None:
    if line.same_as is not None:
        return Outcome.REPEATED
    return None if line.person_id else Outcome.BEYOND_REACH


def _judge(row: EnrolmentActRow, actor: Actor, now: datetime) -> None:
    """Say of every line that there is nothing to do for why.

    A thousand at a time, each by their ids: a new act is unknown to a database's statistics, and a whole act joined
    with a whole course makes PostgreSQL compare everybody with everybody.
    """
    last = 0
    while waiting := queries.list_waiting(row.id, at_most=ASKED_AT_ONCE, after=last):
        last = max(waiting)
        kept = _kept_from(row, list(waiting.values()), actor, now)
        for outcome in sorted(set(kept.values())):
            numbers = [number for number, person_id in waiting.items() if kept.get(person_id) is outcome]
            db.session.execute(
                update(EnrolmentActLine)
                .where(EnrolmentActLine.act_id == row.id, EnrolmentActLine.number.in_(numbers))
                .values(outcome=outcome)
                .execution_options(synchronize_session=False)
            )


def _kept_from(
    row: EnrolmentActRow, people: Sequence[PersonId], actor: Actor, now: datetime
) -> Mapping[PersonId, Outcome]:
    """Return those of these people for whom there is nothing to do now, with the reason."""
    if row.kind is ActKind.ENROL:
        return _kept_from_enrolling(row, people, actor)
    due = queries.list_due(row.course_id, people)
    if row.kind is ActKind.WITHDRAW:
        left = {*due, *queries.list_on_list(row.course_id, people)}
        return {one: Outcome.NOT_ENROLLED for one in people if one not in left}
    rule, today = DueRule(on=row.due_on, days=row.due_days), now.astimezone(oem_zone()).date()
    kept = {one: Outcome.NOT_ENROLLED for one in people if one not in due}
    return kept | {one: Outcome.ALREADY for one, on in due.items() if moved(rule, on, today) is None}


def _kept_from_enrolling(
    row: EnrolmentActRow, people: Sequence[PersonId], actor: Actor
) -> Mapping[PersonId, Outcome]:
    kept: dict[PersonId, Outcome] = {}
    if not actor.may(policy.VIEW_AUTHORING):
        kept |= dict.fromkeys(queries.list_shut_out(row.id, row.course_id, people), Outcome.NOT_SEEN)
    for person_id, was in queries.list_before(row.course_id, people).items():
        if was.is_completed:
            kept[person_id] = Outcome.COMPLETED
        if was.is_open:
            kept[person_id] = Outcome.ALREADY
    return kept | dict.fromkeys(queries.list_on_list(row.course_id, people), Outcome.WAITING)


def begin(*, act_id: EnrolmentActId, actor: Actor, now: datetime) -> None:
    """Let what was looked at be done; a second word changes nothing. Conflict for what was stopped or is for nobody."""
    row = _held(act_id, actor)
    if row.state in {ActState.RUNNING, ActState.DONE} or (row.begun_at and row.state is ActState.CANCELLED):
        return
    if row.state is ActState.CANCELLED:
        raise Conflict(_("This was discarded. Choose whom it is about again."))
    if not row.total:
        raise Conflict(_("There is nobody left for whom this could be done."))
    row.state, row.begun_at = ActState.RUNNING, now
    db.session.flush()
    events.record(
        ActBegun(
            course_id=row.course_id, act_id=row.id, act=row.kind.value, people=row.total, reason=row.reason
        )
    )
    uow.after_commit(jobs.courier(JOB))


def stop(*, act_id: EnrolmentActId, actor: Actor, now: datetime) -> None:
    """Stop an act before its next batch: what was done stays, and each line says which it was. Twice is once.

    One that was only looked at is discarded with all that its list said.
    """
    row = _held(act_id, actor)
    if row.state is ActState.LOOKED_AT:
        _discard(row, now)
    elif row.state is ActState.RUNNING:
        left = EnrolmentActLine.act_id == row.id, EnrolmentActLine.outcome.is_(None)
        db.session.execute(
            update(EnrolmentActLine)
            .where(*left)
            .values(outcome=Outcome.CANCELLED)
            .execution_options(synchronize_session=False)
        )
        row.counts = added(row.counts, {Outcome.CANCELLED: row.total - row.done})
        close(row, ActState.CANCELLED, now, by=PersonId(actor.person_id) if actor.person_id else None)


def _held(act_id: EnrolmentActId, actor: Actor) -> EnrolmentActRow:
    _check_may(actor)
    row = queries.find_act_row(act_id, actor, lock=True)
    if row is None:
        raise NotFound
    return row


def _discard(row: EnrolmentActRow, now: datetime) -> None:
    db.session.execute(delete(EnrolmentActLine).where(EnrolmentActLine.act_id == row.id))
    row.state, row.ended_at = ActState.CANCELLED, now
    row.total, row.counts = 0, {}


def discard_stale(now: datetime) -> None:
    """Discard what was looked at so long ago that nobody will begin it: its lines name people."""
    for row in queries.list_stale(now - UNBEGUN_LASTS):
        _discard(row, now)


def forget_given(said: Sequence[str]) -> None:
    """Forget where lists named an erased person, whom nobody knew, or who asked could not see."""
    db.session.execute(
        update(EnrolmentActLine)
        .where(EnrolmentActLine.given.in_(said), EnrolmentActLine.given != "")
        .values(given="")
        .execution_options(synchronize_session=False)
    )
