"""Where somebody is on a path: decided without a database, for every shape of path."""

from collections import Counter
from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.courses.curricula import rules
from lms.courses.curricula.values import Done, Equivalence, Fault, Stage, StageState
from lms.courses.values import CompletionId, CourseId, EquivalenceId, StageKey

A, B, C, D, E, F = (CourseId(UUID(int=number)) for number in range(1, 7))
MINUTES = {A: 30, B: 40, C: 20, D: 10, E: 50, F: 60}
DONE, OPEN, LOCKED = StageState.DONE, StageState.OPEN, StageState.LOCKED


def stage(number, *courses, needed=None, after=None):
    key = StageKey(UUID(int=100 + number))
    firsts = None if after is None else tuple(StageKey(UUID(int=100 + one)) for one in after)
    return Stage(key=key, title=f"Stage {number}", courses=courses, needed=needed, after=firsts)


PATH = (stage(1, A), stage(2, B, C, D, E, needed=2), stage(3, F))


@pytest.mark.parametrize(
    "done, begun, states, following, left",
    [
        pytest.param([], [], (OPEN, LOCKED, LOCKED), A, 30 + 10 + 20 + 60, id="nothing is done"),
        pytest.param([A], [], (DONE, OPEN, LOCKED), D, 10 + 20 + 60, id="of a choice the shortest is next"),
        pytest.param(
            [A], [E], (DONE, OPEN, LOCKED), E, 50 + 10 + 60, id="what is begun goes before what is short"
        ),
        pytest.param([A, D], [], (DONE, OPEN, LOCKED), C, 20 + 60, id="one of two"),
        pytest.param([A, D, E], [], (DONE, DONE, OPEN), F, 60, id="two of four are enough"),
        pytest.param([A, B, C, D, E, F], [], (DONE, DONE, DONE), None, 0, id="all and more"),
        pytest.param(
            [F],
            [],
            (OPEN, LOCKED, DONE),
            A,
            30 + 10 + 20,
            id="what is done stays done, whatever comes before",
        ),
        pytest.param(
            [D],
            [],
            (OPEN, LOCKED, LOCKED),
            A,
            30 + 20 + 60,
            id="a course taken early counts in its locked stage",
        ),
    ],
)
def test_each_place_says_what_is_open_what_is_next_and_how_long_it_takes(
    done, begun, states, following, left
):
    place = rules.place_on(PATH, done, MINUTES, begun)
    assert tuple(one.state for one in place.stages) == states
    assert (place.next.course_id if place.next else None) == following
    assert place.minutes_left == left
    assert place.is_done == (following is None)


def test_a_locked_stage_names_what_it_waits_for_and_a_free_one_waits_for_nothing():
    path = (stage(1, A), stage(2, B, after=[]), stage(3, C, after=[1, 2]))
    place = rules.place_on(path, [A], MINUTES)
    assert [one.state for one in place.stages] == [DONE, OPEN, LOCKED]
    assert [one.title for one in place.stages[2].waits_for] == ["Stage 2"]
    assert [one.column for one in place.stages] == [0, 0, 1]


def test_a_ring_is_named_in_its_order_and_a_line_is_none():
    ring = (stage(1, A, after=[3]), stage(2, B), stage(3, C))
    found = rules.ring_in(ring)
    assert {one.title for one in found} == {"Stage 1", "Stage 2", "Stage 3"}
    firsts = rules.firsts_of(ring)
    assert all(after.key in firsts[one.key] for one, after in zip(found, [*found[1:], found[0]], strict=True))
    assert rules.ring_in(PATH) == ()


def test_what_keeps_a_path_from_being_published_is_found():
    bad = (stage(1), stage(2, A, B, needed=3), stage(3, A), stage(4, F))
    found = [(one.fault, one.stage.title if one.stage else "") for one in rules.problems_of(bad, {A, B})]
    assert found == [
        (Fault.NO_COURSE, "Stage 1"),
        (Fault.TOO_MANY_NEEDED, "Stage 2"),
        (Fault.TWICE, "Stage 3"),
        (Fault.NOT_PUBLISHED, "Stage 4"),
    ]
    assert [one.fault for one in rules.problems_of((), ())] == [Fault.NOTHING]
    assert list(rules.problems_of(PATH, {A, B, C, D, E, F})) == []


