"""Seats: who books, who waits, who gives one up, and who moves up.

A date's row is held while its seats are counted, so two who want the last one come one after the other.
"""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.dialects import postgresql, sqlite

from lms.courses import policy
from lms.courses.errors import NotBookable
from lms.courses.events import SeatGivenUp, SeatTaken
from lms.courses.learning import facade as learning
from lms.courses.sessions import rules
from lms.courses.sessions.models import BookingRow, LiveSessionRow
from lms.courses.sessions.queries import bookings, dates
from lms.courses.sessions.values import Refusal, SessionState
from lms.courses.values import (
    ActivityKey,
    BookingEnd,
    BookingId,
    BookingState,
    CourseId,
    CourseVersionId,
    EnrolmentId,
    LiveSessionId,
)
from lms.courses.values.seats import free
from lms.identity.values import PersonId
from lms.kernel import events
from lms.kernel.actor import Actor
from lms.kernel.db import db, new_id
from lms.kernel.errors import Forbidden, NotFound


def book(*, session_id: LiveSessionId, actor: Actor, now: datetime) -> BookingId:
    """Give `actor` a seat, or a place on the waiting list, and return the booking; a second click finds the first.

    NotBookable says why there is none: called off, begun, closed, done, or another date is booked. Forbidden for
    who is not enrolled; Locked while the activity is shut for them.
    """
    person_id = _learner(actor)
    enrolled = bookings.find_enrolled(person_id, session_id)
    session = dates.lock_session(session_id)
    if enrolled is None:
        raise Forbidden(_("A date can be booked by who is enrolled in its course. Enrol first."))
    learning.check_open(enrolment_id=enrolled.enrolment_id, activity_id=enrolled.activity_id, now=now)
    refusal = rules.why_not_book(
        session.state,
        session.starts_at,
        session.book_closes_hours,
        now,
        is_done=enrolled.completed_at is not None,
    )
    if refusal is not None:
        raise NotBookable(_refused(refusal))
    _end_past(person_id, session.activity_key, now)
    state = rules.state_for(session.seats, *bookings.count_seats(session_id))
    made = _insert_unless_open(
        id=BookingId(new_id()),
        session_id=session_id,
        activity_key=session.activity_key,
        activity_id=enrolled.activity_id,
        enrolment_id=enrolled.enrolment_id,
        person_id=person_id,
        state=state,
        booked_at=now,
        confirmed_at=now if state is BookingState.CONFIRMED else None,
        remind_at=_reminder(session, now) if state is BookingState.CONFIRMED else None,
        minutes=0,
    )
    if made is None:
        return _found_open(person_id, session)
    _note_taken(made, session_id, person_id, state, moved_up=False)
    return made


def _learner(actor: Actor) -> PersonId:
    if actor.person_id is None or not policy.may_learn(actor):
        raise Forbidden(_("Auditors read everything and change nothing."))
    return PersonId(actor.person_id)


def _refused(refusal: Refusal) -> str:
    return {
        Refusal.CANCELLED: _("This date was called off. Choose another."),
        Refusal.BEGUN: _("This session has begun."),
        Refusal.CLOSED: _("It is too late for this by yourself. Ask the trainer."),
        Refusal.DONE: _("You have attended already: there is nothing left to book."),
    }[refusal]


def _insert_unless_open(**values: Any) -> BookingId | None:
    # Two clicks at once: the second waits at the partial unique index, then inserts nothing and finds the first's row.
    insert = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    made: BookingId | None = db.session.scalar(
        insert(BookingRow).values(**values).on_conflict_do_nothing().returning(BookingRow.id)
    )
    return made


def _found_open(person_id: PersonId, session: LiveSessionRow) -> BookingId:
    found = bookings.find_open(person_id, session.activity_key)
    if found is None or found.session_id != session.id:
        raise NotBookable(_("You have booked another date of it. Give that one up first."))
    return found.id


def _end_past(person_id: PersonId, key: ActivityKey, now: datetime) -> None:
    """Let who was at a session, or missed it, book again before its sheet is closed."""
    for row in bookings.list_past_open(person_id, key, now):
        _close(row, BookingEnd.OVER, now)
    db.session.flush()


