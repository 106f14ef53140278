"""Pages of who writes courses: every step by forms alone, and nothing for those who may not."""

import re
from io import BytesIO

import pytest
from sqlalchemy import func, select

from lms.courses.authoring import queries
from lms.courses.authoring.models import CourseImportRow, CourseRow, CourseVersionRow
from lms.courses.values import ActivityKey, CourseId
from lms.identity import facade as identity
from lms.kernel.db import db, new_id
from lms.kernel.uow import unit_of_work
from tests.courses.courses import activities_of, edit_first, enrol, write_course
from tests.courses.test_imports import FILES, zipped
from tests.support.portal import counted_queries


def _count(table):
    return db.session.scalar(select(func.count()).select_from(table))


def _fields(page):
    """Return the activity form's fields as its author saves them."""
    return {
        "title": page.item.title,
        "minutes": str(page.item.minutes),
        "is_required": "y",
        "body": page.body,
        "revision": str(page.revision),
    }


def test_a_trainer_writes_a_course_from_nothing_and_publishes_it(app, cast, visit):
    tomas = visit(cast.tomas)
    course_id = CourseId(new_id())
    made = {"key": str(course_id), "title": "Größe & Kälte", "language": "de", "brand": str(cast.cold)}
    for _click in range(2):
        answer = tomas.post("/author/courses/new", made)
        assert (answer.status_code, answer.location) == (303, f"/author/courses/{course_id}")
    section, lesson = new_id(), ActivityKey(new_id())
    home = f"/author/courses/{course_id}"
    for _click in range(2):
        tomas.post(f"{home}/sections", {"section-key": str(section), "section-title": "Teil 1"})
        answer = tomas.post(
            f"{home}/sections/{section}/activities",
            {"add-key": str(lesson), "add-title": "Der Kreis", "add-kind": "page"},
        )
    assert answer.location == f"{home}/activities/{lesson}"
    assert "“Der Kreis” has no text." in tomas.get(f"{home}/publish").text
    assert tomas.post(f"{home}/publish").status_code == 422
    page = queries.get_page(queries.get_editor(course_id).version_id, lesson)
    answer = tomas.post(answer.location, {**_fields(page), "minutes": "7", "body": "Vier *Teile*."})
    assert answer.status_code == 303
    for _click in range(2):
        assert tomas.post(f"{home}/publish").status_code == 303
    assert (_count(CourseRow), _count(CourseVersionRow)) == (1, 1)
    assert "Größe &amp; Kälte" in visit(cast.amara).get("/learn/grosse-kalte").text


def test_what_was_typed_stays_when_something_is_wrong_with_it(app, cast, visit):
    course_id = write_course(publish=False)
    editor = queries.get_editor(course_id)
    page = queries.get_page(editor.version_id, editor.items[0].key)
    url = f"/author/courses/{course_id}/activities/{page.item.key}"
    tomas = visit(cast.tomas)
    answer = tomas.post(url, {**_fields(page), "title": " ", "body": "Typed at length."})
    assert answer.status_code == 422
    assert "Typed at length." in answer.text
    assert "Give it a title." in answer.text
    taken = tomas.post(
        "/author/courses/new",
        {"key": str(new_id()), "title": "Other", "slug": "cold-loops", "language": "en"},
    )
    assert taken.status_code == 422
    assert "Another course has this address." in taken.text


def test_a_stale_tab_keeps_its_text_and_shows_what_was_saved_meanwhile(app, cast, visit):
    course_id = write_course(publish=False)
    editor = queries.get_editor(course_id)
    page = queries.get_page(editor.version_id, editor.items[0].key)
    url = f"/author/courses/{course_id}/activities/{page.item.key}"
    edit_first(course_id, "Saved by the other.")
    tomas = visit(cast.tomas)
    stale = tomas.post(url, {**_fields(page), "body": "Typed in the old tab."})
    assert stale.status_code == 409
    assert "Typed in the old tab." in stale.text
    assert "Saved by the other." in stale.text
    again = queries.get_page(editor.version_id, page.item.key).revision
    assert f'name="revision" type="hidden" value="{again}"' in stale.text


