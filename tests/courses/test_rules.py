"""What counts, where a learner goes on, and what moving does to an outline."""

import re
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.courses.authoring import rules as authoring
from lms.courses.authoring.values import Direction
from lms.courses.learning import rules


@pytest.mark.parametrize(
    "completed, passed, expected",
    [
        (True, None, True),
        (True, True, True),
        (True, False, False),
        (False, True, False),
        (False, None, False),
        (False, False, False),
    ],
)
def test_an_activity_counts_when_completed_and_not_failed(completed, passed, expected):
    assert rules.counts(completed=completed, passed=passed) is expected


@pytest.mark.parametrize(
    "required, done, expected",
    [("", "", False), ("", "ab", False), ("ab", "a", False), ("ab", "ab", True), ("ab", "abc", True)],
)
def test_a_course_is_complete_when_all_it_requires_is_done_and_it_requires_something(
    required, done, expected
):
    assert rules.is_complete(set(required), set(done)) is expected


@pytest.mark.parametrize(
    "order, done, last, expected",
    [
        ("", "", None, None),
        ("abc", "", None, "a"),
        ("abc", "", "b", "b"),
        ("abc", "b", "b", "c"),
        ("abc", "bc", "c", "a"),
        ("abc", "c", "c", "a"),
        ("abc", "abc", "b", "b"),
        ("abc", "abc", None, "a"),
        ("abc", "a", "gone", "b"),
    ],
)
def test_a_learner_goes_on_where_something_is_left(order, done, last, expected):
    assert rules.resume_at(list(order), set(done), last) == expected


@given(st.lists(st.integers(), unique=True, min_size=1), st.sets(st.integers()), st.integers())
def test_going_on_never_leads_to_what_is_done_while_something_is_left(order, done, last):
    target = rules.resume_at(order, done, last)
    assert target in order
    if set(order) - done:
        assert target not in done


@given(st.lists(st.integers(), unique=True, min_size=1), st.data())
def test_previous_and_next_lead_there_and_back(order, data):
    here = data.draw(st.sampled_from(order))
    before, after = rules.neighbours(order, here)
    assert before is None or rules.neighbours(order, before)[1] == here
    assert after is None or rules.neighbours(order, after)[0] == here


@pytest.mark.parametrize(
    "claimed, since, expected", [(30, 60, 30), (90, 60, 60), (-5, 60, 0), (10**9, 10**9, 600), (5, -3, 0)]
)
def test_a_page_cannot_claim_more_reading_than_time_has_passed(claimed, since, expected):
    assert rules.credited_seconds(claimed, since_last=since) == expected


@given(st.none() | st.decimals(0, 1), st.none() | st.decimals(0, 1))
def test_the_best_score_is_kept(held, new):
    assert rules.best_score(held, new) == max(
        (score for score in (new, held) if score is not None), key=float, default=None
    )


outlines = st.lists(st.integers(0, 4), min_size=1, max_size=5).map(
    lambda sizes: tuple((uuid4(), tuple(uuid4() for _ in range(size))) for size in sizes)
)


def _order(outline):
    return [key for _section, held in outline for key in held]


@given(outlines, st.sampled_from(Direction), st.data())
def test_moving_an_activity_loses_and_doubles_nothing_and_can_be_undone(outline, direction, data):
    keys = _order(outline)
    if not keys:
        return
    key = data.draw(st.sampled_from(keys))
    moved = authoring.move_activity(outline, key, direction)
    assert sorted(_order(moved)) == sorted(keys)
    assert [section for section, _held in moved] == [section for section, _held in outline]
    back = Direction.UP if direction is Direction.DOWN else Direction.DOWN
    assert moved == outline or authoring.move_activity(moved, key, back) == outline


@given(outlines, st.sampled_from(Direction), st.data())
def test_moving_a_section_takes_all_in_it_along(outline, direction, data):
    key = data.draw(st.sampled_from([section for section, _held in outline]))
    moved = authoring.move_section(outline, key, direction)
    assert dict(moved) == dict(outline)
    assert len(moved) == len(outline)


@pytest.mark.parametrize(
    "title, slug",
    [
        ("Cold loops", "cold-loops"),
        ("  Größe & Übermaß  ", "grosse-ubermass"),
        ("Ærø, Łódź", "aero-lodz"),
        ("冷凍", "course"),
        ("a" * 200, "a" * 80),
    ],
)
def test_an_address_is_made_of_a_title(title, slug):
    assert authoring.slug_of(title) == slug
    assert authoring.is_slug(slug)


def test_a_taken_address_gets_a_number():
    assert authoring.free_slug("loops", {"loops", "loops-2"}.__contains__) == "loops-3"
    assert authoring.free_slug("pictures", set().__contains__) == "pictures-2"


def test_no_course_takes_an_address_that_stands_for_something_else(sqlite_app):
    steps = [rule.rule.strip("/").split("/") for rule in sqlite_app.url_map.iter_rules()]
    others = {step[1] for step in steps if step[0] in {"learn", "author"} and len(step) > 1}
    words = {word for word in others if re.fullmatch(r"[a-z0-9-]+", word)}
    assert {"packages", "exams", "pictures", "questions"} <= words, (
        "the addresses are what this test is about"
    )
    assert words == authoring.RESERVED
    assert not any(authoring.is_slug(word) for word in words)
