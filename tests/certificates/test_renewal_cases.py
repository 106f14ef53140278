"""The renewal cases of the field, each a line of a table: what was done when, and through when the certificate counts.

domain.md, "Certification", says the rules; the last tests of the file are its sentences.
"""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from lms.certificates.cycles.rules import Track, cycle_state, weigh
from lms.certificates.cycles.rules.renewal import ESCALATED, OPENED, due_of, next_of, steps_of, to_tell
from lms.certificates.cycles.rules.requirements import Done, Facts
from lms.certificates.cycles.rules.terms import cut, evidence_since, start_of, term_of
from lms.certificates.values import CourseDone, CycleState, ExpiryMode, Rule
from lms.courses.values import CourseId

VIENNA, KIRITIMATI, AOE = ZoneInfo("Europe/Vienna"), ZoneInfo("Pacific/Kiritimati"), ZoneInfo("Etc/GMT+12")
COURSE = CourseDone(CourseId(UUID(int=1)), "Refrigeration Control")
SECOND, DAY = timedelta(seconds=1), timedelta(days=1)
COMPLETION, EXPIRY, FIXED = ExpiryMode.COMPLETION, ExpiryMode.EXPIRY, ExpiryMode.FIXED


def day(text):
    return date.fromisoformat(text)


def rule(mode=COMPLETION, months=12, window=60, grace=30, base=None, minimum=0):
    return Rule(COURSE, months, window, grace, mode, day(base) if base else None, minimum)


class Case(NamedTuple):
    """Done on a day, after a certificate valid through `before`, asked for by `due`: valid `through`."""

    name: str
    rule: Rule
    done: str
    through: str
    before: str | None = None
    due: str | None = None