def done_on(course_id, day, number=1):
    return Done(CompletionId(UUID(int=number)), course_id, datetime(2026, 3, day, 12, tzinfo=UTC))


def counts(old, new, **more):
    return Equivalence(id=EquivalenceId(UUID(int=1)), course_id=old, counts_for_id=new, **more)


def test_an_old_course_counts_for_a_new_one_and_not_the_other_way():
    assert set(rules.counted([done_on(A, 1)], [counts(A, B)])) == {A, B}
    assert set(rules.counted([done_on(B, 1)], [counts(A, B)])) == {B}
    assert set(rules.counted([done_on(B, 1)], [counts(A, B, is_mutual=True)])) == {A, B}


def test_what_counts_is_followed_from_course_to_course_and_a_ring_ends():
    ring = [counts(A, B), counts(B, C), counts(C, A)]
    assert set(rules.counted([done_on(B, 1)], ring)) == {A, B, C}


@pytest.mark.parametrize("day, holds", [(9, False), (10, True), (20, True), (21, False)])
def test_only_completions_between_the_two_days_count(day, holds):
    between = counts(A, B, from_on=date(2026, 3, 10), until_on=date(2026, 3, 20))
    assert (B in rules.counted([done_on(A, day)], [between])) is holds


def test_a_courses_own_completion_goes_before_an_earlier_one_of_another():
    found = rules.counted([done_on(A, 1, 1), done_on(B, 9, 2), done_on(B, 12, 3)], [counts(A, B)])
    assert found[B].id == UUID(int=2)


COURSES = st.sampled_from([A, B, C, D, E, F])
DAYS = st.none() | st.integers(1, 28).map(lambda day: date(2026, 3, day))
DONES = st.lists(st.builds(done_on, COURSES, st.integers(1, 28), st.integers(1, 99)), max_size=6)
EQUIVALENCES = st.lists(
    st.builds(counts, COURSES, COURSES, is_mutual=st.booleans(), from_on=DAYS, until_on=DAYS), max_size=6
)


@st.composite
def some_paths(draw):
    stages = []
    for number in range(1, draw(st.integers(1, 5)) + 1):
        courses = draw(st.lists(COURSES, min_size=1, max_size=4, unique=True))
        after = draw(st.none() | st.lists(st.integers(1, max(number - 1, 1)), max_size=2, unique=True))
        stages.append(
            stage(
                number,
                *courses,
                needed=draw(st.none() | st.integers(1, len(courses))),
                after=None if after is None else [one for one in after if one < number],
            )
        )
    return stages


@given(some_paths(), DONES, EQUIVALENCES, DONES, EQUIVALENCES)
def test_more_done_or_more_that_counts_never_makes_less_of_a_path_done(
    path, done, equivalences, more, others
):
    before = rules.counted(done, equivalences)
    after = rules.counted([*done, *more], [*equivalences, *others])
    assert before.keys() <= after.keys()
    was, now = (rules.place_on(path, known, MINUTES) for known in (before, after))
    for one, later in zip(was.stages, now.stages, strict=True):
        assert one.done <= later.done
        rank = [LOCKED, OPEN, DONE]
        assert rank.index(one.state) <= rank.index(later.state)
    assert was.done <= now.done


@given(some_paths(), DONES, EQUIVALENCES, st.lists(COURSES, unique=True))
def test_until_a_path_is_done_there_is_a_next_step_in_an_open_stage(path, done, equivalences, begun):
    known = rules.counted(done, equivalences)
    place = rules.place_on(path, known, MINUTES, begun)
    assert (place.next is None) == place.is_done
    if place.next is not None:
        assert place.here is not None
        assert place.here.state is OPEN
        assert place.next.course_id not in known
        assert place.minutes_left >= place.next.minutes
    assert Counter(one.state for one in place.stages)[DONE] == place.done
