"""Live sessions for tests: a course that has one, dates in it, and people who book them."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from lms.app.portal import Portal
from lms.courses import facade as courses
from lms.courses.sessions.queries import bookings, dates
from lms.courses.sessions.service import attendance, booking, scheduling
from lms.courses.sessions.values import Booking, Day, Marking, Session, SessionDraft
from lms.courses.values import Activity, ActivityKey, BookingId, CourseId, LiveSessionId, Mark, SectionKey
from lms.identity.values import PersonId
from lms.kernel import clock
from lms.kernel.actor import EVERYTHING, SYSTEM, Actor, Grant, Role, Scope, acting_as, scopes_of
from lms.kernel.db import new_id
from lms.kernel.uow import run, unit_of_work
from lms.web.exports import this_app
from tests.courses.courses import enrol, write_course


def actor_of(app: Portal, person_id: PersonId, *roles: Role, scope: Scope = EVERYTHING) -> Actor:
    """Return a person as an actor with these roles beside the learner's."""
    grants = (Grant(Role.LEARNER, Scope()), *[Grant(role, scope) for role in roles])
    return Actor(person_id=person_id, grants=grants, scopes=scopes_of(grants, app.extensions["lms.policy"]))


def write_live_course(slug: str = "on-site", *, lessons: Sequence[str] = ()) -> tuple[CourseId, Activity]:
    """Return a published course with a live session, and perhaps lessons before it, and that activity."""
    course_id = write_course(slug, sections=(lessons,), title="On site", publish=False)
    with unit_of_work(), acting_as(SYSTEM):
        section = SectionKey(new_id())
        courses.add_section(course_id=course_id, key=section, title="Together", actor=SYSTEM, now=clock.now())
        courses.add_activity(
            course_id=course_id,
            section_key=section,
            key=ActivityKey(new_id()),
            kind="session",
            title="Commissioning day",
            actor=SYSTEM,
            now=clock.now(),
        )
        courses.publish(course_id=course_id, actor=SYSTEM, now=clock.now())
    return course_id, courses.list_activities(course_id)[-1]


def draft(starts_at: datetime | None = None, *, length: int = 1, **more: Any) -> SessionDraft:
    """Return a date of so many days from then on (in ten days), eight hours each."""
    begins = starts_at or clock.now() + timedelta(days=10)
    given: dict[str, Any] = {
        "title": "Commissioning day",
        "days": [Day(begins + timedelta(days=n), begins + timedelta(days=n, hours=8)) for n in range(length)],
        "time_zone": "Europe/Vienna",
        "place": "Training hall 2, Vienna",
        "link": "",
        "seats": None,
        "trainers": [],
        "language": "en",
        "note": "",
        "book_closes_hours": 0,
        "cancel_closes_hours": 24,
    }
    return SessionDraft(**{**given, **more})


def schedule(activity: Activity, wanted: SessionDraft | None = None, **more: Any) -> LiveSessionId:
    """Set a date for an activity."""
    with unit_of_work(), acting_as(SYSTEM):
        return scheduling.schedule(
            session_id=LiveSessionId(new_id()),
            course_id=activity.course_id,
            key=activity.key,
            draft=wanted or draft(**more),
            actor=SYSTEM,
            now=clock.now(),
        )


def change(session_id: LiveSessionId, wanted: SessionDraft, *, seen: int | None = None) -> None:
    """Change a date over the version it has now."""

    def work() -> None:
        version = dates.get_session(session_id).version if seen is None else seen
        scheduling.change(session_id=session_id, draft=wanted, seen=version, actor=SYSTEM, now=clock.now())

    with acting_as(SYSTEM):
        run(work)


def call_off(session_id: LiveSessionId, reason: str = "The trainer is ill.") -> None:
    """Call a date off."""
    with unit_of_work(), acting_as(SYSTEM):
        scheduling.call_off(session_id=session_id, reason=reason, actor=SYSTEM, now=clock.now())


def book(app: Portal, session_id: LiveSessionId, person_id: PersonId) -> BookingId:
    """Let a person book."""
    actor = actor_of(app, person_id)
    with acting_as(actor):
        return run(lambda: booking.book(session_id=session_id, actor=actor, now=clock.now()))


def give_up(app: Portal, booking_id: BookingId, person_id: PersonId) -> None:
    """Let a person give their booking up."""
    actor = actor_of(app, person_id)
    with acting_as(actor):
        run(lambda: booking.give_up(booking_id=booking_id, actor=actor, now=clock.now()))


def mark(session_id: LiveSessionId, marks: Mapping[BookingId, Marking], *, rest: Mark | None = None) -> None:
    """Fill in a sheet."""
    with unit_of_work(), acting_as(SYSTEM):
        attendance.mark(session_id=session_id, marks=marks, rest=rest, actor=SYSTEM, now=clock.now())


def close(session_id: LiveSessionId) -> None:
    """Close a sheet."""
    with unit_of_work(), acting_as(SYSTEM):
        attendance.close(session_id=session_id, actor=SYSTEM, now=clock.now())


def see(session_id: LiveSessionId) -> Session:
    """Return a date as it is."""
    with unit_of_work(read_only=True):
        return dates.get_session(session_id)


def see_booking(booking_id: BookingId) -> Booking:
    """Return a booking as it is, with the place in line."""
    with unit_of_work(read_only=True):
        row = bookings.get_row(booking_id)
        return bookings.get_own(booking_id, row.person_id)


def live_through(cast: Any) -> tuple[LiveSessionId, LiveSessionId]:
    """Return a session that has begun with its sheet open, and one that is held, each with Dafydd in it."""
    portal, now = this_app(), clock.now()
    assert isinstance(portal, Portal)
    with clock.frozen_at(now - timedelta(days=20)) as advance:
        course_id, activity = write_live_course("lived-through")
        enrol(cast.dafydd, course_id)
        begun, held = schedule(activity, draft(now - timedelta(hours=2))), schedule(activity)
        book(portal, held, cast.dafydd)
        advance(timedelta(days=11))
        book(portal, begun, cast.dafydd)
        mark(held, {}, rest=Mark.ABSENT)
        close(held)
    return begun, held