def _close(row: BookingRow, why: BookingEnd, now: datetime) -> None:
    row.ended_at, row.ended_why, row.remind_at = now, why, None
    # Who had a seat when it took place stays on its sheet.
    if why is not BookingEnd.OVER or row.state is BookingState.WAITING:
        row.state = BookingState.CANCELLED


def _reminder(session: LiveSessionRow, now: datetime) -> datetime | None:
    return rules.next_reminder(session.starts_at, now)


def _note_taken(
    booking_id: BookingId,
    session_id: LiveSessionId,
    person_id: PersonId,
    state: BookingState,
    *,
    moved_up: bool,
) -> None:
    events.record(
        SeatTaken(
            booking_id=booking_id, session_id=session_id, person_id=person_id, state=state, moved_up=moved_up
        )
    )


def give_up(*, booking_id: BookingId, actor: Actor, now: datetime) -> None:
    """Give one's own booking up; the first who waits gets the seat. NotBookable once it is too late."""
    own = bookings.get_own(booking_id, _learner(actor))
    session = dates.lock_session(own.session_id)
    row = bookings.get_row(booking_id)
    if row.ended_at is not None:
        return
    refusal = rules.why_not_give_back(row.state, session.starts_at, session.cancel_closes_hours, now)
    if refusal is not None:
        raise NotBookable(_refused(refusal))
    _let_go(row, BookingEnd.BY_PERSON, now)
    fill(session, now)


def take_off(*, booking_id: BookingId, session_id: LiveSessionId, actor: Actor, now: datetime) -> None:
    """Take somebody off the list of a session that has not begun; the first who waits gets the seat."""
    if not actor.may(policy.AUTHOR_COURSES):
        raise Forbidden
    if not bookings.is_visible(booking_id, session_id, actor.scope_of(policy.AUTHOR_COURSES)):
        raise NotFound
    session = dates.lock_session(session_id)
    row = bookings.get_row(booking_id)
    if row.ended_at is not None:
        return
    if now >= session.starts_at:
        raise NotBookable(_("The session has begun: mark absence on its sheet instead."))
    _let_go(row, BookingEnd.BY_TRAINER, now)
    fill(session, now)


def _let_go(row: BookingRow, why: BookingEnd, now: datetime) -> None:
    was = row.state
    _close(row, why, now)
    db.session.flush()
    events.record(
        SeatGivenUp(booking_id=row.id, session_id=row.session_id, person_id=row.person_id, was=was, why=why)
    )


def fill(session: LiveSessionRow, now: datetime) -> None:
    """Give every free seat of a date to who has waited longest; its row is held by the caller."""
    if session.state is not SessionState.SCHEDULED or now >= session.starts_at:
        return
    confirmed, _waiting = bookings.count_seats(session.id)
    for row in bookings.list_waiting(session.id, at_most=free(session.seats, confirmed)):
        row.state, row.confirmed_at = BookingState.CONFIRMED, now
        row.remind_at = _reminder(session, now)
        db.session.flush()
        _note_taken(row.id, session.id, row.person_id, row.state, moved_up=True)


def release_enrolments(enrolment_ids: Collection[EnrolmentId], now: datetime) -> None:
    """Free every seat that rests on enrolments that ended."""
    _release(bookings.list_open_of_enrolments(enrolment_ids), now)


def release_without_activity(course_id: CourseId, version_id: CourseVersionId, now: datetime) -> None:
    """Free the seats of people who go on in a version that has the activity no longer."""
    _release(bookings.list_open_without_activity(course_id, version_id), now)


def _release(rows: Iterable[BookingRow], now: datetime) -> None:
    for row in rows:
        session = dates.lock_session(row.session_id)
        fresh = bookings.get_row(row.id)
        if fresh.ended_at is None:
            if session.ends_at <= now:
                _close(fresh, BookingEnd.OVER, now)
            else:
                _let_go(fresh, BookingEnd.LEFT_COURSE, now)
                fill(session, now)


def forget(person_id: PersonId, now: datetime) -> None:
    """Give up what an erased person has open; attendance stays under their bare id, as proof."""
    _release([row for row in bookings.list_of_person(person_id) if row.ended_at is None], now)
