"""Booking a live session: seats, the waiting list, and what happens to both when something changes."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import func, select, text, update
from sqlalchemy.exc import IntegrityError

from lms.courses import facade as courses
from lms.courses.authoring import service as authoring
from lms.courses.errors import EditedMeanwhile, NotBookable
from lms.courses.learning import service as learning
from lms.courses.learning.models import EnrolmentRow
from lms.courses.sessions.models import BookingRow
from lms.courses.sessions.queries import bookings
from lms.courses.sessions.service import booking, scheduling
from lms.courses.values import (
    BookingEnd,
    BookingState,
    LearnerGroup,
    LiveSessionId,
)
from lms.kernel import clock, privacy
from lms.kernel.actor import SYSTEM, Role, acting_as
from lms.kernel.db import db, new_id
from lms.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from lms.kernel.uow import run, unit_of_work
from tests.courses.courses import enrol
from tests.courses.sessions import (
    actor_of,
    book,
    call_off,
    change,
    draft,
    give_up,
    schedule,
    see,
    see_booking,
    write_live_course,
)

CONFIRMED, WAITING, CANCELLED = BookingState.CONFIRMED, BookingState.WAITING, BookingState.CANCELLED


def states(*booking_ids):
    return [see_booking(one).state for one in booking_ids]


def enrolled(cast, course_id, *names):
    return {name: enrol(getattr(cast, name), course_id) for name in names}


def test_two_who_take_the_last_seat_at_once_get_one_seat_and_one_place_in_the_line(app, cast):
    course_id, activity = write_live_course()
    names = ("amara", "dafydd", "ruth", "nils")
    enrolled(cast, course_id, *names)
    session_id = schedule(activity, seats=1)
    start, failed = threading.Barrier(len(names)), []

    def ask(person_id):
        with app.app_context():
            try:
                start.wait()
                book(app, session_id, person_id)
            except Exception as error:  # noqa: BLE001  the test tells what went wrong in a thread
                failed.append(error)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=ask, args=[getattr(cast, name)]) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    session = see(session_id)
    assert (session.confirmed, session.waiting, session.free) == (1, 3, 0)
    own = [bookings.list_own(getattr(cast, name), activity.key)[0] for name in names]
    assert sorted(one.place_in_line for one in own) == [0, 1, 2, 3]


def test_the_database_itself_holds_a_person_to_one_open_booking(app, cast):
    course_id, activity = write_live_course()
    enrolled(cast, course_id, "amara")
    first, second = schedule(activity), schedule(activity)
    taken = see_booking(book(app, first, cast.amara))
    with pytest.raises(IntegrityError), unit_of_work():
        db.session.add(
            BookingRow(
                session_id=second,
                activity_key=activity.key,
                activity_id=taken.activity_id,
                enrolment_id=taken.enrolment_id,
                person_id=cast.amara,
                state=CONFIRMED,
                booked_at=clock.now(),
                minutes=0,
            )
        )


def test_a_second_click_books_nothing_more_and_another_date_is_refused_until_the_first_is_given_up(app, cast):
    course_id, activity = write_live_course()
    enrolled(cast, course_id, "amara")
    first, second = schedule(activity), schedule(activity)
    taken = book(app, first, cast.amara)
    assert book(app, first, cast.amara) == taken
    with pytest.raises(NotBookable, match="another date"):
        book(app, second, cast.amara)
    give_up(app, taken, cast.amara)
    give_up(app, taken, cast.amara)
    assert states(taken, book(app, second, cast.amara)) == [CANCELLED, CONFIRMED]
    assert see(first).confirmed == 0


def test_a_seat_that_is_given_up_goes_to_who_has_waited_longest(app, cast):
    course_id, activity = write_live_course()
    enrolled(cast, course_id, "amara", "dafydd", "ruth")
    session_id = schedule(activity, seats=1)
    amara, dafydd, ruth = (book(app, session_id, one) for one in (cast.amara, cast.dafydd, cast.ruth))
    assert [see_booking(one).place_in_line for one in (amara, dafydd, ruth)] == [0, 1, 2]
    give_up(app, amara, cast.amara)
    assert states(amara, dafydd, ruth) == [CANCELLED, CONFIRMED, WAITING]
    assert see_booking(ruth).place_in_line == 1


def test_who_is_not_enrolled_or_only_reads_books_nothing(app, cast):
    course_id, activity = write_live_course()
    session_id = schedule(activity)
    with pytest.raises(Forbidden, match="Enrol first"):
        book(app, session_id, cast.amara)
    enrolled(cast, course_id, "odd")
    auditor = actor_of(app, cast.odd, Role.AUDITOR)
    with pytest.raises(Forbidden), unit_of_work():
        booking.book(session_id=session_id, actor=auditor, now=clock.now())


def test_nobody_gives_up_anothers_booking(app, cast):
    course_id, activity = write_live_course()
    enrolled(cast, course_id, "amara")
    taken = book(app, schedule(activity), cast.amara)
    with pytest.raises(NotFound):
        give_up(app, taken, cast.nils)
    assert states(taken) == [CONFIRMED]


def test_deadlines_hold_to_the_hour(app, cast):
    course_id, activity = write_live_course()
    enrolled(cast, course_id, "amara", "dafydd")
    with clock.frozen_at(clock.now()) as advance:
        session_id = schedule(activity, book_closes_hours=48, cancel_closes_hours=24)
        taken = book(app, session_id, cast.amara)
        advance(timedelta(days=8, seconds=1))
        with pytest.raises(NotBookable, match="too late"):
            book(app, session_id, cast.dafydd)
        advance(timedelta(days=1))
        with pytest.raises(NotBookable, match="too late"):
            give_up(app, taken, cast.amara)
    assert states(taken) == [CONFIRMED]


def test_more_seats_go_to_who_waits_and_fewer_throw_nobody_out(app, cast):
    course_id, activity = write_live_course()
    enrolled(cast, course_id, "amara", "dafydd", "ruth")
    session_id = schedule(activity, seats=2)
    taken = [book(app, session_id, one) for one in (cast.amara, cast.dafydd, cast.ruth)]
    change(session_id, draft(seats=1))
    assert states(*taken) == [CONFIRMED, CONFIRMED, WAITING]
    give_up(app, taken[0], cast.amara)
    assert states(*taken) == [CANCELLED, CONFIRMED, WAITING]
    change(session_id, draft(seats=None))
    assert states(*taken) == [CANCELLED, CONFIRMED, CONFIRMED]


def test_who_leaves_the_course_frees_the_seat_in_the_same_transaction(app, cast):
    course_id, activity = write_live_course()
    enrolled(cast, course_id, "amara", "dafydd")
    session_id = schedule(activity, seats=1)
    amara, dafydd = book(app, session_id, cast.amara), book(app, session_id, cast.dafydd)
    with unit_of_work(), acting_as(SYSTEM):
        learning.withdraw_all(cast.amara, clock.now())
        moved = db.session.scalar(select(BookingRow.state).where(BookingRow.id == dafydd))
    assert moved is CONFIRMED
    gone = see_booking(amara)
    assert (gone.state, gone.ended_why) == (CANCELLED, BookingEnd.LEFT_COURSE)


def test_who_goes_on_in_a_version_without_the_session_frees_the_seat_and_others_keep_theirs(app, cast):
    course_id, activity = write_live_course(lessons=("Before",))
    enrolled(cast, course_id, "amara", "dafydd")
    session_id = schedule(activity, seats=5)
    amara, dafydd = book(app, session_id, cast.amara), book(app, session_id, cast.dafydd)
    with unit_of_work(), acting_as(SYSTEM):
        db.session.execute(
            update(EnrolmentRow).where(EnrolmentRow.person_id == cast.dafydd).values(started_at=clock.now())
        )
        authoring.remove_activity(course_id=course_id, key=activity.key, actor=SYSTEM, now=clock.now())
        courses.publish(course_id=course_id, actor=SYSTEM, now=clock.now())
        learning.move_to_version(
            course_id=course_id,
            version_id=courses.list_activities(course_id)[0].version_id,
            groups=[LearnerGroup.NOT_STARTED],
            now=clock.now(),
        )
    assert states(amara, dafydd) == [CANCELLED, CONFIRMED]


def test_a_date_called_off_lets_everybody_go_and_they_book_another(app, cast):
    course_id, activity = write_live_course()
    enrolled(cast, course_id, "amara", "dafydd")
    first, second = schedule(activity, seats=1), schedule(activity)
    taken = [book(app, first, one) for one in (cast.amara, cast.dafydd)]
    call_off(first)
    call_off(first)
    assert states(*taken) == [CANCELLED, CANCELLED]
    with pytest.raises(NotBookable, match="called off"):
        book(app, first, cast.amara)
    assert states(book(app, second, cast.amara)) == [CONFIRMED]
    with pytest.raises(Conflict):
        change(first, draft())


def test_who_was_at_a_session_whose_sheet_is_still_open_may_book_again(app, cast):
    course_id, activity = write_live_course()
    enrolled(cast, course_id, "amara")
    with clock.frozen_at(clock.now()) as advance:
        first = schedule(activity)
        taken = book(app, first, cast.amara)
        advance(timedelta(days=11))
        assert states(taken, book(app, schedule(activity), cast.amara)) == [CONFIRMED, CONFIRMED]
        # The first still stands on its sheet.
        assert see(first).confirmed == 1


def test_a_change_over_a_newer_one_is_refused(app, cast):
    _course_id, activity = write_live_course()
    session_id = schedule(activity)
    change(session_id, draft(place="Hall 1"))
    with pytest.raises(EditedMeanwhile):
        change(session_id, draft(place="Hall 3"), seen=1)
    assert see(session_id).place == "Hall 1"


@pytest.mark.parametrize(
    "wrong, field",
    [
        ({"place": "", "link": ""}, "place"),
        ({"link": "javascript:alert(1)"}, "link"),
        ({"link": "https://x.example/<b>"}, "link"),
        ({"seats": 0}, "seats"),
        ({"days": []}, "days"),
    ],
)
def test_a_date_that_nobody_could_attend_is_refused_at_its_field(app, cast, wrong, field):
    _course_id, activity = write_live_course()
    with pytest.raises(Invalid) as refusal:
        schedule(activity, **wrong)
    assert list(refusal.value.fields) == [field]


def test_dates_are_set_for_live_sessions_alone_and_by_who_may_author(app, cast):
    course_id, activity = write_live_course(lessons=("Before",))
    lesson = courses.list_activities(course_id)[0]
    with pytest.raises(NotFound):
        schedule(lesson)
    with pytest.raises(Forbidden), unit_of_work():
        scheduling.schedule(
            session_id=LiveSessionId(new_id()),
            course_id=course_id,
            key=activity.key,
            draft=draft(),
            actor=actor_of(app, cast.ruth, Role.PARTNER_ADMIN),
            now=clock.now(),
        )


def test_an_erased_person_frees_the_seat_and_what_they_booked_is_in_their_export(app, cast):
    course_id, activity = write_live_course()
    enrolled(cast, course_id, "amara", "dafydd")
    session_id = schedule(activity, seats=1)
    amara, dafydd = book(app, session_id, cast.amara), book(app, session_id, cast.dafydd)
    (said,) = privacy.export(cast.amara)["courses"]["sessions"]
    assert (said["session"], said["state"], said["attendance"]) == ("Commissioning day", "confirmed", None)
    with unit_of_work(), acting_as(SYSTEM):
        privacy.erase(cast.amara)
    assert states(amara, dafydd) == [CANCELLED, CONFIRMED]


def test_a_trainer_takes_somebody_off_before_it_begins_and_only_from_that_date(app, cast):
    course_id, activity = write_live_course()
    enrolled(cast, course_id, "amara", "dafydd")
    first, other = schedule(activity, seats=1), schedule(activity)
    amara, dafydd = book(app, first, cast.amara), book(app, first, cast.dafydd)
    tomas = actor_of(app, cast.tomas, Role.TRAINER)

    def take_off(session_id):
        with acting_as(tomas):
            run(
                lambda: booking.take_off(
                    booking_id=amara, session_id=session_id, actor=tomas, now=clock.now()
                )
            )

    with pytest.raises(NotFound):
        take_off(other)
    take_off(first)
    assert states(amara, dafydd) == [CANCELLED, CONFIRMED]


@pytest.mark.parametrize("change_of", ["seats = 0", "ends_at = starts_at"])
def test_the_database_refuses_a_date_without_seats_or_without_length(app, cast, change_of):
    _course_id, activity = write_live_course()
    schedule(activity)
    with pytest.raises(IntegrityError), unit_of_work():
        db.session.execute(text(f"UPDATE live_sessions SET {change_of}"))  # noqa: S608  words of this test
    assert db.session.scalar(select(func.count()).select_from(BookingRow)) == 0
