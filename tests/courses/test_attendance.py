"""The attendance sheet: marks, closing, results, and corrections that stay on record."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from lms.courses import facade as courses
from lms.courses.errors import SheetNotOpen
from lms.courses.learning.models import ActivityResultRow
from lms.courses.sessions.queries import acts, bookings, dates
from lms.courses.sessions.service import attendance
from lms.courses.sessions.values import Marking, SessionState
from lms.courses.values import BookingState, Mark
from lms.kernel import clock
from lms.kernel.actor import Role, Scope, acting_as
from lms.kernel.audit import AuditEntry
from lms.kernel.db import db
from lms.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from lms.kernel.uow import unit_of_work
from lms.web.pages import PageRequest
from tests.courses.courses import enrol
from tests.courses.sessions import (
    actor_of,
    book,
    change,
    close,
    draft,
    mark,
    schedule,
    see,
    see_booking,
    write_live_course,
)

PEOPLE = ("amara", "dafydd", "ruth", "nils")


@pytest.fixture
def held(app, cast):
    """Return a session that four people booked, at the moment it has begun, with their bookings by name."""
    course_id, activity = write_live_course()
    with clock.frozen_at(clock.now()) as advance:
        session_id = schedule(activity, trainers=[cast.tomas])
        for name in PEOPLE:
            enrol(getattr(cast, name), course_id)
        taken = {name: book(app, session_id, getattr(cast, name)) for name in PEOPLE}
        advance(timedelta(days=10, minutes=1))
        yield course_id, session_id, taken


def completed(cast, course_id):
    found = courses.completions([getattr(cast, name) for name in PEOPLE], [course_id])
    return {name for name in PEOPLE if (getattr(cast, name), course_id) in found}


def correct(app, cast, session_id, booking_id, marking, reason="The list was wrong."):
    tomas = actor_of(app, cast.tomas, Role.TRAINER)
    with unit_of_work(), acting_as(tomas):
        attendance.correct(
            session_id=session_id,
            booking_id=booking_id,
            marking=marking,
            reason=reason,
            actor=tomas,
            now=clock.now(),
        )


def mark_all(session_id, taken):
    mark(
        session_id,
        {
            taken["dafydd"]: Marking(Mark.PARTLY, 200),
            taken["ruth"]: Marking(Mark.ABSENT),
            taken["nils"]: Marking(Mark.EXCUSED),
        },
        rest=Mark.PRESENT,
    )


def test_closing_the_sheet_completes_the_activity_for_who_was_present_and_for_nobody_else(app, cast, held):
    course_id, session_id, taken = held
    mark_all(session_id, taken)
    assert completed(cast, course_id) == set()
    close(session_id)
    close(session_id)
    assert completed(cast, course_id) == {"amara"}
    session = see(session_id)
    assert (session.state, session.closed_at) == (SessionState.HELD, clock.now())
    results = db.session.scalars(select(ActivityResultRow).order_by(ActivityResultRow.seconds)).all()
    assert [(one.completed, one.evidence) for one in results] == [
        (False, {"kind": "session", "session": str(session_id), "mark": "partly", "minutes": 200}),
        (True, {"kind": "session", "session": str(session_id), "mark": "present", "minutes": 480}),
    ]


def test_a_sheet_with_gaps_stays_open_and_keeps_what_was_marked(app, cast, held):
    _course_id, session_id, taken = held
    mark(session_id, {taken["amara"]: Marking(Mark.PRESENT, 480)})
    with pytest.raises(SheetNotOpen, match="3 people have no mark"):
        close(session_id)
    assert see(session_id).state is SessionState.SCHEDULED
    assert see_booking(taken["amara"]).mark is Mark.PRESENT


def test_nobody_is_marked_before_the_session_begins_nor_after_the_sheet_is_closed(app, cast, held):
    _course_id, session_id, taken = held
    mark_all(session_id, taken)
    close(session_id)
    with pytest.raises(SheetNotOpen, match="closed"):
        mark(session_id, {taken["ruth"]: Marking(Mark.PRESENT, 480)})
    later = schedule(courses.list_activities(_course_id)[0])
    with pytest.raises(SheetNotOpen, match="begins"):
        mark(later, {})
    with pytest.raises(Conflict):
        change(session_id, draft())


def test_a_correction_to_present_completes_and_one_away_from_it_takes_nothing_back(app, cast, held):
    course_id, session_id, taken = held
    mark_all(session_id, taken)
    close(session_id)
    correct(app, cast, session_id, taken["ruth"], Marking(Mark.PRESENT, 480), "She sat at the back.")
    assert completed(cast, course_id) == {"amara", "ruth"}
    correct(app, cast, session_id, taken["ruth"], Marking(Mark.PARTLY, 100), "She left at noon.")
    assert completed(cast, course_id) == {"amara", "ruth"}
    kept = [
        (one.by, one.person_id, one.was, one.now, one.now_minutes, one.reason)
        for one in acts.list_corrections(session_id)
    ]
    assert kept == [
        (cast.tomas, cast.ruth, Mark.PRESENT, Mark.PARTLY, 100, "She left at noon."),
        (cast.tomas, cast.ruth, Mark.ABSENT, Mark.PRESENT, 480, "She sat at the back."),
    ]


def test_a_correction_that_changes_nothing_leaves_no_trace_and_one_without_a_reason_is_refused(
    app, cast, held
):
    _course_id, session_id, taken = held
    mark_all(session_id, taken)
    with pytest.raises(Conflict):
        correct(app, cast, session_id, taken["ruth"], Marking(Mark.PRESENT, 480))
    close(session_id)
    correct(app, cast, session_id, taken["ruth"], Marking(Mark.ABSENT))
    with pytest.raises(Invalid):
        correct(app, cast, session_id, taken["ruth"], Marking(Mark.PRESENT, 480), "  ")
    with unit_of_work(read_only=True):
        assert acts.list_corrections(session_id) == []
        said = select(AuditEntry.details).where(AuditEntry.action == "SheetClosed")
        assert db.session.scalars(said).one() == {
            "session_id": str(session_id),
            "present": 1,
            "partly": 1,
            "absent": 1,
            "excused": 1,
        }


def test_who_still_waits_when_the_sheet_closes_is_free_to_book_again(app, cast):
    course_id, activity = write_live_course()
    for name in ("amara", "dafydd"):
        enrol(getattr(cast, name), course_id)
    with clock.frozen_at(clock.now()) as advance:
        session_id = schedule(activity, seats=1)
        book(app, session_id, cast.amara)
        waiting = book(app, session_id, cast.dafydd)
        advance(timedelta(days=11))
        mark(session_id, {}, rest=Mark.ABSENT)
        close(session_id)
        assert see_booking(waiting).state is BookingState.CANCELLED
        for person in (cast.amara, cast.dafydd):
            assert see_booking(book(app, schedule(activity), person)).state is BookingState.CONFIRMED


def test_a_trainer_of_one_partner_sees_and_marks_only_its_people_unless_they_hold_the_session(
    app, cast, held
):
    _course_id, session_id, taken = held
    near = Scope(organisation_roots=frozenset({cast.brixham}))
    jonas = actor_of(app, cast.jonas, Role.TRAINER, scope=near)

    def names(actor):
        with unit_of_work(read_only=True):
            scope = attendance.reach(actor, dates.get_session(session_id))
            page = bookings.page_sheet(session_id, BookingState.CONFIRMED, scope, PageRequest())
            return [line.name for line in page.items]

    assert names(jonas) == ["Amara Osei", "Dafydd Pryce", "Ruth Calloway"]
    assert "Nils Aaberg" in names(actor_of(app, cast.tomas, Role.TRAINER, scope=near))
    with unit_of_work(), acting_as(jonas):
        attendance.mark(
            session_id=session_id,
            marks={taken["nils"]: Marking(Mark.ABSENT)},
            rest=Mark.PRESENT,
            actor=jonas,
            now=clock.now(),
        )
    assert see_booking(taken["nils"]).mark is None
    assert see_booking(taken["dafydd"]).mark is Mark.PRESENT


def test_only_who_may_author_marks_and_corrects(app, cast, held):
    _course_id, session_id, taken = held
    for actor in (actor_of(app, cast.odd, Role.AUDITOR), actor_of(app, cast.ruth, Role.PARTNER_ADMIN)):
        with pytest.raises(Forbidden), unit_of_work():
            attendance.mark(session_id=session_id, marks={}, actor=actor, now=clock.now())
        with pytest.raises(Forbidden), unit_of_work():
            attendance.correct(
                session_id=session_id,
                booking_id=taken["ruth"],
                marking=Marking(Mark.PRESENT, 480),
                reason="I was there.",
                actor=actor,
                now=clock.now(),
            )


def test_a_booking_of_another_date_is_not_on_this_sheet(app, cast, held):
    course_id, session_id, taken = held
    mark_all(session_id, taken)
    close(session_id)
    other = schedule(courses.list_activities(course_id)[0])
    with pytest.raises(NotFound):
        correct(app, cast, other, taken["ruth"], Marking(Mark.PRESENT, 480))
