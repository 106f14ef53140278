"""Decisions about live sessions that need no database: clocks on walls, who may book, when to remind."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from lms.courses.sessions import rules
from lms.courses.sessions.values import Day, DayFault, Marking, Refusal, SessionState
from lms.courses.values import BookingState, Mark

START = datetime(2027, 6, 1, 7, tzinfo=UTC)
VIENNA = ZoneInfo("Europe/Vienna")


@pytest.mark.parametrize(
    "day, utc_hour", [(date(2027, 3, 27), 8), (date(2027, 3, 28), 7), (date(2027, 10, 31), 8)]
)
def test_nine_at_the_place_is_nine_there_on_both_sides_of_a_time_change(day, utc_hour):
    instant = rules.instant_of(day, time(9), "Europe/Vienna")
    assert instant == datetime(day.year, day.month, day.day, utc_hour, tzinfo=UTC)
    assert instant.astimezone(VIENNA).time() == time(9)


def test_an_hour_that_spring_leaves_out_is_no_hour_and_one_that_autumn_repeats_is_its_first():
    assert rules.instant_of(date(2027, 3, 28), time(2, 30), "Europe/Vienna") is None
    assert rules.instant_of(date(2027, 10, 31), time(2, 30), "Europe/Vienna") == datetime(
        2027, 10, 31, 0, 30, tzinfo=UTC
    )


def test_days_follow_each_other_and_begin_in_the_future():
    one = Day(START, START + timedelta(hours=8))
    two = Day(START + timedelta(days=1), START + timedelta(days=1, hours=8))
    before = START - timedelta(days=1)
    assert rules.fault_of_days([one, two], before) is None
    assert rules.fault_of_days([], before) is DayFault.NONE
    assert rules.fault_of_days([Day(START, START)], before) is DayFault.BACKWARDS
    assert (
        rules.fault_of_days([one, Day(START + timedelta(hours=7), two.ends_at)], before) is DayFault.OVERLAP
    )
    assert rules.fault_of_days([one], START) is DayFault.PAST


@pytest.mark.parametrize(
    "before, refusal",
    [(timedelta(hours=49), None), (timedelta(hours=48), Refusal.CLOSED), (timedelta(0), Refusal.BEGUN)],
)
def test_booking_closes_so_many_hours_before_the_session_begins(before, refusal):
    assert rules.why_not_book(SessionState.SCHEDULED, START, 48, START - before) is refusal


def test_nothing_is_booked_that_was_called_off_or_that_somebody_has_attended():
    early = START - timedelta(days=30)
    assert rules.why_not_book(SessionState.CANCELLED, START, 0, early) is Refusal.CANCELLED
    assert rules.why_not_book(SessionState.HELD, START, 0, early) is Refusal.BEGUN
    assert rules.why_not_book(SessionState.SCHEDULED, START, 0, early, is_done=True) is Refusal.DONE


def test_a_seat_is_given_back_in_time_and_a_place_in_the_line_until_the_end():
    late = START - timedelta(hours=3)
    assert rules.why_not_give_back(BookingState.CONFIRMED, START, 24, late) is Refusal.CLOSED
    assert rules.why_not_give_back(BookingState.WAITING, START, 24, late) is None
    assert rules.why_not_give_back(BookingState.WAITING, START, 24, START) is Refusal.BEGUN


@pytest.mark.parametrize(
    "seats, confirmed, waiting, state",
    [
        (None, 900, 0, BookingState.CONFIRMED),
        (2, 1, 0, BookingState.CONFIRMED),
        (2, 2, 0, BookingState.WAITING),
        (2, 3, 0, BookingState.WAITING),
        (2, 1, 1, BookingState.WAITING),
    ],
)
def test_a_free_seat_goes_to_the_next_and_nobody_passes_who_waits(seats, confirmed, waiting, state):
    assert rules.state_for(seats, confirmed, waiting) is state


def test_reminders_come_a_day_and_an_hour_before_and_what_is_past_is_left_out():
    day, hour = START - timedelta(days=1), START - timedelta(hours=1)
    assert rules.next_reminder(START, START - timedelta(days=9)) == day
    assert rules.next_reminder(START, day) == hour
    assert rules.next_reminder(START, START - timedelta(hours=5)) == hour
    assert rules.next_reminder(START, hour) is None


def test_who_was_there_partly_has_minutes_and_fewer_than_all():
    assert rules.marking_of(Mark.PRESENT, None, 480) == Marking(Mark.PRESENT, 480)
    assert rules.marking_of(Mark.PARTLY, 200, 480) == Marking(Mark.PARTLY, 200)
    assert rules.marking_of(Mark.ABSENT, 200, 480) == Marking(Mark.ABSENT, 0)
    for minutes in (None, 0, 480, 900):
        assert rules.marking_of(Mark.PARTLY, minutes, 480) is None
    assert [mark for mark in Mark if rules.completes(mark)] == [Mark.PRESENT]
