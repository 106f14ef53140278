"""On which day somebody is reminded, and of what: once for each step, the last alone after a stop."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.courses.learning.rules import reminding

STEPS = (-14, -3, -1, 1, 7, 14, 21, 28)
DUE = date(2027, 3, 28)


@pytest.mark.parametrize(
    "after, expected",
    [
        (date(2027, 1, 1), date(2027, 3, 14)),
        (date(2027, 3, 14), date(2027, 3, 25)),
        (date(2027, 3, 26), date(2027, 3, 27)),
        (date(2027, 3, 27), date(2027, 3, 29)),
        (date(2027, 4, 4), date(2027, 4, 11)),
        (date(2027, 4, 25), None),
    ],
)
def test_the_next_step_is_the_first_that_is_still_to_come(after, expected):
    assert reminding.next_day(DUE, after, STEPS) == expected


@pytest.mark.parametrize(
    "today, step",
    [
        (date(2027, 3, 13), None),
        (date(2027, 3, 14), -14),
        (date(2027, 3, 21), -14),
        (date(2027, 3, 22), None),  # a week late: it is let go, and the next is near
        (date(2027, 3, 25), -3),
        (date(2027, 3, 28), -1),  # never overdue on the day itself
        (date(2027, 3, 29), 1),
        (date(2027, 4, 12), 14),
        (date(2027, 5, 2), 28),
        (date(2027, 5, 3), None),
    ],
)
def test_of_steps_that_were_missed_the_last_is_told_and_none_that_is_long_past(today, step):
    assert reminding.step_reached(DUE, today, STEPS) == step


def test_without_steps_nobody_is_reminded():
    assert reminding.next_day(DUE, date(2027, 1, 1), ()) is None
    assert reminding.step_reached(DUE, DUE, ()) is None


@pytest.mark.parametrize(
    "zone, ends",
    [
        ("Europe/Vienna", datetime(2027, 3, 28, 22, tzinfo=UTC)),  # the day of 23 hours
        ("Pacific/Kiritimati", datetime(2027, 3, 28, 10, tzinfo=UTC)),
        ("Pacific/Pago_Pago", datetime(2027, 3, 29, 11, tzinfo=UTC)),
    ],
)
def test_a_due_day_ends_when_it_has_ended_there(zone, ends):
    assert reminding.end_of(DUE, ZoneInfo(zone)) == ends


DAYS = st.integers(-60, 60).map(lambda days: DUE + timedelta(days))
SOME_STEPS = st.lists(st.integers(-40, 40), unique=True, max_size=9)


@given(st.lists(DAYS, min_size=1, max_size=40), DAYS, SOME_STEPS)
def test_whenever_the_job_runs_each_step_is_told_once_at_most_and_in_order(runs, since, steps):
    """What the service does with the rules, over any days on which it happens to run."""
    remind_on, told = reminding.next_day(DUE, since, steps), []
    for today in sorted(run for run in runs if run >= since):
        if remind_on is None or remind_on > today:
            continue
        step = reminding.step_reached(DUE, today, steps)
        if step is not None:
            told.append((step, today))
        remind_on = reminding.next_day(DUE, today, steps)
    assert [step for step, _day in told] == sorted({step for step, _day in told})
    for step, day in told:
        reached = DUE + timedelta(step)
        assert since < reached <= day, "told before its day, or of what was before the due day was set"
        assert (day - reached).days <= reminding.STALE_DAYS


@given(DAYS, SOME_STEPS)
def test_a_job_that_runs_every_day_tells_every_step_on_its_day(since, steps):
    days = [since + timedelta(number) for number in range(200)]
    told, remind_on = [], reminding.next_day(DUE, since, steps)
    for today in days:
        if remind_on is not None and remind_on <= today:
            told.append((reminding.step_reached(DUE, today, steps), today))
            remind_on = reminding.next_day(DUE, today, steps)
    expected = [(step, DUE + timedelta(step)) for step in sorted(steps) if DUE + timedelta(step) > since]
    assert told == expected
