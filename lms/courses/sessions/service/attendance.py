"""The attendance sheet: marking, closing, and correcting what was closed.

Closing records who was there as a result of the activity. A correction is a new act beside it: it may complete what was
not, and never takes a completion away.
"""

from collections.abc import Mapping
from datetime import datetime

from flask_babel import gettext as _
from flask_babel import ngettext

from lms.courses import policy
from lms.courses.errors import SheetNotOpen
from lms.courses.events import AttendanceCorrected, SheetClosed
from lms.courses.learning import facade as learning
from lms.courses.sessions import rules
from lms.courses.sessions.models import BookingRow, LiveSessionRow
from lms.courses.sessions.queries import bookings, dates
from lms.courses.sessions.values import KIND, Marking, Session, SessionState
from lms.courses.values import BookingEnd, BookingId, BookingState, LiveSessionId, Mark, Word
from lms.identity.values import PersonId
from lms.kernel import events
from lms.kernel.actor import EVERYTHING, Actor, Scope
from lms.kernel.db import db
from lms.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from lms.kernel.lines import is_blank


def reach(actor: Actor, session: Session) -> Scope:
    """Return whose names `actor` reads on a sheet: everybody's who holds the session, else those of their role."""
    if actor.person_id in session.trainers:
        return EVERYTHING
    return actor.scope_of(policy.VIEW_AUTHORING)


def mark(
    *,
    session_id: LiveSessionId,
    marks: Mapping[BookingId, Marking],
    rest: Mark | None = None,
    actor: Actor,
    now: datetime,
) -> None:
    """Set marks of an open sheet; `rest` goes to everybody within reach who has none then."""
    _open_sheet(session_id, actor, now)
    session = dates.get_session(session_id)
    for booking in bookings.list_confirmed(session_id, reach(actor, session)):
        marking = marks.get(booking.id)
        if marking is None and rest is not None and booking.mark is None:
            marking = rules.marking_of(rest, None, session.minutes)
        if marking is not None:
            _set(booking, marking, actor, now)
    db.session.flush()


def _open_sheet(session_id: LiveSessionId, actor: Actor, now: datetime) -> LiveSessionRow:
    if not actor.may(policy.AUTHOR_COURSES):
        raise Forbidden
    row = dates.lock_session(session_id)
    if row.state is not SessionState.SCHEDULED:
        raise SheetNotOpen(_("This sheet is closed. What is wrong in it is corrected line by line."))
    if now < row.starts_at:
        raise SheetNotOpen(_("The sheet opens when the session begins."))
    return row


def _set(booking: BookingRow, marking: Marking, actor: Actor, now: datetime) -> None:
    if (booking.mark, booking.minutes) == (marking.mark, marking.minutes):
        return
    booking.mark, booking.minutes = marking.mark, marking.minutes
    booking.marked_at = now
    booking.marked_by = PersonId(actor.person_id) if actor.person_id else None


def close(*, session_id: LiveSessionId, actor: Actor, now: datetime) -> None:
    """Close a sheet on which everybody is marked: the session is held, and who was there has completed the activity.

    SheetNotOpen while somebody has no mark. A second click changes nothing.
    """
    if dates.lock_session(session_id).state is SessionState.HELD:
        return
    row = _open_sheet(session_id, actor, now)
    confirmed = bookings.list_confirmed(session_id)
    unmarked = sum(booking.mark is None for booking in confirmed)
    if unmarked:
        raise SheetNotOpen(
            ngettext(
                "%(num)s person has no mark yet. Mark everybody, then close the sheet.",
                "%(num)s people have no mark yet. Mark everybody, then close the sheet.",
                unmarked,
            )
        )
    row.state, row.closed_at = SessionState.HELD, now
    row.closed_by = PersonId(actor.person_id) if actor.person_id else None
    row.version += 1
    for booking in bookings.list_open(session_id):
        booking.ended_at, booking.ended_why, booking.remind_at = now, BookingEnd.OVER, None
        if booking.state is BookingState.WAITING:
            booking.state = BookingState.CANCELLED
    db.session.flush()
    for booking in confirmed:
        if booking.mark in {Mark.PRESENT, Mark.PARTLY}:
            _record(booking, now)
    counts = bookings.count_marks(session_id)
    events.record(
        SheetClosed(
            session_id=session_id,
            present=counts.get(Mark.PRESENT, 0),
            partly=counts.get(Mark.PARTLY, 0),
            absent=counts.get(Mark.ABSENT, 0),
            excused=counts.get(Mark.EXCUSED, 0),
        )
    )


def _record(booking: BookingRow, now: datetime) -> None:
    """Have learning take what the mark says, as evidence; only who was present completes by it."""
    if booking.mark is None:
        return
    learning.record_result(
        enrolment_id=booking.enrolment_id,
        activity_id=booking.activity_id,
        completed=rules.completes(booking.mark),
        passed=None,
        score=None,
        seconds=booking.minutes * 60,
        evidence={
            "kind": KIND,
            "session": str(booking.session_id),
            "mark": booking.mark.value,
            "minutes": booking.minutes,
        },
        now=now,
        word=Word.ATTENDANCE,
    )


def correct(
    *,
    session_id: LiveSessionId,
    booking_id: BookingId,
    marking: Marking,
    reason: str,
    actor: Actor,
    now: datetime,
) -> None:
    """Change a mark of a closed sheet, on record with its reason; a completion that rests on it stays."""
    if not actor.may(policy.AUTHOR_COURSES):
        raise Forbidden
    row = dates.lock_session(session_id)
    if not bookings.is_visible(booking_id, session_id, reach(actor, dates.get_session(session_id))):
        raise NotFound
    booking = bookings.get_row(booking_id)
    if row.state is not SessionState.HELD or booking.mark is None:
        raise Conflict(_("There is nothing to correct before the sheet is closed."))
    if is_blank(reason):
        message = _("Say why: it stays on record.")
        raise Invalid(message, fields={"reason": message})
    was, was_minutes = booking.mark, booking.minutes
    if (was, was_minutes) == (marking.mark, marking.minutes):
        return
    _set(booking, marking, actor, now)
    db.session.flush()
    events.record(
        AttendanceCorrected(
            session_id=session_id,
            booking_id=booking_id,
            person_id=booking.person_id,
            was=was,
            was_minutes=was_minutes,
            now=marking.mark,
            now_minutes=marking.minutes,
            reason=reason.strip(),
        )
    )
    _record(booking, now)
