"""What a person would lose if a certificate were weighed, dated or shown wrongly: no database, only decisions."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.certificates.cycles.rules import Track, certificate_state, cycle_state, read_code, write_code
from lms.certificates.cycles.rules.requirements import Done, Facts, judge, leaves, problems
from lms.certificates.cycles.rules.terms import add_months, evidence_since, start_of, term_of
from lms.certificates.values import (
    AllOf,
    AnyOf,
    AtLeast,
    CertificateState,
    CertificationHeld,
    CertificationId,
    CourseDone,
    CycleState,
    ExpiryMode,
    Requirement,
    Rule,
    ScoreReached,
    subject_of,
)
from lms.courses.values import ActivityKey, CourseId

VIENNA = ZoneInfo("Europe/Vienna")
MAY = datetime(2026, 5, 4, 10, tzinfo=UTC)
DAY, SECOND = timedelta(days=1), timedelta(seconds=1)


def course(number):
    return CourseDone(CourseId(UUID(int=number)), f"Course {number}")


def exam(number, minimum="0.8"):
    return ScoreReached(
        ActivityKey(UUID(int=number)), CourseId(UUID(int=1)), f"Exam {number}", Decimal(minimum)
    )


def other(number):
    return CertificationHeld(CertificationId(UUID(int=number)), f"Certification {number}")


def facts(*done, held=()):
    found: dict[UUID, list[Done]] = {}
    for number, at, *score in done:
        one = Done(UUID(int=900 + number), at, Decimal(score[0]) if score else None)
        found.setdefault(UUID(int=number), []).append(one)
    return Facts(found, {UUID(int=number): Done(UUID(int=number), MAY) for number in held})


def rule(requirement=None, **values):
    return Rule(
        requirement or course(1),
        **{"active_months": 12, "renewal_window_days": 60, "grace_days": 30, **values},
    )


# ---- what is met


@pytest.mark.parametrize(
    "requirement, done, missing",
    [
        (course(1), facts((1, MAY)), []),
        (course(1), facts((2, MAY)), [course(1)]),
        (exam(5), facts((5, MAY, "0.8")), []),
        (exam(5), facts((5, MAY, "0.7999")), [exam(5)]),
        (exam(5), facts((5, MAY)), [exam(5)]),
        (exam(5), facts((5, MAY, "0.4"), (5, MAY + DAY, "0.95")), []),
        (AllOf((course(1), exam(5))), facts((1, MAY)), [exam(5)]),
        (AllOf((course(1), exam(5))), facts((1, MAY), (5, MAY, "1")), []),
        (AnyOf((course(1), course(2))), facts((2, MAY)), []),
        (AnyOf((course(1), AllOf((course(2), course(3))))), facts(), [course(1)]),
        (AnyOf((AllOf((course(2), course(3))), course(1))), facts(), [course(1)]),
        (AtLeast(2, (course(1), course(2), course(3), course(4))), facts((3, MAY)), [course(1)]),
        (AtLeast(2, (course(1), course(2), course(3))), facts((3, MAY), (1, MAY)), []),
        (AllOf((other(7), course(1))), facts((1, MAY), held=(7,)), []),
        (AllOf((other(7), course(1))), facts((1, MAY)), [other(7)]),
        (AllOf((course(1), AnyOf((course(1), course(2))))), facts(), [course(1)]),
    ],
)
def test_a_requirement_says_what_is_met_and_names_the_shortest_way_to_what_is_missing(
    requirement, done, missing
):
    verdict = judge(requirement, done)
    assert list(verdict.missing) == missing
    assert (verdict.met_at is None) == bool(missing)


def test_it_is_met_at_the_moment_the_last_needed_deed_was_done():
    done = facts((1, MAY), (5, MAY + DAY, "0.9"), (2, MAY + 9 * DAY))
    assert judge(AllOf((course(1), exam(5))), done).met_at == MAY + DAY
    assert judge(AnyOf((course(2), course(1))), done).met_at == MAY
    assert judge(AtLeast(2, (course(2), exam(5), course(1))), done).met_at == MAY + DAY


def test_the_shortest_of_several_ways_is_counted_in_what_it_costs():
    way = AnyOf((course(1), AllOf((course(2), course(3)))))
    minutes = {UUID(int=1): 90, UUID(int=2): 20, UUID(int=3): 30}
    verdict = judge(way, facts(), cost=lambda leaf: minutes[subject_of(leaf)])
    assert verdict.missing == (course(2), course(3))


def test_a_renewal_counts_nothing_done_before_its_window_opened():
    opened = MAY + 300 * DAY
    old, new = facts((1, MAY)), facts((1, MAY), (1, opened + DAY))
    assert judge(course(1), old, since=opened).met_at is None
    assert judge(course(1), new, since=opened).met_at == opened + DAY
    assert judge(other(7), facts(held=(7,)), since=opened).met_at is not None


def requirements() -> st.SearchStrategy[Requirement]:
    leaf = st.one_of(
        st.integers(1, 6).map(course),
        st.integers(11, 13).map(exam),
        st.integers(21, 22).map(other),
    )
    return st.recursive(
        leaf,
        lambda parts: st.lists(parts, min_size=1, max_size=4).flatmap(
            lambda found: st.one_of(
                st.just(AllOf(tuple(found))),
                st.just(AnyOf(tuple(found))),
                st.integers(1, len(found)).map(lambda count: AtLeast(count, tuple(found))),
            )
        ),
        max_leaves=12,
    )


deeds = st.lists(
    st.tuples(st.integers(1, 6) | st.integers(11, 13), st.integers(0, 400), st.decimals(0, 1, places=2)),
    max_size=8,
).map(lambda rows: [(number, MAY + days * DAY, score) for number, days, score in rows])


@given(requirements(), deeds)
def test_doing_all_that_is_named_missing_always_meets_the_requirement(requirement, rows):
    verdict = judge(requirement, facts(*rows))
    cured = [*rows, *[(subject_of(leaf).int, MAY, "1") for leaf in verdict.missing]]
    held = [leaf.certification_id.int for leaf in verdict.missing if isinstance(leaf, CertificationHeld)]
    assert judge(requirement, facts(*cured, held=held)).met_at is not None


@given(requirements(), deeds)
def test_what_was_met_stays_met_whatever_is_done_later(requirement, rows):
    before = judge(requirement, facts(*rows[:-1]))
    if before.met_at is not None:
        after = judge(requirement, facts(*rows))
        assert after.met_at is not None
        assert after.met_at <= before.met_at


@given(requirements())
def test_a_rule_is_read_back_from_what_is_stored_as_it_was(requirement):
    made = rule(requirement)
    assert msgspec.convert(msgspec.to_builtins(made), Rule) == made
    assert problems(made) == {}
    assert len(set(leaves(requirement))) == len(leaves(requirement))


@pytest.mark.parametrize(
    "values, field",
    [
        ({"requirement": AllOf(())}, "requirement"),
        ({"requirement": AtLeast(3, (course(1), course(2)))}, "requirement"),
        ({"requirement": exam(5, "1.2")}, "requirement"),
        ({"active_months": 0}, "active_months"),
        ({"active_months": 1, "renewal_window_days": 29}, "renewal_window_days"),
        ({"grace_days": -1}, "grace_days"),
        ({"mode": ExpiryMode.FIXED, "minimum_active_days": 60}, "base_on"),
        (
            {"mode": ExpiryMode.FIXED, "base_on": date(2026, 1, 1), "minimum_active_days": 59},
            "minimum_active_days",
        ),
    ],
)
def test_a_rule_that_cannot_be_kept_is_refused_by_the_name_of_its_field(values, field):
    assert field in problems(rule(**values))


# ---- how long it counts


@pytest.mark.parametrize(
    "day, months, expected",
    [
        (date(2026, 2, 2), 24, date(2028, 2, 2)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2024, 2, 29), 48, date(2028, 2, 29)),
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2026, 12, 31), 2, date(2027, 2, 28)),
        (date(2026, 11, 30), 13, date(2027, 12, 30)),
    ],
)
def test_months_are_calendar_months_clamped_to_the_months_end(day, months, expected):
    assert add_months(day, months) == expected


@pytest.mark.parametrize(
    "met_on, last_second",
    [
        (date(2026, 2, 2), datetime(2027, 2, 2, 22, 59, 59, tzinfo=UTC)),  # winter in Vienna: UTC+1
        (date(2026, 7, 2), datetime(2027, 7, 2, 21, 59, 59, tzinfo=UTC)),  # summer: UTC+2
        (date(2024, 2, 29), datetime(2025, 2, 28, 22, 59, 59, tzinfo=UTC)),
    ],
)
def test_a_certificate_is_valid_through_its_last_second_and_expired_one_second_later(met_on, last_second):
    term = term_of(rule(grace_days=0), met_on=met_on, zone=VIENNA)
    assert certificate_state(term, now=last_second) is CertificateState.VALID
    assert certificate_state(term, now=last_second + SECOND) is CertificateState.EXPIRED
    assert term.counts_until == term.expires_at == last_second + SECOND


def test_grace_counts_on_after_expiry_and_ends_to_the_second():
    term = term_of(rule(grace_days=30), met_on=date(2026, 2, 2), zone=VIENNA)
    assert certificate_state(term, now=term.expires_at) is CertificateState.IN_GRACE
    assert certificate_state(term, now=term.counts_until - SECOND) is CertificateState.IN_GRACE
    assert certificate_state(term, now=term.counts_until) is CertificateState.EXPIRED
    assert term.counts_until == start_of(date(2027, 3, 5), VIENNA)


def test_where_the_clocks_skip_midnight_the_day_still_ends():
    beirut = ZoneInfo("Asia/Beirut")  # 27 March 2022 began at 01:00
    assert start_of(date(2022, 3, 27), beirut) == datetime(2022, 3, 26, 22, tzinfo=UTC)


JAN, JUN, DEC = date(2026, 1, 15), date(2026, 6, 15), date(2026, 12, 15)


@pytest.mark.parametrize(
    "met_on, previous, due_on, through",
    [
        (JUN, DEC, None, date(2027, 12, 15)),  # renewed in time: no day is lost
        (DEC, DEC, None, date(2027, 12, 15)),  # on the last day
        (DEC, JUN, None, date(2027, 12, 15)),  # already expired: from completion
        (JAN, None, JUN, date(2027, 6, 15)),  # the first time, before it was due
        (JUN, None, JAN, date(2027, 6, 15)),  # overdue: from completion
        (JUN, None, None, date(2027, 6, 15)),
        (JUN, DEC, JAN, date(2027, 12, 15)),  # a renewal's due date does not shorten it
    ],
)
def test_expiry_mode_counts_from_the_previous_end(met_on, previous, due_on, through):
    made = rule(mode=ExpiryMode.EXPIRY)
    term = term_of(made, met_on=met_on, zone=VIENNA, previous=previous, due_on=due_on)
    assert term.valid_through == through


@pytest.mark.parametrize(
    "met_on, through",
    [
        (date(2026, 3, 1), date(2026, 12, 31)),
        (date(2026, 11, 1), date(2026, 12, 31)),  # exactly 60 days left
        (date(2026, 11, 2), date(2027, 12, 31)),  # 59: one period more
        (date(2026, 12, 31), date(2027, 12, 31)),
        (date(2019, 5, 1), date(2020, 12, 31)),  # before the first date: that date
    ],
)
def test_fixed_mode_ends_on_the_next_common_date_unless_too_little_is_left(met_on, through):
    made = rule(mode=ExpiryMode.FIXED, base_on=date(2020, 12, 31), minimum_active_days=60)
    assert term_of(made, met_on=met_on, zone=VIENNA).valid_through == through


dates = st.dates(date(2000, 1, 1), date(2090, 12, 31))


@given(dates, st.integers(1, 60), dates, st.integers(0, 28))
def test_a_fixed_end_lies_ahead_far_enough_and_no_further_than_needed(base, months, met_on, minimum):
    made = rule(
        active_months=months,
        mode=ExpiryMode.FIXED,
        base_on=base,
        minimum_active_days=minimum,
        renewal_window_days=0,
    )
    through = term_of(made, met_on=met_on, zone=VIENNA).valid_through
    steps = (through.year - base.year) * 12 + through.month - base.month
    assert steps % months == 0
    assert add_months(base, steps) == through
    assert (through - met_on).days >= max(1, minimum)
    before = add_months(base, steps - months)
    assert before < base or before <= met_on or (before - met_on).days < minimum


@given(dates, st.integers(1, 60), st.integers(0, 28), st.integers(0, 400))
def test_a_term_runs_in_order_and_each_end_is_a_midnight_in_the_oems_zone(met_on, months, window, grace):
    made = rule(active_months=months, renewal_window_days=window, grace_days=grace)
    term = term_of(made, met_on=met_on, zone=VIENNA)
    assert term.renewal_opens_at < term.expires_at <= term.counts_until
    assert term.expires_at.astimezone(VIENNA).time() == datetime.min.time()
    assert (term.expires_at - SECOND).astimezone(VIENNA).date() == term.valid_through


# ---- where a person is

TERM = term_of(rule(), met_on=MAY.date(), zone=VIENNA)
TODAY = MAY.date()


@pytest.mark.parametrize(
    "track, now, state",
    [
        (Track(), MAY, CycleState.NOT_ASSIGNED),
        (Track(met=1), MAY, CycleState.IN_PROGRESS),
        (Track(is_open=True), MAY, CycleState.ASSIGNED),
        (Track(is_open=True, met=1), MAY, CycleState.IN_PROGRESS),
        (Track(is_open=True, due_on=TODAY), MAY, CycleState.ASSIGNED),
        (Track(is_open=True, met=1, due_on=TODAY - DAY), MAY, CycleState.OVERDUE),
        (Track(is_exempt=True, is_open=True), MAY, CycleState.EXEMPT),
        (Track(term=TERM), TERM.renewal_opens_at - SECOND, CycleState.CERTIFIED),
        (Track(term=TERM), TERM.renewal_opens_at, CycleState.RENEWAL_OPEN),
        (Track(term=TERM, is_open=True, met=1), TERM.expires_at - SECOND, CycleState.RENEWAL_OPEN),
        (Track(term=TERM), TERM.expires_at, CycleState.IN_GRACE),
        (Track(term=TERM), TERM.counts_until - SECOND, CycleState.IN_GRACE),
        (Track(term=TERM), TERM.counts_until, CycleState.LAPSED),
        (Track(term=TERM, is_open=True), TERM.counts_until, CycleState.ASSIGNED),
        (Track(term=TERM, revoked_at=MAY), MAY, CycleState.REVOKED),
        (Track(term=TERM, revoked_at=MAY, is_open=True), MAY, CycleState.ASSIGNED),
        (Track(term=TERM, revoked_at=MAY, is_open=True, met=1), MAY, CycleState.IN_PROGRESS),
    ],
)
def test_where_a_person_is_follows_from_facts_and_the_clock_alone(track, now, state):
    assert cycle_state(track, now=now, today=TODAY) is state


def test_a_revoked_certificate_stays_revoked_though_it_was_replaced_or_has_expired():
    for now in (MAY + DAY, TERM.expires_at, TERM.counts_until):
        state = certificate_state(TERM, now=now, revoked_at=MAY, superseded_at=MAY)
        assert state is CertificateState.REVOKED
    assert certificate_state(TERM, now=MAY, superseded_at=MAY) is CertificateState.SUPERSEDED


def test_after_a_revocation_nothing_done_before_it_counts_again():
    revoked_at = MAY + DAY
    since = evidence_since(TERM.renewal_opens_at, revoked_at)
    assert judge(course(1), facts((1, revoked_at)), since=since).met_at is None
    assert judge(course(1), facts((1, revoked_at + SECOND)), since=since).met_at is not None
    assert evidence_since(None, None) is None


# ---- codes


@given(st.integers(0, 2**80 - 1))
def test_a_code_is_read_back_however_people_type_it(number):
    code = write_code(number)
    assert read_code(code) == code
    assert read_code(code.lower().replace("-", " ")) == code
    assert read_code(code.removeprefix("GH-").replace("0", "o").replace("1", "l")) == code
    assert len(code) == 22


def test_a_code_of_twelve_signs_is_read_as_long_as_such_certificates_are_shown():
    for typed in ("GH-7F3K-92QD-M4XA", "gh 7f3k 92qd m4xa", "7F3K92QDM4XA"):
        assert read_code(typed) == "GH-7F3K-92QD-M4XA"


def test_two_numbers_never_share_a_code():
    assert len({write_code(1 << bit) for bit in range(80)}) == 80


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "GH",
        "GH-7F3K-92QD",
        "GH-7F3K-92QD-M4XU",
        *("7" * n for n in (13, 15, 17)),
        "x" * 5000,
        "GH-٣٣٣٣-٣٣٣٣-٣٣٣٣",
    ],
)
def test_what_can_be_no_code_is_none(typed):
    assert read_code(typed) is None
