"""An exam of two timed sections, built by keyboard alone and taken section by section, in a real browser."""

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from lms.kernel.db import db
from lms.quizzes.values import Draw
from tests.quizzes.exams import SIX_KINDS, enrol, fill_bank, set_up_exam
from tests.support.browser import SMALL, axe, overflow, page_in, shot
from tests.support.live import Live

pytestmark = pytest.mark.browser


def press(place: Locator, key: str = "Enter") -> None:
    """Use something as somebody without a mouse does."""
    place.focus()
    place.press(key)


def type_over(page: Page, field: Locator, text: str) -> None:
    """Replace what stands in a field by typing."""
    field.focus()
    page.keyboard.press("Control+A")
    page.keyboard.type(text)


def look(page: Page, name: str) -> None:
    """Look at a page wide and narrow."""
    wide = page.viewport_size
    assert wide is not None
    for width in (wide["width"], SMALL):
        page.set_viewport_size({"width": width, "height": 900})
        shot(page, f"{name}-{width}")
        assert axe(page) == "", name
        assert overflow(page) <= 0, name
    page.set_viewport_size(wide)


def build(page: Page, quiz_id: object) -> None:
    """Divide the exam by keyboard: a second section, times, a draw that is narrowed, two questions kept apart."""
    page.goto(f"/author/quizzes/{quiz_id}")
    press(page.get_by_role("button", name="Divide into sections"))
    expect(page.get_by_label("Title of section 2")).to_have_value("Part 2")
    type_over(page, page.get_by_label("Title of section 1"), "Theory")
    type_over(page, page.get_by_label("Time for section 1"), "5")
    type_over(page, page.get_by_label("Title of section 2"), "Practice")
    type_over(page, page.get_by_label("Time for section 2"), "10")
    page.get_by_label("Draw from").nth(1).select_option(index=1)
    type_over(page, page.get_by_label("How many").nth(1), "1")
    press(page.get_by_role("button", name="Narrow it"))
    page.get_by_label("Tag", exact=True).nth(1).select_option("safety")
    press(page.get_by_role("button", name="Keep questions apart"))
    expect(page.get_by_role("heading", name="Keep questions apart")).to_be_visible()
    press(page.get_by_role("checkbox", name="Select Relief valve"), "Space")
    press(page.get_by_role("checkbox", name="Select Before power"), "Space")
    look(page, "building-choose")
    press(page.get_by_role("button", name="Keep these apart"))
    expect(page.get_by_role("heading", name="Group 1")).to_be_visible()
    expect(page.get_by_text("It cannot be taken yet")).to_have_count(0)
    look(page, "building-exam")


def take(page: Page, activity_id: object) -> None:
    """Take it: the first section is closed by its learner, the second by the end of the exam."""
    page.goto(f"/learn/exams/{activity_id}/start")
    press(page.get_by_role("button", name="Start the exam"))
    expect(page.get_by_role("heading", name="Theory")).to_be_visible()
    look(page, "building-section")
    press(page.get_by_role("button", name="Close this section"))
    press(page.get_by_role("dialog").get_by_role("button", name="Close it and go on"))
    expect(page.get_by_role("heading", name="Practice")).to_be_visible()
    expect(page.get_by_text("Question 3 of 3")).to_be_visible()
    press(page.get_by_role("button", name="Finish", exact=True))
    press(page.get_by_role("dialog").get_by_role("button", name="Finish and mark"))
    expect(page.get_by_role("heading", name="By section")).to_be_visible()
    look(page, "building-result")


def test_a_trainer_builds_two_sections_by_keyboard_and_a_learner_goes_through_them(
    live_server: Live, chromium: Browser
) -> None:
    bank_id = fill_bank(SIX_KINDS)
    course_id, exam = set_up_exam([Draw(count=2, bank_id=bank_id)])
    enrol(live_server.cast.amara, course_id)
    db.session.remove()
    with page_in(chromium, base_url=live_server.url) as page:
        live_server.sign_in(page, live_server.cast.tomas)
        build(page, exam.config["quiz_id"])
    with page_in(chromium, base_url=live_server.url) as page:
        live_server.sign_in(page, live_server.cast.amara)
        take(page, exam.id)
