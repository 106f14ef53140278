"""What is done to an enrolment by other means than taking the course: another date, or its end; both are kept."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _

from lms.courses import policy
from lms.courses.events import DueDateExtended, EnrolmentWithdrawn
from lms.courses.learning.models import EnrolmentChangeRow, EnrolmentRow
from lms.courses.learning.service import places
from lms.courses.learning.service.counting import watch
from lms.courses.learning.service.rows import locked, own
from lms.courses.learning.values import EnrolmentChange
from lms.courses.values import Ending, EnrolmentId, EnrolmentSource
from lms.identity import facade as identity
from lms.identity.values import PersonId
from lms.kernel import events
from lms.kernel.actor import Actor
from lms.kernel.db import new_id
from lms.kernel.errors import Conflict, Forbidden, Invalid, NotFound, Stale
from lms.kernel.inserting import insert_all
from lms.kernel.lines import is_blank
from lms.web.context import oem_zone, write_date


def extend(
    *,
    enrolment_id: EnrolmentId,
    due_on: date | None,
    seen: date | None,
    reason: str,
    may_be_earlier: bool = False,
    actor: Actor,
    now: datetime,
) -> bool:
    """Give an open enrolment another date, or none, with a reason; return False for the same again: nothing changes.

    `seen` is the date that it had for `actor`: Stale if it has another by now. Invalid for an earlier one, or one that
    is past, unless that is said to be meant.
    """
    row = _open_of_others(enrolment_id, actor)
    if due_on == row.due_on:
        return False
    if seen != row.due_on:
        raise Stale(_was_moved(row.due_on))
    if is_blank(reason):
        message = _("Say why: the learner reads it.")
        raise Invalid(message, fields={"reason": message})
    if not may_be_earlier and (message := _doubt(row.due_on, due_on, now.astimezone(oem_zone()).date())):
        raise Invalid(message, fields={"may_be_earlier": message})
    move(row, due_on=due_on, reason=reason.strip(), by=_id_of(actor), now=now)
    return True


def _was_moved(due_on: date | None) -> str:
    if due_on is None:
        return _("Somebody changed it meanwhile: it is due no longer. Nothing of yours was saved.")
    return _(
        "Somebody changed it meanwhile: it is due on %(day)s now. Nothing of yours was saved.",
        day=write_date(due_on),
    )


def _doubt(before: date | None, after: date | None, today: date) -> str:
    """Return what somebody is asked who gives a date that they may not mean; empty for any other."""
    if after is not None and after < today:
        return _("That day is past, so it would be overdue at once. Tick the box if you mean it.")
    if after is not None and before is not None and after < before:
        return _("That is earlier than it was. Tick the box if you mean it.")
    return ""


def withdraw(*, enrolment_id: EnrolmentId, reason: str, actor: Actor, now: datetime) -> bool:
    """End somebody's open enrolment, with a reason; return False for one that ended before, which stays as it is."""
    row = _of_others(enrolment_id, actor)
    if row.ended_at is not None:
        return False
    if is_blank(reason):
        message = _("Say why: the learner reads it.")
        raise Invalid(message, fields={"reason": message})
    end(row, ending=Ending.BY_OTHERS, reason=reason.strip(), by=_id_of(actor), now=now)
    return True


def leave(*, enrolment_id: EnrolmentId, actor: Actor, now: datetime) -> None:
    """End one's own enrolment that one made oneself; Forbidden for what others asked for."""
    row = own(enrolment_id, actor)
    if row.ended_at is not None:
        return
    if row.source is not EnrolmentSource.SELF:
        raise Forbidden(_("You were enrolled by others: ask them to withdraw you."))
    end(row, ending=Ending.BY_PERSON, reason="", by=_id_of(actor), now=now)


def move(row: EnrolmentRow, *, due_on: date | None, reason: str, by: PersonId | None, now: datetime) -> None:
    """Give a held enrolment another date."""
    move_all([(row, due_on)], reason=reason, by=by, now=now)


def move_all(
    moves: Sequence[tuple[EnrolmentRow, date | None]], *, reason: str, by: PersonId | None, now: datetime
) -> None:
    """Give held enrolments other dates, each its own; a thousand cost the database little more than one."""
    facts, kept = [], []
    for row, due_on in moves:
        before, row.due_on = row.due_on, due_on
        kept.append(
            _kept(
                row,
                EnrolmentChange.DUE_MOVED,
                now=now,
                by=by,
                reason=reason,
                due_before=before,
                due_after=due_on,
            )
        )
        facts.append(
            DueDateExtended(
                enrolment_id=row.id,
                person_id=row.person_id,
                course_id=row.course_id,
                due_before=before,
                due_on=due_on,
                reason=reason,
            )
        )
    insert_all(EnrolmentChangeRow, kept)
    events.record_all(facts)


def end(row: EnrolmentRow, *, ending: Ending, reason: str, by: PersonId | None, now: datetime) -> None:
    """End a held enrolment without a completion; what was done in it stays on record."""
    end_all([row], ending=ending, reason=reason, by=by, now=now)


def end_all(
    rows: Collection[EnrolmentRow], *, ending: Ending, reason: str, by: PersonId | None, now: datetime
) -> None:
    """End held enrolments without a completion; a thousand cost the database little more than one."""
    # Held before anything changes, in the order of who enrols: neither waits for the other.
    for course_id in sorted({row.course_id for row in rows}):
        if places.hold(course_id) is not None:
            places.fill_later(course_id, now)
    for row in rows:
        watch(row)
        row.ended_at = now
    insert_all(
        EnrolmentChangeRow,
        [_kept(row, EnrolmentChange.WITHDRAWN, now=now, by=by, reason=reason, ending=ending) for row in rows],
    )
    events.record_all(
        [
            EnrolmentWithdrawn(
                enrolment_id=row.id,
                person_id=row.person_id,
                course_id=row.course_id,
                ending=ending,
                reason=reason,
            )
            for row in rows
        ]
    )


def _kept(
    row: EnrolmentRow,
    kind: EnrolmentChange,
    *,
    now: datetime,
    by: PersonId | None,
    reason: str,
    due_before: date | None = None,
    due_after: date | None = None,
    ending: Ending | None = None,
) -> dict[str, Any]:
    return {
        "id": new_id(),
        "enrolment_id": row.id,
        "person_id": row.person_id,
        "kind": kind,
        "at": now,
        "made_by": by,
        "due_before": due_before,
        "due_after": due_after,
        "ending": ending,
        "reason": reason,
    }


def _of_others(enrolment_id: EnrolmentId, actor: Actor) -> EnrolmentRow:
    """Return an enrolment, held, of somebody whom `actor` enrols and withdraws; NotFound for anybody else's."""
    if not actor.may(policy.ENROL_PEOPLE):
        raise Forbidden
    row = locked(enrolment_id)
    if not identity.is_person_visible(row.person_id, actor.scope_of(policy.ENROL_PEOPLE)):
        raise NotFound
    return row


def _open_of_others(enrolment_id: EnrolmentId, actor: Actor) -> EnrolmentRow:
    row = _of_others(enrolment_id, actor)
    if row.ended_at is not None:
        raise Conflict(_("This enrolment has ended, so nothing is due any more."))
    return row


def _id_of(actor: Actor) -> PersonId | None:
    return PersonId(actor.person_id) if actor.person_id else None
