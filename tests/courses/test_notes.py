"""What a learner writes beside a lesson is theirs alone, is never lost between two tabs, and is found again."""

import pytest
from sqlalchemy import func, select

from lms.courses.learning import queries as learning
from lms.courses.notes.models import NoteRow
from lms.courses.notes.plugs import NotesData
from lms.kernel.actor import SYSTEM, acting_as
from lms.kernel.db import db
from lms.kernel.uow import unit_of_work
from tests.courses.courses import activities_of, edit_first, enrol, publish, write_course
from tests.support.portal import ORIGIN, counted_queries

JSON = {"Accept": "application/json"}


@pytest.fixture
def lesson(app, cast):
    course_id = write_course()
    enrol(cast.amara, course_id)
    return activities_of(course_id)[0]


def note(visitor, lesson, text, seen):
    return visitor.post(f"/learn/notes/{lesson.id}", {"text": text, "revision": str(seen)}, headers=JSON)


def count():
    with unit_of_work(read_only=True):
        return db.session.scalar(select(func.count()).select_from(NoteRow))


def test_a_note_stands_beside_its_lesson_and_among_all_notes(app, cast, visit, lesson):
    amara = visit(cast.amara)
    assert note(amara, lesson, "Ask about the valve\nof <b>loop 2</b>", 0).json == {"revision": 1}
    page = amara.get(f"/learn/cold-loops/{lesson.id}").text
    assert "of &lt;b&gt;loop 2&lt;/b&gt;" in page
    found = amara.get("/learn/notes?q=valve").text
    assert "Parts of a loop" in found
    assert f'href="/learn/cold-loops/{lesson.id}"' in found
    assert "No note fits" in amara.get("/learn/notes?q=nothing").text


def test_a_second_tab_never_writes_over_what_the_first_has_saved(app, cast, visit, lesson):
    amara = visit(cast.amara)
    assert note(amara, lesson, "First", 0).status_code == 200
    refused = note(amara, lesson, "Second", 0)
    assert refused.status_code == 409
    assert "elsewhere meanwhile" in refused.json["detail"]
    assert note(amara, lesson, "First", 0).json == {"revision": 1}, "a lost answer is sent again"
    assert note(amara, lesson, "First and second", 1).json == {"revision": 2}
    assert note(amara, lesson, "x" * 10_001, 2).status_code == 422
    assert count() == 1


def test_a_lesson_is_marked_once_and_unmarked_without_script(app, cast, visit, lesson):
    amara, address = visit(cast.amara), f"/learn/notes/{lesson.id}/mark"
    for _click in range(2):
        assert amara.post(address, {"is_marked": "yes"}).headers["Location"].endswith(f"/{lesson.id}")
    assert "Marked" in amara.get("/learn/notes").text
    amara.post(address, {"is_marked": "no"})
    assert "take the mark away" not in amara.get(f"/learn/cold-loops/{lesson.id}").text


def test_nobody_reads_or_writes_the_notes_of_another_and_who_is_not_enrolled_has_none(
    app, cast, visit, lesson
):
    note(visit(cast.amara), lesson, "Mine", 0)
    for other in (cast.ruth, cast.dafydd, cast.tomas, cast.ada):
        assert note(visit(other), lesson, "Theirs", 0).status_code == 404
        assert "Mine" not in visit(other).get("/learn/notes").text
    assert note(visit(cast.odd), lesson, "Theirs", 0).status_code == 403
    assert count() == 1


def test_a_note_stays_with_its_lesson_in_a_new_version(app, cast, visit, lesson):
    amara = visit(cast.amara)
    note(amara, lesson, "Still here", 0)
    with unit_of_work(read_only=True):
        course_id = learning.list_current(cast.amara)[0].course.id
    edit_first(course_id, "Other words.")
    publish(course_id)
    with unit_of_work(), acting_as(SYSTEM):
        assert NotesData().export(cast.amara)["notes"][0]["text"] == "Still here"
    assert "Still here" in amara.get("/learn/notes").text
    with unit_of_work(), acting_as(SYSTEM):
        NotesData().erase(cast.amara)
    assert count() == 0


def test_a_lesson_and_the_list_ask_the_same_of_the_database_however_many_notes_there_are(app, cast, visit):
    course_id = write_course("long", sections=([f"Lesson {number}" for number in range(30)],), title="Long")
    enrol(cast.amara, course_id)
    lessons, amara = activities_of(course_id), visit(cast.amara)
    note(amara, lessons[0], "First", 0)
    with counted_queries() as few:
        amara.get("/learn/notes")
    for one in lessons[1:]:
        note(amara, one, f"About {one.title}", 0)
    with counted_queries() as many:
        amara.get("/learn/notes")
    assert len(many) == len(few)
    with counted_queries() as page:
        assert "First" in amara.get(f"/learn/long/{lessons[0].id}").text
    assert len(page) <= 5


def test_a_note_that_is_refused_without_script_comes_back_to_be_copied_with_the_way_to_its_lesson(
    app, cast, visit, lesson
):
    amara, address = visit(cast.amara), f"/learn/notes/{lesson.id}"
    page = f"{ORIGIN}/learn/cold-loops/{lesson.id}"
    for text, why in [("Long and " + "x" * 100_000, "10000 characters"), ("Ask\0 them", "It was taken out")]:
        refused = amara.post(address, {"text": text, "revision": "0"}, headers={"Referer": page})
        assert refused.status_code == 422
        assert why in refused.text
        assert f">{text.replace(chr(0), '')}</textarea>" in refused.text
    lines = "x" * 9_000 + "\r\n" * 900 + "x"
    assert amara.post(address, {"text": lines, "revision": "0"}).status_code == 303


def test_who_was_signed_out_without_having_typed_is_led_back_to_the_lesson(app, cast, visit, lesson):
    page = f"/learn/cold-loops/{lesson.id}"
    gone = visit().post(f"{page}/done", {}, headers={"Referer": f"{ORIGIN}{page}"})
    assert gone.status_code == 401
    assert "press the button there once more" in gone.text
    assert "What you typed" not in gone.text
    assert f'href="/sign-in?next={page}"' in gone.text
