"""A course in a real browser: brought in by a trainer, read by a learner, with script and without."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from lms.courses.authoring import queries as authoring
from lms.courses.learning.models import ActivityStateRow
from lms.kernel.db import db
from lms.kernel.uow import unit_of_work
from tests.courses.courses import activities_of, complete, enrol, write_course
from tests.courses.test_imports import FILES, zipped
from tests.support.browser import axe, looked_at, overflow, page_in, shot
from tests.support.live import Live

pytestmark = pytest.mark.browser


def _check(page: Page, name: str) -> None:
    shot(page, name)
    assert axe(page) == ""
    assert overflow(page) <= 0


def test_a_trainer_drops_files_looks_through_them_edits_and_publishes(
    live_server: Live, chromium: Browser, tmp_path: Path
) -> None:
    archive = tmp_path / "cold-loops.zip"
    archive.write_bytes(zipped(FILES).getvalue())
    with page_in(chromium, base_url=live_server.url) as page:
        live_server.sign_in(page, live_server.cast.tomas)
        page.goto("/author/courses")
        expect(page.get_by_role("heading", name="No courses yet")).to_be_visible()
        page.get_by_role("link", name="Import files").first.click()
        page.set_input_files("input[type=file]", archive)
        expect(page.get_by_text("cold-loops.zip")).to_be_visible()
        page.get_by_role("button", name="Look into it").click()
        expect(page.get_by_role("heading", name="Cold loops", level=1)).to_be_visible()
        _check(page, "import-look")
        page.get_by_role("button", name="Import the course").click()
        page.get_by_role("navigation", name="Outline").get_by_role("link", name="The chart").click()
        page.get_by_role("button", name="Write as Markdown").click()
        page.locator("#body").fill("Pressure **above**, enthalpy below.")
        expect(page.locator("[data-save-state]")).to_contain_text("Saved at")
        page.get_by_role("link", name="Preview").click()
        expect(page.locator("article strong")).to_have_text("above")
        _check(page, "editor-preview")
        page.go_back()
        page.get_by_role("button", name="Move up").click()
        links = page.get_by_role("navigation", name="Outline").locator("li .editor-link")
        expect(links.first).to_contain_text("The chart")
        page.get_by_role("link", name="Publish …").click()
        _check(page, "publish")
        page.get_by_role("button", name="Publish version 1").click()
        expect(page.get_by_text("everyone can take it now")).to_be_visible()


@pytest.mark.parametrize("scripts", [True, False], ids=["script", "no-script"])
def test_a_learner_finds_reads_and_completes_a_course(
    live_server: Live, chromium: Browser, scripts: bool
) -> None:
    write_course()
    with page_in(chromium, base_url=live_server.url, scripts=scripts) as page:
        live_server.sign_in(page, live_server.cast.amara)
        page.goto("/learn")
        page.get_by_role("link", name="Cold loops").first.click()
        page.get_by_role("button", name="Start the course").click()
        expect(page.get_by_role("heading", name="Parts of a loop", level=1)).to_be_visible()
        page.get_by_role("button", name="Done, next lesson").click()
        expect(page.get_by_role("heading", name="Superheat", level=1)).to_be_visible()
        page.get_by_role("button", name="Done, next lesson").click()
        page.get_by_role("button", name="Done", exact=True).click()
        expect(page.get_by_text("You have completed Cold loops.")).to_be_visible()


def test_a_lesson_says_that_it_is_saved_and_is_opened_where_reading_stopped(
    live_server: Live, chromium: Browser
) -> None:
    course_id = write_course()
    enrolment_id = enrol(live_server.cast.amara, course_id)
    first = activities_of(course_id)[0]
    db.session.remove()
    with page_in(chromium, base_url=live_server.url) as page:
        live_server.sign_in(page, live_server.cast.amara)
        page.set_viewport_size({"width": 800, "height": 300})
        with page.expect_response("**/seen"):
            page.goto(f"/learn/cold-loops/{first.id}")
        expect(page.get_by_role("status").filter(has_text="Saved")).to_be_visible()
        room = page.evaluate("document.documentElement.scrollHeight - innerHeight")
        assert room > 0
        page.evaluate(f"scrollTo(0, {room / 2})")
        with page.expect_response("**/seen"):
            page.evaluate(
                "Object.defineProperty(document, 'hidden', {value: true, configurable: true});"
                "document.dispatchEvent(new Event('visibilitychange'))"
            )
        place = db.session.scalars(
            select(ActivityStateRow.place).where(ActivityStateRow.enrolment_id == enrolment_id)
        ).one()
        assert 0.3 < place["y"] < 0.7
        db.session.remove()
        page.goto("/learn/cold-loops")
        page.get_by_role("link", name="Resume").click()
        page.wait_for_function("scrollY > 0")


def test_every_page_of_courses_is_accessible_and_fits(live_server: Live, chromium: Browser) -> None:
    cast = live_server.cast
    course_id = write_course(brand_id=cast.cold, summary="How cold is made.")
    other = write_course("other", title="Other")
    done = enrol(cast.amara, other)
    for activity in activities_of(other):
        complete(done, activity)
    enrol(cast.amara, course_id)
    lesson = activities_of(course_id)[0]
    write_course("draft", title="Draft", publish=False)
    db.session.remove()
    home = f"/author/courses/{course_id}"
    pages = {
        cast.amara: (
            "/learn",
            "/learn?q=nothing",
            "/learn/cold-loops",
            f"/learn/cold-loops/{lesson.id}",
            "/learn/other",
        ),
        cast.tomas: (
            *("/author/courses", "/author/courses/new", "/author/import", home, f"{home}/publish"),
            *(f"{home}/activities/{lesson.key}", f"{home}/preview/{lesson.key}"),
        ),
    }
    for person_id, paths in pages.items():
        with page_in(chromium, base_url=live_server.url) as page:
            live_server.sign_in(page, person_id)
            faults = []
            for path in paths:
                page.goto(path)
                page.wait_for_load_state("networkidle")
                faults += looked_at(page, path)
            assert faults == []


def test_a_long_outline_shows_what_is_open_and_a_moved_lesson_keeps_the_focus(
    live_server: Live, chromium: Browser
) -> None:
    sections = tuple([f"Lesson {part}.{number}" for number in range(3)] for part in range(40))
    course_id = write_course("forty", sections=sections, title="Forty parts")
    with unit_of_work(read_only=True):
        section = authoring.get_editor(course_id).sections[30]
    with page_in(chromium, base_url=live_server.url) as page:
        live_server.sign_in(page, live_server.cast.tomas)
        page.goto(f"/author/courses/{course_id}/sections/{section.key}")
        expect(page.get_by_role("navigation", name="Outline").locator("[aria-current]")).to_be_in_viewport()
        button = page.get_by_role("button", name="Move down: Lesson 30.0")
        button.press("Enter")
        expect(page.locator(".row-title").nth(1)).to_have_text("Lesson 30.0")
        expect(button).to_be_focused()
        expect(button).to_be_in_viewport()