def test_who_is_overtaken_reads_who_saved_meanwhile_and_when(app, cast, visit):
    course_id = write_course(publish=False)
    editor = queries.get_editor(course_id)
    mine, other = (queries.get_page(editor.version_id, editor.items[place].key) for place in (0, 1))
    url = f"/author/courses/{course_id}/activities"
    ada, tomas = visit(cast.ada), visit(cast.tomas)
    assert ada.post(f"{url}/{mine.item.key}", {**_fields(mine), "body": "By Ada."}).status_code == 303
    assert tomas.post(f"{url}/{other.item.key}", {**_fields(other), "body": "By Tomas."}).status_code == 303
    typed = {**_fields(mine), "body": "Typed in the old tab."}
    with unit_of_work(read_only=True):
        name = identity.list_people([cast.ada])[cast.ada].name
    stale = tomas.post(f"{url}/{mine.item.key}", typed)
    by_itself = tomas.post(f"{url}/{mine.item.key}", typed, headers={"Accept": "application/json"})
    for said in (stale.text, by_itself.json["detail"]):
        assert f"{name} saved this " in said
        assert "after you opened it" in said


def test_a_preview_shows_what_is_typed_and_saves_nothing(app, cast, visit):
    course_id = write_course()
    editor = queries.get_editor(course_id)
    page = queries.get_page(editor.version_id, editor.items[0].key)
    url = f"/author/courses/{course_id}/activities/{page.item.key}/preview"
    shown = visit(cast.tomas).post(url, {**_fields(page), "body": "Quite **bold**.<script>x()</script>"})
    assert "Quite <strong>bold</strong>." in shown.text
    assert "<script>x" not in shown.text
    assert not queries.get_editor(course_id).is_draft


def test_the_draft_is_previewed_as_a_learner_sees_it_by_authors_alone(app, cast, visit):
    course_id = write_course()
    edit_first(course_id, "Only in the draft.")
    key = queries.get_editor(course_id).items[0].key
    url = f"/author/courses/{course_id}/preview/{key}"
    shown = visit(cast.tomas).get(url).text
    assert "Only in the draft." in shown
    assert "data-reading" not in shown
    assert visit(cast.amara).get(url).status_code == 403


def test_lessons_and_sections_move_and_leave_by_buttons(app, cast, visit):
    course_id = write_course(publish=False)
    editor = queries.get_editor(course_id)
    first, second = editor.sections
    home = f"/author/courses/{course_id}"
    tomas = visit(cast.tomas)
    moved = tomas.post(f"{home}/activities/{editor.items[0].key}/move-down", {"back": "section"})
    assert moved.location == f"{home}/sections/{first.key}#down-{editor.items[0].key}"
    assert f'id="down-{editor.items[0].key}"' in tomas.get(moved.location).text
    tomas.post(f"{home}/sections/{second.key}/move-up")
    tomas.post(f"{home}/activities/{editor.items[1].key}/remove")
    tomas.post(f"{home}/sections/{first.key}", {"key": str(new_id()), "title": "Renamed"})
    assert [
        (section.title, [item.title for item in section.items])
        for section in queries.get_editor(course_id).sections
    ] == [("Part 2", ["Alarms"]), ("Renamed", ["Parts of a loop"])]
    tomas.post(f"{home}/sections/{first.key}/remove")
    assert len(queries.get_editor(course_id).sections) == 1


def test_a_lesson_that_moves_into_another_section_says_so(app, cast, visit):
    course_id = write_course(publish=False)
    editor = queries.get_editor(course_id)
    tomas, last = visit(cast.tomas), editor.sections[0].items[-1]
    moved = tomas.post(f"/author/courses/{course_id}/activities/{last.key}/move-down", {"back": "section"})
    assert moved.location.startswith(f"/author/courses/{course_id}/sections/{editor.sections[1].key}#down-")
    assert "Moved into the section “Part 2”." in tomas.get(moved.location).text


def test_files_are_dropped_looked_at_and_confirmed_once(app, cast, visit):
    tomas = visit(cast.tomas)
    import_id = new_id()
    for _click in range(2):
        answer = tomas.post("/author/import", {"key": str(import_id), "file": (zipped(FILES), "loops.zip")})
        assert (answer.status_code, answer.location) == (303, f"/author/imports/{import_id}")
    look = tomas.get(answer.location).text
    assert "The loop" in look
    assert "Import the course" in look
    assert (_count(CourseImportRow), _count(CourseRow)) == (1, 0)
    places = {tomas.post(f"{answer.location}/confirm").location for _click in range(2)}
    assert len(places) == _count(CourseRow) == 1
    assert "Imported already" in tomas.get(answer.location).text
    assert "The loop" in tomas.get(places.pop()).text


