"""What learners could never do, see or hear is held back before it is published, and named."""

import pytest

from lms.courses.authoring import queries
from lms.courses.authoring import service as authoring
from lms.courses.authoring.models import ActivityRow
from lms.courses.errors import NotPublishable
from lms.kernel import clock
from lms.kernel.actor import SYSTEM, acting_as
from lms.kernel.db import db
from lms.kernel.uow import unit_of_work
from tests.courses.courses import edit_first, publish, write_course


def first_row(course_id):
    version_id = queries.get_editor(course_id).version_id
    return db.session.get_one(ActivityRow, queries.list_activities(version_id)[0].id)


def held_back(course_id):
    with unit_of_work(read_only=True):
        shown = authoring.list_problems(queries.get_editor(course_id).version_id)
    with pytest.raises(NotPublishable) as refused:
        publish(course_id)
    assert list(refused.value.problems) == list(shown), "the page names what holds it back"
    return shown


@pytest.mark.parametrize(
    "rule, least, says",
    [
        ("time", 0, "“Parts of a loop” can never be done after 0 minutes on the page: choose from 1 to 600."),
        ("time", 999, "choose from 1 to 600."),
    ],
)
def test_a_lesson_that_counts_to_what_nobody_reaches_is_not_published(app, cast, rule, least, says):
    course_id = write_course(publish=False)
    with unit_of_work():
        row = first_row(course_id)
        row.rule, row.least = rule, least
    problems = held_back(course_id)
    assert len(problems) == 1
    assert problems[0].endswith(says)


@pytest.mark.parametrize(
    "body, says",
    [
        (
            "Look: ![](media/loop.png)",
            "“Parts of a loop”: the picture media/loop.png has no text that says what it shows.",
        ),
        (
            'Look: <img src="media/loop.png" alt=" ">',
            "“Parts of a loop”: the picture media/loop.png has no text that says what it shows.",
        ),
        ("::: check\n0197e6c0\n:::\n", "“Parts of a loop” has a knowledge check that names no question."),
    ],
)
def test_what_shows_nothing_to_some_is_not_published_and_is_named(app, cast, body, says):
    course_id = write_course(publish=False)
    edit_first(course_id, body)
    assert held_back(course_id) == [says]


@pytest.mark.parametrize(
    "body", ['Look: ![](media/loop.png "decoration")', 'Look: <img src="media/loop.png" role="presentation">']
)
def test_a_picture_that_its_author_calls_decoration_holds_nothing_back(app, cast, body):
    course_id = write_course(publish=False)
    edit_first(course_id, body)
    publish(course_id)
    with unit_of_work(read_only=True):
        assert 'role="presentation"' in first_row(course_id).html


def test_a_picture_without_words_in_the_introduction_holds_a_course_back(app, cast):
    course_id = write_course(publish=False)
    with unit_of_work(), acting_as(SYSTEM):
        authoring.edit_intro(
            course_id=course_id, intro="![](media/a.png)", objectives=[], actor=SYSTEM, now=clock.now()
        )
    assert [one for one in held_back(course_id) if "media/a.png" in one]


def test_a_picture_that_says_what_it_shows_is_published(app, cast):
    course_id = write_course(publish=False)
    edit_first(course_id, "![A loop](media/loop.png)")
    publish(course_id)
