"""The pages of live sessions: each state says what is so, and nobody reads another partner's names."""

import re
from datetime import timedelta

import pytest

from lms.courses.sessions.models import LiveSessionDay, LiveSessionRow
from lms.courses.sessions.values import SessionState
from lms.courses.values import Mark
from lms.kernel import clock
from lms.kernel.actor import SYSTEM, acting_as
from lms.kernel.db import db, new_id
from lms.kernel.uow import unit_of_work
from tests.courses.courses import enrol
from tests.courses.sessions import book, call_off, draft, live_through, mark, schedule, see, write_live_course
from tests.support.portal import counted_queries


@pytest.fixture
def live(app, cast):
    """Return the course, its live session, and the page where a learner meets it."""
    course_id, activity = write_live_course()
    for person in (cast.amara, cast.dafydd, cast.nils):
        enrol(person, course_id)
    return activity, f"/learn/on-site/{activity.id}"


def form_fields(**more):
    on = (clock.now() + timedelta(days=60)).date().isoformat()
    return {
        "key": str(new_id()),
        "title": "Commissioning day",
        "days-0-on": on,
        "days-0-begins": "09:00",
        "days-0-ends": "17:00",
        "time_zone": "Europe/Vienna",
        "place": "Hall 2",
        "language": "en",
        "book_closes_hours": "0",
        "cancel_closes_hours": "24",
        **more,
    }


def test_a_learner_books_in_the_player_waits_and_gives_up(app, cast, visit, live):
    activity, page = live
    amara, dafydd = visit(cast.amara), visit(cast.dafydd)
    assert "No date yet" in amara.get(page).text
    session_id = schedule(activity, seats=1, link="https://meet.example/room")
    shown = amara.get(page).text
    assert "1 seat free" in shown
    assert "meet.example" not in shown
    assert amara.post(f"/learn/sessions/{session_id}/book").location == page
    dafydd.post(f"/learn/sessions/{session_id}/book")
    mine = amara.get(page).text
    assert "You have a seat" in mine
    assert "https://meet.example/room" in mine
    waits = dafydd.get(page).text
    assert "you are number 1" in waits
    assert "meet.example" not in waits
    (give_up,) = re.findall(r'action="(/learn/sessions/bookings/[^"]+/give-up)"', mine)
    assert visit(cast.nils).post(give_up).status_code == 404
    amara.post(give_up)
    assert "You have a seat" in dafydd.get(page).text


def test_the_same_hour_is_shown_in_the_readers_zone_and_by_the_clock_at_the_place(app, cast, visit, live):
    activity, page = live
    begins = (clock.now() + timedelta(days=30)).replace(hour=9, minute=0, second=0, microsecond=0)
    schedule(activity, draft(begins, time_zone="Asia/Tokyo"))
    text = visit(cast.amara).get(page).text
    assert f"there: {(begins.day)}" in text
    assert "18:00" in text
    assert "Tokyo" in text


def test_who_is_not_enrolled_is_refused_and_sees_no_booking(app, cast, visit, live):
    activity, _page = live
    session_id = schedule(activity)
    ruth = visit(cast.ruth)
    assert ruth.post(f"/learn/sessions/{session_id}/book").status_code == 403
    assert see(session_id).confirmed == 0


def test_the_calendar_file_is_its_owners_alone(app, cast, visit, live):
    activity, _page = live
    booking_id = book(app, schedule(activity), cast.amara)
    address = f"/learn/sessions/bookings/{booking_id}/session.ics"
    answer = visit(cast.amara).get(address)
    assert answer.mimetype == "text/calendar"
    assert "METHOD:PUBLISH" in answer.text
    assert f"UID:{booking_id}-1@" in answer.text.replace("\r\n ", "")
    assert visit(cast.nils).get(address).status_code == 404


def test_home_names_the_next_session(app, cast, visit, live):
    activity, page = live
    assert "Your next session" not in visit(cast.amara).get("/").text
    book(app, schedule(activity), cast.amara)
    home = visit(cast.amara).get("/").text
    assert "Your next session" in home
    assert page in home


