"""Extra time is given and withdrawn."""

from datetime import datetime

from flask_babel import gettext as _

from lms.identity.values import PersonId
from lms.kernel import events
from lms.kernel.actor import Actor
from lms.kernel.db import db
from lms.kernel.errors import Forbidden, Invalid
from lms.quizzes.events import ExtraTimeGiven, ExtraTimeWithdrawn
from lms.quizzes.policy import GIVE_EXTRA_TIME
from lms.quizzes.sittings import queries, rules
from lms.quizzes.sittings.models import ExtraTimeRow
from lms.quizzes.values import Extra, ExtraTimeId, QuizId


def give_extra_time(
    *,
    extra_time_id: ExtraTimeId,
    person_id: PersonId,
    quiz_id: QuizId | None,
    extra: Extra,
    reason: str,
    actor: Actor,
    now: datetime,
) -> None:
    """Give a person extra time in one exam, or in each; what held there before is withdrawn.

    Attempts that are under way have it at once. An id used before changes nothing.
    """
    if not actor.may(GIVE_EXTRA_TIME):
        raise Forbidden
    if db.session.get(ExtraTimeRow, extra_time_id) is not None:
        return
    _check(extra, reason)
    giver = PersonId(actor.person_id) if actor.person_id else None
    before = queries.lock_holding(person_id, quiz_id)
    if before is not None:
        _withdraw(before, actor, now)
    db.session.add(
        ExtraTimeRow(
            id=extra_time_id,
            person_id=person_id,
            quiz_id=quiz_id,
            percent=extra.percent,
            minutes=extra.minutes,
            reason=reason.strip(),
            given_at=now,
            given_by=giver,
        )
    )
    db.session.flush()
    events.record(
        ExtraTimeGiven(
            extra_time_id=extra_time_id,
            person_id=person_id,
            quiz_id=quiz_id,
            percent=extra.percent,
            minutes=extra.minutes,
        )
    )


def _check(extra: Extra, reason: str) -> None:
    faults = {}
    if not 0 <= extra.percent <= rules.PERCENT_MOST:
        faults["percent"] = _("Give a number from 0 to %(most)s.", most=rules.PERCENT_MOST)
    if not 0 <= extra.minutes <= rules.MINUTES_MOST:
        faults["minutes"] = _("Give a number from 0 to %(most)s.", most=rules.MINUTES_MOST)
    if not extra.percent and not extra.minutes:
        faults["percent"] = _("Give a share of the time, or minutes.")
    if not reason.strip():
        faults["reason"] = _("Say why.")
    if faults:
        raise Invalid(next(iter(faults.values())), fields=faults)


def withdraw_extra_time(*, extra_time_id: ExtraTimeId, actor: Actor, now: datetime) -> None:
    """Withdraw extra time; a second time changes nothing. Attempts that are under way keep the time they were given."""
    if not actor.may(GIVE_EXTRA_TIME):
        raise Forbidden
    row = queries.lock_extra_time(extra_time_id)
    if row.withdrawn_at is None:
        _withdraw(row, actor, now)


def _withdraw(row: ExtraTimeRow, actor: Actor, now: datetime) -> None:
    row.withdrawn_at = now
    row.withdrawn_by = PersonId(actor.person_id) if actor.person_id else None
    # Before what takes its place: only one holds at a time, and the database says so.
    db.session.flush()
    events.record(ExtraTimeWithdrawn(extra_time_id=row.id, person_id=row.person_id, quiz_id=row.quiz_id))


def erase_person(person_id: PersonId, now: datetime) -> None:
    """Forget why a person had extra time, which may tell of their health, and let none hold any more."""
    for row in queries.list_of_person(person_id):
        row.reason = ""
        row.withdrawn_at = row.withdrawn_at or now
    db.session.flush()