def test_files_with_an_error_show_why_and_offer_no_way_to_confirm(app, cast, visit):
    tomas = visit(cast.tomas)
    bad = {**FILES, "02-site/01-faults.md": "---\ntitle: Faults\n---\n"}
    place = tomas.post("/author/import", {"key": str(new_id()), "file": (zipped(bad), "bad.zip")}).location
    look = tomas.get(place).text
    assert "02-site/01-faults.md" in look
    assert "/confirm" not in look
    assert tomas.post(f"{place}/confirm").status_code == 422
    assert _count(CourseRow) == 0


def test_what_is_no_zip_is_refused_beside_the_field(app, cast, visit):
    answer = visit(cast.tomas).post(
        "/author/import", {"key": str(new_id()), "file": (BytesIO(b"%PDF-1.7"), "book.pdf")}
    )
    assert answer.status_code == 422
    assert "The file is not a zip archive." in answer.text


def test_publishing_says_who_is_in_the_course(app, cast, visit):
    course_id = write_course()
    enrol(cast.amara, course_id)
    edit_first(course_id, "New.")
    page = visit(cast.tomas).get(f"/author/courses/{course_id}/publish").text
    assert re.search(r"Not begun</dt><dd[^>]*>1<", page)
    assert "Publish version 2" in page


@pytest.mark.parametrize("who", ["amara", "ruth", "jonas"])
def test_who_writes_no_courses_reaches_no_page_of_authors(app, cast, visit, who):
    course_id = write_course(publish=False)
    visitor = visit(getattr(cast, who))
    for path in ("/author/courses", f"/author/courses/{course_id}", "/author/import"):
        assert visitor.get(path).status_code == 403


def test_an_auditor_reads_every_page_of_authors_and_changes_nothing(app, cast, visit):
    course_id = write_course()
    editor = queries.get_editor(course_id)
    section, item = editor.sections[0].key, editor.items[0].key
    home = f"/author/courses/{course_id}"
    odd = visit(cast.odd)
    reads = ("", f"/sections/{section}", f"/activities/{item}", "/publish", f"/preview/{item}")
    for path in reads:
        page = odd.get(f"{home}{path}")
        assert page.status_code == 200
        assert f'action="{home}' not in page.text
    assert ">English</dd>" in odd.get(home).text
    writes = (
        *("/facts", "/intro", "/publish", "/discard", "/sections"),
        *(f"/sections/{section}{act}" for act in ("", "/move-up", "/remove", "/activities")),
        *(f"/activities/{item}{act}" for act in ("", "/move-up", "/remove", "/pictures", "/preview")),
    )
    for path in writes:
        assert odd.post(f"{home}{path}", {"title": "Other", "revision": "2"}).status_code == 403
    assert odd.post("/author/import", {"key": str(new_id())}).status_code == 403
    assert not queries.get_editor(course_id).is_draft


def test_the_list_and_the_editor_ask_no_more_of_the_database_when_there_is_more(app, cast, visit):
    small = write_course("small", (("One",),))
    tomas = visit(cast.tomas)

    def asked(path):
        tomas.get(path)
        with counted_queries() as seen:
            assert tomas.get(path).status_code == 200
        return len(seen)

    before = [asked("/author/courses"), asked(f"/author/courses/{small}/publish")]
    big = write_course("big", [[f"Lesson {n}" for n in range(9)] for _ in range(5)])
    for number in range(5):
        write_course(f"other-{number}", title=f"Other {number}")
    assert [asked("/author/courses"), asked(f"/author/courses/{big}/publish")] == before
    assert asked(f"/author/courses/{big}/activities/{activities_of(big)[0].key}") <= 7


@pytest.mark.parametrize("who", ["tomas", "odd"])
def test_a_page_of_a_lesson_has_one_heading_above_all_others(app, cast, visit, who):
    course_id = write_course()
    key = queries.get_editor(course_id).items[0].key
    page = visit(getattr(cast, who)).get(f"/author/courses/{course_id}/activities/{key}").text
    assert page.count("<h1") == 1, "who reads by headings meets two pages in one"