ANNUAL = rule(FIXED, base="2020-03-31", window=60, minimum=90)
CASES = [
    # ---- the first time
    Case("first, from completion", rule(), "2026-05-04", "2027-05-04"),
    Case(
        "first, by expiry, from the due date if there was one", rule(EXPIRY),
        "2026-05-04", "2027-06-30", due="2026-06-30",
    ),
    Case("first, by expiry, on the due date itself", rule(EXPIRY), "2026-06-30", "2027-06-30", due="2026-06-30"),
    Case("first, by expiry, overdue: from completion", rule(EXPIRY), "2026-07-01", "2027-07-01", due="2026-06-30"),
    Case("first, by expiry, without a due date: from completion", rule(EXPIRY), "2026-05-04", "2027-05-04"),
    Case("first, a due date moves nothing by completion", rule(), "2026-05-04", "2027-05-04", due="2026-06-30"),
    # ---- on time
    Case("on time, by completion: from the day it was done", rule(), "2027-04-01", "2028-04-01", before="2027-05-04"),
    Case("on time, by expiry: no day is lost", rule(EXPIRY), "2027-04-01", "2028-05-04", before="2027-05-04"),
    Case("on the last day, by expiry", rule(EXPIRY), "2027-05-04", "2028-05-04", before="2027-05-04"),
    Case(
        "by expiry, the previous end is worth more than a due date", rule(EXPIRY),
        "2027-04-01", "2028-05-04", before="2027-05-04", due="2027-04-15",
    ),
    # ---- late
    Case("late by a day, by expiry: from completion", rule(EXPIRY), "2027-05-05", "2028-05-05", before="2027-05-04"),
    Case("late and in grace, by completion", rule(), "2027-05-20", "2028-05-20", before="2027-05-04"),
    Case("late and lapsed, by expiry: it starts again", rule(EXPIRY), "2027-09-01", "2028-09-01", before="2027-05-04"),
    # ---- annual fixed date
    Case("annual: the first date ahead", ANNUAL, "2026-05-04", "2027-03-31"),
    Case("annual: on the date itself, the next one", ANNUAL, "2026-03-31", "2027-03-31"),
    Case("annual: the day before the date, too little is left", ANNUAL, "2026-03-30", "2027-03-31"),
    Case("annual: exactly the minimum is left", ANNUAL, "2025-12-31", "2026-03-31"),
    Case("annual: one day less than the minimum", ANNUAL, "2026-01-01", "2027-03-31"),
    Case(
        "annual: renewed in the window, through the next but one", ANNUAL,
        "2027-02-15", "2028-03-31", before="2027-03-31",
    ),
    Case("annual: late, the next date all the same", ANNUAL, "2027-04-20", "2028-03-31", before="2027-03-31"),
    Case(
        "annual: a base that lies ahead is the first date", rule(FIXED, base="2030-03-31", minimum=60),
        "2026-05-04", "2030-03-31",
    ),
    # ---- leap day and end of month
    Case("leap day: a year on is the 28th", rule(), "2028-02-29", "2029-02-28"),
    Case("leap day: four years on is the 29th again", rule(months=48), "2028-02-29", "2032-02-29"),
    Case(
        "leap day, by expiry, from the 28th: it stays the 28th", rule(EXPIRY),
        "2029-02-10", "2030-02-28", before="2029-02-28",
    ),
    Case("end of month: 31 August and six months", rule(months=6), "2026-08-31", "2027-02-28"),
    Case("end of month: 31 August and six months, before a leap day", rule(months=6), "2027-08-31", "2028-02-29"),
    Case("end of month: 30 November and three months", rule(months=3), "2026-11-30", "2027-02-28"),
    Case(
        "end of month: fixed dates do not creep back", rule(FIXED, months=1, base="2026-01-31", window=20, minimum=20),
        "2026-02-28", "2026-03-31",
    ),
    # ---- year change
    Case("year change: New Year's Eve", rule(), "2026-12-31", "2027-12-31"),
    Case("year change: a month from December", rule(months=1, window=20), "2026-12-15", "2027-01-15"),
    Case(
        "year change: annual on 31 December, done on New Year's Day", rule(FIXED, base="2020-12-31", minimum=60),
        "2027-01-01", "2027-12-31",
    ),
    # ---- far
    Case("twenty years", rule(months=240), "2026-05-04", "2046-05-04"),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
@pytest.mark.parametrize("zone", [VIENNA, KIRITIMATI, AOE], ids=["Vienna", "+14", "-12"])
def test_through_when_a_certificate_counts(case, zone):
    term = term_of(
        case.rule,
        met_on=day(case.done),
        zone=zone,
        previous=day(case.before) if case.before else None,
        due_on=day(case.due) if case.due else None,
    )
    assert term.valid_through == day(case.through)
    assert term.expires_at == start_of(day(case.through) + DAY, zone)


# ---- time zones: the same instant is another day


@pytest.mark.parametrize(
    "done_at, zone, through",
    [
        ("2026-05-04T09:59:59+00:00", KIRITIMATI, "2027-05-04"),
        ("2026-05-04T10:00:00+00:00", KIRITIMATI, "2027-05-05"),
        ("2026-05-04T11:59:59+00:00", AOE, "2027-05-03"),
        ("2026-05-04T12:00:00+00:00", AOE, "2027-05-04"),
        ("2026-12-31T22:59:59+00:00", VIENNA, "2027-12-31"),
        ("2026-12-31T23:00:00+00:00", VIENNA, "2028-01-01"),
        ("2028-02-28T10:00:00+00:00", KIRITIMATI, "2029-02-28"),
    ],
)
def test_the_day_on_which_it_was_done_is_the_oems(done_at, zone, through):
    at = datetime.fromisoformat(done_at)
    facts = Facts({COURSE.course_id: [Done(UUID(int=9), at)]})
    weighed = weigh(rule(), facts, since=None, now=at, zone=zone)
    assert weighed.term is not None
    assert weighed.term.valid_through == day(through)


@pytest.mark.parametrize("zone", [VIENNA, KIRITIMATI, AOE], ids=["Vienna", "+14", "-12"])
def test_it_is_valid_through_its_last_day_and_expired_at_the_next_midnight_there(zone):
    term = term_of(rule(), met_on=day("2026-03-28"), zone=zone)
    midnight = datetime(2027, 3, 29, tzinfo=zone).astimezone(UTC)
    for at, state in (
        (start_of(day("2027-01-27"), zone) - SECOND, CycleState.CERTIFIED),
        (start_of(day("2027-01-27"), zone), CycleState.RENEWAL_OPEN),
        (midnight - SECOND, CycleState.RENEWAL_OPEN),
        (midnight, CycleState.IN_GRACE),
        (start_of(day("2027-04-28"), zone) - SECOND, CycleState.IN_GRACE),
        (start_of(day("2027-04-28"), zone), CycleState.LAPSED),
    ):
        assert cycle_state(Track(term=term), now=at, today=at.astimezone(zone).date()) is state, at


# ---- what counts for a renewal

RENEWED = term_of(rule(), met_on=day("2026-05-04"), zone=VIENNA)


@pytest.mark.parametrize(
    "done, earned",
    [
        ("2027-03-04", False),
        ("2027-03-05", True),
        ("2027-05-04", True),
        ("2027-05-20", True),
    ],
    ids=["a day before the window", "as it opens", "on the last day", "in grace"],
)
def test_a_renewal_counts_what_is_done_once_its_window_is_open(done, earned):
    at = start_of(day(done), VIENNA)
    facts = Facts({COURSE.course_id: [Done(UUID(int=9), at)]})
    since = evidence_since(RENEWED.renewal_opens_at, None)
    weighed = weigh(rule(), facts, since=since, now=at, zone=VIENNA, previous=RENEWED.valid_through)
    assert (weighed.term is not None) is earned


def test_what_was_done_long_before_counts_only_while_it_would_still_be_valid():
    at = datetime(2026, 5, 4, 10, tzinfo=UTC)
    facts = Facts({COURSE.course_id: [Done(UUID(int=9), at)]})
    for later, earned in ((364 * DAY, True), (394 * DAY, True), (397 * DAY, False)):
        weighed = weigh(rule(), facts, since=None, now=at + later, zone=VIENNA)
        assert (weighed.term is not None) is earned, later


def test_a_clock_that_is_set_back_gives_the_same_term_for_the_same_deed():
    at = datetime(2026, 5, 4, 10, tzinfo=UTC)
    facts = Facts({COURSE.course_id: [Done(UUID(int=9), at)]})
    terms = {
        weigh(rule(), facts, since=None, now=now, zone=VIENNA).term for now in (at + DAY, at, at - 5 * DAY)
    }
    assert len(terms) == 1


def test_recognised_learning_ends_when_it_was_recognised_for_and_never_later_than_the_rule_says():
    for through, expected in (
        ("2026-12-31", "2026-12-31"),
        ("2030-01-01", "2027-05-04"),
        (None, "2027-05-04"),
    ):
        term = cut(RENEWED, rule(), through=day(through) if through else None, zone=VIENNA)
        assert term.valid_through == day(expected)
        assert term.renewal_opens_at < term.expires_at < term.counts_until


# ---- who is told, and when

DAYS = (-90, -30, -7, -1, 1)


def steps(window=60):
    term = term_of(rule(window=window), met_on=day("2026-05-04"), zone=VIENNA)
    return steps_of(term, days=DAYS, escalate_after_days=7, zone=VIENNA)


def test_the_steps_of_an_end_come_in_order_each_at_a_midnight():
    assert [one.step for one in steps()] == [-90, OPENED, -30, -7, -1, 1, ESCALATED]
    assert all(one.at.astimezone(VIENNA).hour == 0 for one in steps())


@pytest.mark.parametrize(
    "now, told",
    [
        ("2027-02-02", None),
        ("2027-02-03", -90),
        ("2027-03-05", None),
        ("2027-04-04", -30),
        ("2027-05-03", -1),
        ("2027-05-05", 1),
        ("2027-06-30", 1),
    ],
    ids=[
        "too early",
        "90",
        "the window opens: in words of its own",
        "30",
        "1",
        "after",
        "long after: the last alone",
    ],
)
def test_only_the_last_step_that_came_is_told(now, told):
    at = start_of(day(now), VIENNA)
    come = due_of(steps(), issued_at=datetime(2026, 5, 4, tzinfo=UTC), now=at)
    before = due_of(steps(), issued_at=datetime(2026, 5, 4, tzinfo=UTC), now=at - DAY)
    fresh = {one.step for one in come} - ({one.step for one in before} if now != "2027-06-30" else set())
    assert to_tell(come, fresh) == told


def test_a_step_that_lay_before_the_issue_is_never_told():
    issued_at = start_of(day("2027-04-20"), VIENNA)
    assert [one.step for one in due_of(steps(), issued_at=issued_at, now=issued_at + 400 * DAY)] == [
        *(-7, -1, 1),
        ESCALATED,
    ]
    assert next_of(steps(), after=issued_at) == start_of(day("2027-04-27"), VIENNA)
    assert next_of(steps(), after=issued_at + 400 * DAY) is None


# ---- sentences of domain.md


def test_by_completion_it_is_the_completion_date_and_the_active_period():
    assert term_of(rule(), met_on=day("2026-05-04"), zone=VIENNA).valid_through == day("2027-05-04")


def test_by_expiry_it_is_the_previous_expiry_and_the_active_period():
    kept = term_of(rule(EXPIRY), met_on=day("2027-04-04"), zone=VIENNA, previous=day("2027-05-04"))
    assert kept.valid_through == day("2028-05-04")


def test_fixed_it_is_the_first_date_in_the_future_and_one_more_if_too_little_is_left():
    assert term_of(ANNUAL, met_on=day("2026-05-04"), zone=VIENNA).valid_through == day("2027-03-31")
    assert term_of(ANNUAL, met_on=day("2027-03-01"), zone=VIENNA).valid_through == day("2028-03-31")


def test_grace_still_counts_by_the_policys_choice():
    without = term_of(rule(grace=0), met_on=day("2026-05-04"), zone=VIENNA)
    assert without.counts_until == without.expires_at
    assert term_of(rule(grace=30), met_on=day("2026-05-04"), zone=VIENNA).counts_until > without.expires_at


def test_the_states_of_a_cycle_follow_each_other_as_the_domain_says():
    term = RENEWED
    track = Track()
    seen = []
    for change, at in (
        ({}, "2026-04-01"),
        ({"is_open": True, "due_on": day("2026-04-30")}, "2026-04-02"),
        ({"met": 1}, "2026-04-03"),
        ({}, "2026-05-01"),
        ({"term": term, "is_open": False, "met": 0, "due_on": None}, "2026-05-04"),
        ({}, "2027-03-05"),
        ({}, "2027-05-05"),
        ({}, "2027-07-01"),
        ({"revoked_at": start_of(day("2027-07-02"), VIENNA)}, "2027-07-02"),
        ({"is_exempt": True}, "2027-07-03"),
    ):
        track = replace(track, **change)
        now = start_of(day(at), VIENNA) + timedelta(hours=10)
        seen.append(cycle_state(track, now=now, today=now.astimezone(VIENNA).date()))
    assert seen == [
        CycleState.NOT_ASSIGNED,
        CycleState.ASSIGNED,
        CycleState.IN_PROGRESS,
        CycleState.OVERDUE,
        CycleState.CERTIFIED,
        CycleState.RENEWAL_OPEN,
        CycleState.IN_GRACE,
        CycleState.LAPSED,
        CycleState.REVOKED,
        CycleState.EXEMPT,
    ]
