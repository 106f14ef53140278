"""What points amount to, when work is late, and how often it may come: decided without a database."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.courses.assignments import rules
from lms.courses.assignments.values import Refusal, State
from lms.courses.values.marking import Criterion, Level, Outcome, Rubric, read_levels, write_levels
from tests.courses.assignments import RUBRIC, asked

VIENNA = ZoneInfo("Europe/Vienna")
PASSED, FAILED, RETURNED = Outcome.PASSED, Outcome.FAILED, Outcome.RETURNED


@st.composite
def judged(draw):
    """Draw a rubric with points to give, and a level for each criterion."""
    words = st.text(st.characters(min_codepoint=97, max_codepoint=122), min_size=1, max_size=8)
    level = st.builds(Level, st.integers(0, 50), words)
    levels = st.lists(level, min_size=1, max_size=5).map(tuple)
    criteria = draw(st.lists(st.builds(Criterion, words, levels), min_size=1, max_size=6))
    rubric = Rubric(tuple(criteria), draw(st.integers(1, 100)))
    return rubric, tuple(draw(st.integers(0, len(one.levels) - 1)) for one in criteria)


@pytest.mark.parametrize(
    "levels, points, outcome",
    [
        ((2, 1), 10, PASSED),
        ((0, 1), 6, PASSED),
        ((2, 0), 4, FAILED),
        ((0, 0), 0, FAILED),
        ((1, 1), 8, PASSED),
    ],
)
def test_points_decide_and_the_pass_mark_itself_passes(levels, points, outcome):
    assert rules.points_of(RUBRIC, levels) == points
    assert rules.score_of(RUBRIC, points) == Decimal(points) / 10
    assert rules.outcome_of(RUBRIC, levels, is_returned=False) is outcome


@given(judged())
def test_a_score_is_a_share_and_the_best_levels_always_pass(one):
    rubric, levels = one
    points = rules.points_of(rubric, levels)
    assert 0 <= rules.score_of(rubric, points) <= 1
    best = [[level.points for level in one.levels].index(one.most) for one in rubric.criteria]
    assert rules.points_of(rubric, best) == rubric.most
    assert rules.outcome_of(rubric, best, is_returned=False) is PASSED


@given(judged(), st.data())
def test_a_better_level_never_turns_a_pass_into_a_fail(one, data):
    rubric, levels = one
    at = data.draw(st.integers(0, len(levels) - 1))
    better = data.draw(st.integers(0, len(rubric.criteria[at].levels) - 1))
    changed = (*levels[:at], better, *levels[at + 1 :])
    before, after = rules.points_of(rubric, levels), rules.points_of(rubric, changed)
    if after >= before and rules.passes(rubric, before):
        assert rules.passes(rubric, after)


def test_work_is_not_decided_while_a_criterion_has_no_level_but_can_be_returned():
    assert rules.outcome_of(RUBRIC, (2, None), is_returned=False) is None
    assert rules.outcome_of(RUBRIC, (2, None), is_returned=True) is RETURNED


@pytest.mark.parametrize("levels", [(), (0,), (3, 0), (0, 2), (0, -1), (0, 0, 0)])
def test_levels_that_the_rubric_has_not_are_no_choice(levels):
    assert not rules.is_choice(RUBRIC, levels)


@pytest.mark.parametrize(
    "again, outcomes, refusal",
    [
        (2, [], None),
        (0, [], None),
        (2, [None], Refusal.WAITING),
        (2, [RETURNED], None),
        (2, [FAILED], None),
        (0, [FAILED], Refusal.NONE_LEFT),
        (0, [RETURNED], Refusal.NONE_LEFT),
        (2, [RETURNED, FAILED, FAILED], Refusal.NONE_LEFT),
        (2, [FAILED, PASSED], Refusal.PASSED),
        (2, [PASSED, None], Refusal.PASSED),
        (None, [FAILED] * 40, None),
    ],
)
def test_when_work_may_be_handed_in(again, outcomes, refusal):
    assert rules.why_not_hand_in(again, outcomes) is refusal


@given(st.one_of(st.none(), st.integers(0, 20)), st.integers(0, 40))
def test_a_marker_may_return_just_what_could_come_again(again, times):
    refusal = rules.why_not_hand_in(again, [RETURNED] * times)
    assert (refusal is None) is (times == 0 or rules.may_hand_in_again(again, times))


@pytest.mark.parametrize(
    "at, late",
    [("2028-03-26T21:59:59", False), ("2028-03-26T22:00:00", True), ("2028-03-20T12:00:00", False)],
)
def test_a_day_is_over_at_the_manufacturers_midnight_also_when_clocks_change(at, late):
    instant = datetime.fromisoformat(at).replace(tzinfo=UTC)
    assert rules.is_late(date(2028, 3, 26), instant, VIENNA) is late
    assert not rules.is_late(None, instant, VIENNA)


@given(st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1)), st.integers(1, 400))  # noqa: DTZ001  made aware below
def test_what_comes_within_its_days_is_never_late(enrolled, days):
    enrolled_at = enrolled.replace(tzinfo=UTC)
    due = rules.due_on(asked(due_days=days), enrolled_at, VIENNA)
    assert not rules.is_late(due, enrolled_at + timedelta(days=days - 1), VIENNA)
    assert rules.is_late(due, enrolled_at + timedelta(days=days + 2), VIENNA)


@pytest.mark.parametrize(
    "outcome, handed_in, claimed, state",
    [
        (None, False, False, State.DRAFT),
        (None, True, False, State.HANDED_IN),
        (None, True, True, State.BEING_MARKED),
        (RETURNED, True, False, State.RETURNED),
        (FAILED, True, False, State.FAILED),
        (PASSED, True, False, State.PASSED),
    ],
)
def test_where_work_stands(outcome, handed_in, claimed, state):
    assert rules.state_of(outcome, handed_in=handed_in, is_being_marked=claimed) is state


def test_levels_are_read_from_lines_as_people_write_them():
    assert read_levels("0: missing\n\n 2 - half of it \n4. all") == (
        Level(0, "missing"),
        Level(2, "half of it"),
        Level(4, "all"),
    )
    for wrong in ("good", "4", "-1: no", "5000: too many", "\n".join(f"{n}: x" for n in range(11))):
        assert read_levels(wrong) is None, wrong


@given(judged())
def test_what_is_written_as_lines_and_as_settings_is_read_back(one):
    rubric, _levels = one
    for criterion in rubric.criteria:
        assert read_levels(write_levels(criterion.levels)) == criterion.levels
    wanted = asked(rubric=rubric, due_on=date(2028, 2, 29), again=None)
    assert rules.assignment_of(rules.config_of(wanted)) == wanted
