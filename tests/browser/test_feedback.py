"""Feedback in a real browser: given by keyboard alone, passed over, changed, and read by a trainer without a name."""

from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.courses.courses import activities_of, complete, enrol, write_course
from tests.courses.test_feedback import finish
from tests.support.browser import SMALL, WIDE, axe, overflow, page_in, shot
from tests.support.live import Live

pytestmark = pytest.mark.browser

SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")


def _is_fine(page: Page, name: str) -> None:
    for width in (WIDE, SMALL):
        page.set_viewport_size({"width": width, "height": 900})
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme)
            assert axe(page) == ""
            shot(page, f"{name}-{width}-{scheme}")
        assert overflow(page) <= 0
    page.set_viewport_size({"width": WIDE, "height": 900})


def test_a_learner_finishes_says_how_it_was_by_keyboard_and_a_trainer_reads_it_without_a_name(
    live_server: Live, chromium: Browser
) -> None:
    course_id = write_course(sections=(("One", "Two"),))
    first, last = activities_of(course_id)
    complete(enrol(live_server.cast.amara, course_id), first)
    with page_in(chromium, base_url=live_server.url) as page:
        live_server.sign_in(page, live_server.cast.amara)
        page.goto(f"/learn/cold-loops/{last.id}")
        page.get_by_role("button", name="Done", exact=True).click()
        expect(page.get_by_text("You have completed Cold loops.")).to_be_visible()
        group = page.get_by_role("group", name="How was this course?")
        expect(group).to_have_accessible_description(
            "From 1, poor, to 5, very good. Whoever reads it does not see your name."
        )
        _is_fine(page, "feedback-asked")
        page.goto(f"/learn/cold-loops/{last.id}")
        expect(page.get_by_role("group", name="How was this course?")).to_be_visible()
        _is_fine(page, "feedback-player")
        page.goto("/learn/cold-loops")
        page.get_by_role("radio", name="1 Poor").focus()
        for _step in range(3):
            page.keyboard.press("ArrowDown")
        expect(page.get_by_role("radio", name="4 Good")).to_be_checked()
        page.keyboard.press("Tab")
        page.keyboard.type("<b>Short</b> and clear")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        expect(page.get_by_text("Thank you.")).to_be_visible()
        expect(page.get_by_role("button", name="Not now")).to_have_count(0)
        summary = page.get_by_text("4 of 5")
        summary.click()
        expect(page.get_by_role("radio", name="4 Good")).to_be_checked()
        expect(page.get_by_label("What was good, what was missing?")).to_have_value("<b>Short</b> and clear")
        _is_fine(page, "feedback-given")
        page.get_by_role("radio", name="5 Very good").check()
        page.get_by_role("button", name="Save feedback").click()
        expect(page.get_by_text("5 of 5")).to_be_visible()
    with page_in(chromium, base_url=live_server.url) as page:
        live_server.sign_in(page, live_server.cast.tomas)
        page.goto(f"/reports/courses/{course_id}")
        row = page.get_by_role("table", name="What they say, as a table").get_by_role(
            "row", name="5, Very good"
        )
        _is_fine(page, "feedback-report")
        row.get_by_role("link", name="1").focus()
        page.keyboard.press("Enter")
        expect(page.get_by_role("cell", name="<b>Short</b> and clear")).to_be_visible()
        expect(page.get_by_text("Amara")).to_have_count(0)
        _is_fine(page, "feedback-read")


def test_who_would_rather_not_presses_one_button_and_is_left_alone(
    live_server: Live, chromium: Browser
) -> None:
    course_id = write_course(sections=(("One",),))
    finish(live_server.cast.amara, course_id)
    with page_in(chromium, base_url=live_server.url, width=SMALL, scripts=False) as page:
        live_server.sign_in(page, live_server.cast.amara)
        page.goto("/learn/cold-loops")
        page.get_by_role("button", name="Not now").click()
        expect(page.get_by_role("button", name="Not now")).to_have_count(0)
        page.get_by_text("Rate this course").click()
        page.get_by_role("radio", name="2 Weak").check()
        page.get_by_role("button", name="Send feedback").click()
        expect(page.get_by_text("2 of 5")).to_be_visible()
