"""A course of thousands of lessons: its pages show the part one is in, and every other part is one click away."""

import json
import re
from http import HTTPStatus
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.courses.authoring import queries as authoring
from lms.courses.authoring.rules import filled, is_permutation
from lms.courses.authoring.values import WHOLE
from lms.courses.learning.rules.parts import RUN, parts_of
from lms.courses.learning.values import OutlineItem, OutlineSection
from lms.courses.values import ActivityId, ActivityKey
from lms.kernel.db import new_id
from lms.kernel.uow import unit_of_work
from tests.courses.courses import activities_of, enrol, write_course
from tests.support.portal import counted_queries

LESSONS, PER_SECTION = 260, 40


def item(number):
    return OutlineItem(
        id=ActivityId(new_id()),
        key=ActivityKey(new_id()),
        number=number,
        kind="page",
        title=f"Lesson {number}",
        minutes=1,
        is_required=True,
        config={},
        started_at=None,
        completed_at=None,
        passed=None,
        score=None,
    )


def outline_of(sizes):
    numbers = iter(range(1, sum(sizes) + 1))
    return [
        OutlineSection(title=f"Section {at}", items=[item(next(numbers)) for _ in range(size)])
        for at, size in enumerate(sizes)
    ]


@given(
    st.lists(st.integers(0, 350), min_size=1, max_size=8),
    st.integers(0, 10_000),
    st.none() | st.integers(0, 40),
)
def test_every_lesson_stands_in_one_part_and_the_one_here_is_shown_among_few(sizes, pick, asked):
    outline = outline_of(sizes)
    items = [one for section in outline for one in section.items]
    here = items[pick % len(items)] if items else None
    parts = parts_of(outline, here=here.id if here else None, asked=asked)
    assert [one for part in parts for one in part.items] == items
    shown = [one for part in parts if part.is_open for one in part.items]
    if here is not None:
        assert here in shown
    if len(items) <= WHOLE:
        assert shown == items
        assert not any(part.is_run for part in parts)
    else:
        assert len(shown) <= 2 * RUN
        assert all(part.is_open for part in parts if part.number == asked)


@pytest.fixture
def long_course(app, cast):
    numbers = iter(range(LESSONS))
    sections = [[f"Valve {next(numbers)}" for _ in range(PER_SECTION)] for _ in range(LESSONS // PER_SECTION)]
    sections.append([f"Valve {number}" for number in numbers])
    return write_course("valves", sections, title="Valves")


def titles(text):
    return {int(number) for number in re.findall(r"\bValve (\d+)\b", text)}


def test_the_player_shows_the_section_one_is_in_and_opens_others_by_a_plain_link(
    app, cast, visit, long_course
):
    enrol(cast.amara, long_course)
    amara, page = visit(cast.amara), f"/learn/valves/{activities_of(long_course)[130].id}"
    amara.get(page)
    with counted_queries() as asked:
        shown = amara.get(page).text
    assert len(asked) <= 5
    assert titles(shown) == set(range(120, 160))
    assert f'href="{page}?part=7#part-7"' in shown
    assert titles(amara.get(f"{page}?part=7").text) == set(range(120, 160)) | set(range(240, LESSONS))
    assert amara.get(f"{page}?part=x").status_code == HTTPStatus.UNPROCESSABLE_ENTITY


def test_a_courses_page_opens_where_one_goes_on_and_a_short_course_stays_whole(app, cast, visit, long_course):
    write_course("short", (("Valve 1", "Valve 2"), ("Valve 3",)), title="Short")
    amara = visit(cast.amara)
    assert titles(amara.get("/learn/valves").text) == set(range(40))
    shown = amara.get("/learn/valves?part=2").text
    assert titles(shown) == set(range(80))
    assert 'href="/learn/valves?part=7#part-7"' in shown
    assert titles(amara.get("/learn/short").text) == {1, 2, 3}
    assert "?part=" not in amara.get("/learn/short").text


def editor_of(course_id):
    with unit_of_work(read_only=True):
        return authoring.get_editor(course_id)


def test_the_editor_shows_the_section_one_is_in_and_every_other_by_its_name(app, cast, visit, long_course):
    tomas, address = visit(cast.tomas), f"/author/courses/{long_course}"
    first, *_rest, last = editor_of(long_course).sections
    assert titles(tomas.get(address).text) == set()
    shown = tomas.get(f"{address}/sections/{last.key}").text
    assert set(range(240, LESSONS)) == titles(shown)
    assert f'href="{address}/sections/{first.key}"' in shown
    assert "40 activities" in shown
    outline, _nav, _centre = tomas.get(f"{address}/activities/{first.items[3].key}").text.partition(
        "</nav>\n<div"
    )
    assert titles(outline) == set(range(40))


def test_dragging_in_the_section_that_is_shown_leaves_the_others_as_they_are(app, cast, visit, long_course):
    before = editor_of(long_course)
    second = before.sections[1]
    turned = [str(item.key) for item in reversed(second.items)]
    sent = json.dumps([{"section": str(second.key), "activities": turned}])
    tomas, address = visit(cast.tomas), f"/author/courses/{long_course}/order"
    assert tomas.post(address, {"order": sent}).status_code == HTTPStatus.NO_CONTENT
    after = editor_of(long_course)
    assert [str(item.key) for item in after.sections[1].items] == turned
    assert [item.key for item in after.items if str(item.key) not in turned] == [
        item.key for item in before.items if str(item.key) not in turned
    ]
    lacking = json.dumps([{"section": str(second.key), "activities": turned[1:]}])
    assert tomas.post(address, {"order": lacking}).status_code == HTTPStatus.CONFLICT


def order(*sections: Any) -> Any:
    return sections


def test_an_order_that_swaps_sections_or_takes_from_one_that_is_not_named_is_none():
    before = order((1, ("a", "b")), (2, ("c",)), (3, ()))
    assert filled(before, order((2, ("c",)))) == before
    assert filled(before, order((1, ()), (3, ("b", "a")))) == order((1, ()), (2, ("c",)), (3, ("b", "a")))
    assert not is_permutation(before, filled(before, order((2, ("c",)), (1, ("a", "b")))))
    assert not is_permutation(before, filled(before, order((3, ("c",)))))
    assert not is_permutation(before, filled(before, order((4, ()))))