def test_a_trainer_sets_a_date_of_two_days_and_changes_it(app, cast, visit, live):
    activity, _page = live
    tomas = visit(cast.tomas)
    new = f"/author/courses/{activity.course_id}/sessions/{activity.key}/new"
    more = tomas.post(new, form_fields(more="1"))
    assert more.status_code == 200
    assert 'name="days-1-on"' in more.text
    second = (clock.now() + timedelta(days=61)).date().isoformat()
    fields = form_fields(
        **{"days-1-on": second, "days-1-begins": "10:00", "days-1-ends": "12:00", "trainers": str(cast.tomas)}
    )
    made = tomas.post(new, fields)
    assert made.status_code == 303
    assert tomas.post(new, fields).location == made.location
    page = tomas.get(made.location).text
    assert "Nobody has booked" in page
    assert page.count("(Vienna)") == 1
    edit = made.location + "/edit"
    form = tomas.get(edit).text
    assert 'value="10:00' in form
    changed = form_fields(seen="1", place="Hall 3")
    assert tomas.post(edit, changed).status_code == 303
    overtaken = tomas.post(edit, {**changed, "place": "Hall 4"})
    assert overtaken.status_code == 409
    assert "Hall 4" in overtaken.text


@pytest.mark.parametrize(
    "wrong, words",
    [
        ({"days-0-on": ""}, "Give one day at least."),
        ({"days-0-ends": "08:00"}, "A day ends after it begins."),
        ({"days-0-on": "2027-03-28", "days-0-begins": "02:30"}, "does not exist there"),
        ({"days-0-on": "2020-03-28"}, "begins in the past"),
        ({"place": ""}, "Say where it is"),
        ({"link": "javascript:alert(1)"}, "Begin the link with https://"),
        ({"seats": "0"}, "Give a number"),
        ({"time_zone": "Mars/Base"}, "Choose one of those"),
        ({"trainers": str(new_id())}, "valid choice for this field"),
    ],
)
def test_what_cannot_be_a_date_is_said_and_what_was_typed_stays(sqlite_app, cast, visit, wrong, words):
    _course_id, activity = write_live_course()
    new = f"/author/courses/{activity.course_id}/sessions/{activity.key}/new"
    with clock.frozen_at(clock.now().replace(year=2026, month=12, day=1)):
        answer = visit(cast.tomas).post(new, form_fields(title="Frost and heat", **wrong))
    assert answer.status_code == 422
    assert words in answer.text
    assert "Frost and heat" in answer.text


def test_fewer_seats_than_are_taken_are_said_and_nobody_is_thrown_out(app, cast, visit, live):
    activity, _page = live
    session_id = schedule(activity, seats=2)
    for person in (cast.amara, cast.dafydd):
        book(app, session_id, person)
    tomas = visit(cast.tomas)
    tomas.post(f"/author/sessions/{session_id}/edit", form_fields(seen="1", seats="1"))
    page = tomas.get(f"/author/sessions/{session_id}").text
    assert "2 people have a seat and keep it" in page
    assert see(session_id).confirmed == 2


def test_a_sheet_is_filled_in_page_by_page_and_wrong_minutes_are_said_beside_their_person(
    app, cast, visit, live
):
    activity, _page = live
    with clock.frozen_at(clock.now()) as advance:
        session_id = schedule(activity, trainers=[cast.tomas])
        taken = {name: book(app, session_id, getattr(cast, name)) for name in ("amara", "dafydd", "nils")}
        advance(timedelta(days=10, hours=1))
        tomas, address = visit(cast.tomas), f"/author/sessions/{session_id}"
        wrong = tomas.post(address, {f"mark-{taken['amara']}": "partly", f"minutes-{taken['amara']}": "480"})
        assert wrong.status_code == 422
        assert "fewer than all" in wrong.text
        marks = {f"mark-{taken['amara']}": "partly", f"minutes-{taken['amara']}": "90", "do": "close"}
        tomas.post(address, marks)
        assert "2 people have no mark yet" in tomas.get(address).text
        tomas.post(address, {"do": "rest"})
        tomas.post(address, {"do": "close"})
        closed = tomas.get(address).text
        assert see(session_id).state is SessionState.HELD
        assert "partly, 90 min" in closed
        fix = f"{address}/bookings/{taken['amara']}/correct"
        assert "fewer than all" in tomas.post(fix, {"mark": "partly", "reason": "She stayed."}).text
        assert tomas.post(fix, {"mark": "present", "reason": "She stayed."}).status_code == 303
        page = tomas.get(address).text
        assert "She stayed." in page
        assert "partly (90 min) → present" in " ".join(page.split())


