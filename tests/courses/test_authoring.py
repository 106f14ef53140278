"""Drafts and versions: what authors change, and what nobody can."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from lms.courses import facade as courses
from lms.courses.authoring import queries
from lms.courses.authoring import service as authoring
from lms.courses.authoring.values import CourseFacts, CourseState, Direction
from lms.courses.errors import EditedMeanwhile, NotPublishable
from lms.courses.values import ActivityKey, CourseId, SectionKey
from lms.kernel import clock, search
from lms.kernel.actor import NOBODY, SYSTEM, acting_as
from lms.kernel.db import db, new_id
from lms.kernel.errors import Conflict, Forbidden, Invalid
from lms.kernel.uow import unit_of_work
from tests.courses.courses import activities_of, edit_first, publish, write_course


def _authored(slug="cold-loops"):
    found = queries.find_authored(slug)
    assert found is not None
    return found


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE course_activities SET title = 'Other'",
        "UPDATE course_activities SET html = '<p>Other</p>'",
        "DELETE FROM course_activities",
        "UPDATE course_sections SET title = 'Other'",
        "DELETE FROM course_sections",
        "UPDATE course_versions SET state = 'draft'",
        "UPDATE course_versions SET intro_html = 'Other'",
        """
        INSERT INTO course_sections (id, key, version_id, position, title, slug)
        SELECT '0197e6c0-0000-7000-8000-000000000000', '0197e6c0-0000-7000-8000-000000000001', id, 9, 'New', ''
        FROM course_versions
        """,
    ],
)
def test_what_is_published_is_refused_every_change_by_the_database(app, cast, statement):
    write_course()
    if db.engine.dialect.name == "sqlite":
        statement = statement.replace("'0197e6c0-0000-7000-8000-", "'0197e6c0000070008000")
    with pytest.raises(DBAPIError, match="never changes"), unit_of_work():
        db.session.execute(text(statement))


def test_an_edit_after_publishing_opens_a_draft_and_learners_see_nothing_of_it(app, cast):
    course_id = write_course()
    before = activities_of(course_id)
    edit_first(course_id, "Quite another text.")
    assert activities_of(course_id) == before
    assert _authored().state is CourseState.CHANGED
    publish(course_id)
    after = activities_of(course_id)
    assert [one.key for one in after] == [one.key for one in before]
    assert {one.id for one in after}.isdisjoint(one.id for one in before)
    assert _authored().number == 2


def test_publishing_twice_makes_one_version(app, cast):
    course_id = write_course()
    publish(course_id)
    assert _authored().number == 1


def test_a_course_is_not_published_while_something_is_missing_and_all_of_it_is_named(app, cast):
    course_id = write_course(sections=(), publish=False)
    with pytest.raises(NotPublishable, match="add a lesson"):
        publish(course_id)
    section = SectionKey(new_id())
    with unit_of_work(), acting_as(SYSTEM):
        courses.add_section(course_id=course_id, key=section, title="One", actor=SYSTEM, now=clock.now())
        courses.add_activity(
            course_id=course_id,
            section_key=section,
            key=ActivityKey(new_id()),
            kind="page",
            title="Empty page",
            is_required=False,
            actor=SYSTEM,
            now=clock.now(),
        )
    with pytest.raises(NotPublishable) as refused:
        publish(course_id)
    assert len(refused.value.problems) == 2
    assert "“Empty page” has no text." in refused.value.problems


def test_two_authors_in_one_page_do_not_overwrite_each_other(app, cast):
    course_id = write_course(publish=False)
    editor = queries.get_editor(course_id)
    page = queries.get_page(editor.version_id, editor.items[0].key)

    def save(body):
        with unit_of_work(), acting_as(SYSTEM):
            authoring.edit_activity(
                course_id=course_id,
                key=page.item.key,
                title="Parts of a loop",
                minutes=5,
                is_required=True,
                body=body,
                revision=page.revision,
                actor=SYSTEM,
                now=clock.now(),
            )

    save("The first to save.")
    with pytest.raises(EditedMeanwhile):
        save("The second, with what is now an old page.")
    assert queries.get_page(editor.version_id, page.item.key).body == "The first to save."


def test_moving_renumbers_the_lessons_through_the_whole_course(app, cast):
    course_id = write_course(publish=False)
    last = queries.get_editor(course_id).items[2]
    with unit_of_work(), acting_as(SYSTEM):
        authoring.move_activity(
            course_id=course_id, key=last.key, direction=Direction.UP, actor=SYSTEM, now=clock.now()
        )
    editor = queries.get_editor(course_id)
    assert [item.number for item in editor.items] == [1, 2, 3]
    assert [[item.title for item in section.items] for section in editor.sections] == [
        ["Parts of a loop", "Superheat", "Alarms"],
        [],
    ]


def test_removing_a_section_takes_its_lessons_out_of_the_draft_alone(app, cast):
    course_id = write_course()
    first = queries.get_editor(course_id).sections[0]
    with unit_of_work(), acting_as(SYSTEM):
        authoring.remove_section(course_id=course_id, key=first.key, actor=SYSTEM, now=clock.now())
    editor = queries.get_editor(course_id)
    assert [(item.title, item.number) for item in editor.items] == [("Alarms", 1)]
    assert len(activities_of(course_id)) == 3


def test_a_discarded_draft_leaves_what_is_published(app, cast):
    course_id = write_course()
    edit_first(course_id, "A slip.")
    with unit_of_work(), acting_as(SYSTEM):
        authoring.discard_draft(course_id=course_id, actor=SYSTEM, now=clock.now())
    editor = queries.get_editor(course_id)
    assert (editor.is_draft, len(editor.items)) == (False, 3)
    unpublished = write_course("new", publish=False)
    with pytest.raises(Conflict), unit_of_work(), acting_as(SYSTEM):
        authoring.discard_draft(course_id=unpublished, actor=SYSTEM, now=clock.now())


def test_adding_twice_with_one_key_adds_once(app, cast):
    course_id = write_course(publish=False)
    key = SectionKey(new_id())
    for _click in range(2):
        with unit_of_work(), acting_as(SYSTEM):
            courses.add_section(course_id=course_id, key=key, title="More", actor=SYSTEM, now=clock.now())
    assert len(queries.get_editor(course_id).sections) == 3


def test_two_courses_never_share_an_address_and_a_published_one_keeps_its_own(app, cast):
    course_id = write_course("loops")
    with pytest.raises(Invalid) as refused:
        write_course("loops")
    assert "slug" in refused.value.fields
    with pytest.raises(Invalid) as refused, unit_of_work(), acting_as(SYSTEM):
        authoring.edit_facts(
            course_id=course_id,
            facts=CourseFacts(title="Loops", slug="elsewhere"),
            actor=SYSTEM,
            now=clock.now(),
        )
    assert "slug" in refused.value.fields


def test_nobody_without_the_permission_writes_a_course(app, cast):
    with pytest.raises(Forbidden), unit_of_work():
        courses.create_course(
            course_id=CourseId(new_id()),
            facts=CourseFacts(title="Mine", slug="mine"),
            actor=NOBODY,
            now=clock.now(),
        )


def test_a_course_is_found_by_its_text_once_it_is_published_and_not_before(app, cast):
    course_id = write_course(publish=False)

    def found():
        return [hit.title for hit in search.find("superheat", readers={search.PUBLIC_TOKEN})]

    assert found() == []
    publish(course_id)
    assert found() == ["Cold loops"]
