"""Dates: scheduling, changing and calling them off. Who has a seat is never thrown out by a change."""

import re
from datetime import datetime
from typing import Final

from flask_babel import gettext as _

from lms.courses import policy
from lms.courses.authoring import queries as authoring
from lms.courses.errors import EditedMeanwhile
from lms.courses.events import SessionCancelled, SessionChanged, SessionScheduled
from lms.courses.sessions import rules
from lms.courses.sessions.models import LiveSessionDay, LiveSessionRow, LiveSessionTrainer
from lms.courses.sessions.queries import bookings, dates
from lms.courses.sessions.service.booking import fill
from lms.courses.sessions.values import KIND, DayFault, SessionDraft, SessionState
from lms.courses.values import (
    ActivityKey,
    BookingEnd,
    BookingState,
    CourseId,
    LiveSessionId,
)
from lms.identity.values import PersonId
from lms.kernel import events
from lms.kernel.actor import Actor
from lms.kernel.db import db
from lms.kernel.errors import Conflict, Forbidden, Invalid, NotFound

WEB: Final = re.compile(r"https?://[^\s<>\"']+", re.IGNORECASE)
SEATS_AT_MOST: Final = 100_000
TOLD: Final = ("title", "time_zone", "place", "link")
"""What of a date stands in calendars, beside its days."""


def schedule(
    *,
    session_id: LiveSessionId,
    course_id: CourseId,
    key: ActivityKey,
    draft: SessionDraft,
    actor: Actor,
    now: datetime,
) -> LiveSessionId:
    """Set a date for an activity; an id used before changes nothing. Invalid names the field that is wrong."""
    _may_schedule(actor)
    activity = authoring.find_current_activity(course_id, key)
    if activity is None or activity.kind != KIND:
        raise NotFound
    if db.session.get(LiveSessionRow, session_id) is not None:
        return session_id
    _check(draft, now)
    row = LiveSessionRow(
        id=session_id,
        course_id=course_id,
        activity_key=key,
        state=SessionState.SCHEDULED,
        sequence=0,
        version=1,
        created_at=now,
        created_by=PersonId(actor.person_id) if actor.person_id else None,
        cancel_reason="",
    )
    _write(row, draft)
    db.session.add(row)
    db.session.flush()
    _write_parts(row, draft)
    events.record(SessionScheduled(session_id=session_id, course_id=course_id, activity_key=key))
    return session_id


def _may_schedule(actor: Actor) -> None:
    if not actor.may(policy.AUTHOR_COURSES):
        raise Forbidden


def _check(draft: SessionDraft, now: datetime) -> None:
    fault = rules.fault_of_days(draft.days, now)
    wrong = {
        DayFault.NONE: _("Give one day at least."),
        DayFault.BACKWARDS: _("A day ends after it begins."),
        DayFault.OVERLAP: _("Two days overlap."),
        DayFault.PAST: _("This begins in the past."),
    }
    if fault is not None:
        raise Invalid(wrong[fault], fields={"days": wrong[fault]})
    if not draft.place and not draft.link:
        message = _("Say where it is: a place, a link, or both.")
        raise Invalid(message, fields={"place": message})
    if draft.link and not WEB.fullmatch(draft.link):
        message = _("Begin the link with https://.")
        raise Invalid(message, fields={"link": message})
    if draft.seats is not None and not 0 < draft.seats <= SEATS_AT_MOST:
        message = _("Give a number of seats from 1 to %(most)s, or none at all.", most=SEATS_AT_MOST)
        raise Invalid(message, fields={"seats": message})


def _write(row: LiveSessionRow, draft: SessionDraft) -> None:
    row.title, row.time_zone = draft.title, draft.time_zone
    row.starts_at, row.ends_at = draft.days[0].starts_at, draft.days[-1].ends_at
    row.place, row.link, row.seats = draft.place, draft.link, draft.seats
    row.language, row.note = draft.language, draft.note
    row.book_closes_hours, row.cancel_closes_hours = draft.book_closes_hours, draft.cancel_closes_hours


def _write_parts(row: LiveSessionRow, draft: SessionDraft) -> None:
    for part in (*dates.list_day_rows(row.id), *dates.list_trainer_rows(row.id)):
        db.session.delete(part)
    db.session.flush()
    for number, day in enumerate(draft.days, 1):
        db.session.add(
            LiveSessionDay(session_id=row.id, number=number, starts_at=day.starts_at, ends_at=day.ends_at)
        )
    for person_id in dict.fromkeys(draft.trainers):
        db.session.add(LiveSessionTrainer(session_id=row.id, person_id=person_id))
    db.session.flush()


def change(*, session_id: LiveSessionId, draft: SessionDraft, seen: int, actor: Actor, now: datetime) -> None:
    """Change a date that has not begun; who booked is told if it is moved, and free seats go to who waits.

    `seen` is the version that the trainer had before them: EditedMeanwhile over a newer one.
    """
    _may_schedule(actor)
    row = dates.lock_session(session_id)
    if row.version != seen:
        raise EditedMeanwhile(
            _(
                "Somebody else changed this date after you opened it. Nothing was saved. Reload and look again."
            )
        )
    _still_to_come(row, now)
    _check(draft, now)
    before = dates.list_day_rows(session_id)
    days = [(day.starts_at, day.ends_at) for day in draft.days]
    is_moved = [(day.starts_at, day.ends_at) for day in before] != days or any(
        getattr(row, name) != getattr(draft, name) for name in TOLD
    )
    _write(row, draft)
    row.version += 1
    row.sequence += is_moved
    _write_parts(row, draft)
    if is_moved:
        _remind_anew(row, now)
    events.record(SessionChanged(session_id=session_id, is_moved=is_moved, days_before=len(before)))
    fill(row, now)


def _still_to_come(row: LiveSessionRow, now: datetime) -> None:
    if row.state is not SessionState.SCHEDULED:
        raise Conflict(_("What was held or called off does not change any more."))
    if now >= row.starts_at:
        raise Conflict(_("This session has begun: only its attendance sheet can be filled in."))


def _remind_anew(row: LiveSessionRow, now: datetime) -> None:
    at = rules.next_reminder(row.starts_at, now)
    for booking in bookings.list_open(row.id):
        if booking.state is BookingState.CONFIRMED:
            booking.remind_at = at
    db.session.flush()


def call_off(*, session_id: LiveSessionId, reason: str, actor: Actor, now: datetime) -> None:
    """Call a date off, with the reason that everybody who booked is told; a second click changes nothing."""
    _may_schedule(actor)
    row = dates.lock_session(session_id)
    if row.state is SessionState.CANCELLED:
        return
    if row.state is SessionState.HELD:
        raise Conflict(_("What was held or called off does not change any more."))
    row.state, row.cancelled_at, row.cancel_reason = SessionState.CANCELLED, now, reason
    row.sequence += 1
    row.version += 1
    for booking in bookings.list_open(session_id):
        booking.state, booking.remind_at = BookingState.CANCELLED, None
        booking.ended_at, booking.ended_why = now, BookingEnd.SESSION_CANCELLED
    db.session.flush()
    events.record(SessionCancelled(session_id=session_id, reason=reason))