def test_the_list_to_print_has_everybody_and_a_line_to_sign_for_each_day(app, cast, visit, live):
    activity, _page = live
    session_id = schedule(activity, draft(length=2))
    book(app, session_id, cast.amara)
    page = visit(cast.tomas).get(f"/author/sessions/{session_id}/print").text
    assert "Amara Osei" in page
    assert page.count('class="sheet-sign"') == 2


def test_calling_off_needs_a_reason_that_learners_read(app, cast, visit, live):
    activity, page = live
    session_id = schedule(activity)
    book(app, session_id, cast.amara)
    tomas = visit(cast.tomas)
    assert tomas.post(f"/author/sessions/{session_id}/call-off", {"reason": " "}).status_code == 422
    tomas.post(f"/author/sessions/{session_id}/call-off", {"reason": "Flooded."})
    assert "Flooded." in tomas.get(f"/author/sessions/{session_id}").text
    assert "Called off" in visit(cast.amara).get(page).text


def test_a_partner_admin_sees_the_own_teams_bookings_and_nobody_elses(app, cast, visit, live):
    activity, _page = live
    session_id = schedule(activity, seats=1)
    for person in (cast.amara, cast.dafydd, cast.nils):
        book(app, session_id, person)
    ruth, nils = visit(cast.ruth).get("/team/sessions").text, visit(cast.nils).get("/team/sessions").text
    assert ("Amara Osei" in ruth, "Dafydd Pryce" in ruth, "Northway" in ruth) == (True, True, False)
    assert ("Amara Osei" in nils, ">Nils Aaberg" in nils) == (False, True)
    for person in (cast.ruth, cast.amara):
        assert visit(person).get(f"/author/sessions/{session_id}").status_code == 403
    assert visit(cast.amara).get("/team/sessions").status_code == 403


def test_an_auditor_reads_every_sheet_and_changes_none(app, cast, visit):
    begun, held = live_through(cast)
    odd = visit(cast.odd)
    assert "Dafydd Pryce" in odd.get(f"/author/sessions/{held}").text
    assert 'type="radio"' not in odd.get(f"/author/sessions/{begun}").text
    assert odd.post(f"/author/sessions/{begun}", {"do": "rest"}).status_code == 403


def test_a_thousand_dates_page_by_keyset_with_a_constant_number_of_queries(app, cast, visit, live):
    activity, page = live
    first = schedule(activity)
    begins = clock.now() + timedelta(days=20)
    with unit_of_work(), acting_as(SYSTEM):
        model = db.session.get_one(LiveSessionRow, first)
        copied = {
            column.key: getattr(model, column.key)
            for column in LiveSessionRow.__table__.columns
            if column.key not in {"id", "starts_at", "ends_at"}
        }
        for number in range(1000):
            row = LiveSessionRow(
                id=new_id(),
                starts_at=begins + timedelta(hours=number),
                ends_at=begins + timedelta(hours=number + 1),
                **copied,
            )
            db.session.add(row)
            db.session.flush()
            db.session.add(
                LiveSessionDay(session_id=row.id, number=1, starts_at=row.starts_at, ends_at=row.ends_at)
            )
    tomas, amara = visit(cast.tomas), visit(cast.amara)
    for visitor, address in ((tomas, "/author/sessions"), (amara, page)):
        visitor.get(address)
        with counted_queries() as queries:
            text = visitor.get(address).text
        assert len(queries) <= 14, queries
        following = re.findall(r'href="([^"]*after=[^"]*)"', text)[0].replace("&amp;", "&")
        assert visitor.get(following).status_code == 200
        assert visitor.get(following).text != text


def test_past_bookings_say_how_they_ended(app, cast, visit, live):
    activity, page = live
    with clock.frozen_at(clock.now()) as advance:
        session_id = schedule(activity, cancel_closes_hours=0)
        book(app, session_id, cast.amara)
        advance(timedelta(days=10, hours=9))
        assert "the trainer closes the attendance sheet" in visit(cast.amara).get(page).text
        mark(session_id, {}, rest=Mark.ABSENT)
    other = schedule(activity)
    book(app, other, cast.nils)
    call_off(other)
    assert "Called off" in visit(cast.nils).get(page).text
