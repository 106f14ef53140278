"""An essay and a file in a real exam: written on a phone, through a lost network, marked, down to the course."""

import pytest
from playwright.sync_api import Browser, FilePayload, Page, expect

from tests.quizzes.by_hand import ESSAY, PICTURE, completed, exam_of
from tests.quizzes.exams import LEAK, WIRING, enrol
from tests.support.browser import SMALL, WIDE, axe, overflow, page_in, shot, troubles_of
from tests.support.live import Live

pytestmark = pytest.mark.browser
PLAN: FilePayload = {"name": "plan.png", "mimeType": "image/png", "buffer": PICTURE}


def _check(page: Page, name: str) -> None:
    shot(page, name)
    assert axe(page) == ""
    assert overflow(page) <= 0


def _write(live_server: Live, chromium: Browser, start_at: str) -> None:
    cast = live_server.cast
    with page_in(chromium, base_url=live_server.url, width=SMALL) as page:
        live_server.sign_in(page, cast.amara)
        page.goto(start_at)
        page.get_by_role("button", name="Start the exam").press("Enter")
        text = page.get_by_label("Your answer")
        text.fill("People leave")
        expect(page.get_by_text("Words still to write: 3")).to_be_visible()
        text.fill(ESSAY["answer"][0])
        expect(page.get_by_text("Words still to write: 3")).to_be_hidden()
        expect(page.locator("[data-when=saved]")).to_be_visible()
        _check(page, "essay-phone")
        page.get_by_role("button", name="Next question").press("Enter")
        chooser = page.get_by_label("Your file")
        expect(chooser).to_be_visible()
        page.context.set_offline(True)
        chooser.set_input_files(PLAN)
        expect(page.get_by_text("A file is not kept on this device.")).to_be_visible()
        troubles_of(page).clear()  # the lost network is what was asked for
        page.context.set_offline(False)
        page.get_by_role("button", name="Add the file").press("Enter")
        expect(page.get_by_text("plan.png is with us.")).to_be_visible()
        expect(page.get_by_role("link", name="Question 2, answered")).to_be_visible()
        _check(page, "file-phone")
        page.reload()
        expect(page.get_by_role("link", name="plan.png")).to_be_visible()
        page.get_by_role("button", name="Check and finish").press("Enter")
        page.get_by_role("button", name="Finish and mark").press("Enter")
        expect(page.get_by_role("heading", name="Your answers are in.")).to_be_visible()
        _check(page, "essay-waits")


def _mark(live_server: Live, chromium: Browser) -> None:
    cast = live_server.cast
    with page_in(chromium, base_url=live_server.url, width=WIDE) as page:
        live_server.sign_in(page, cast.tomas)
        for title, levels in (("Leak report", (1, 2)), ("Wiring plan", (4,))):
            page.goto("/author/marking")
            link = page.get_by_role("link", name=f"{title} of Without name")
            link.press("Enter")
            page.get_by_role("button", name="Take it to mark").press("Enter")
            expect(page.locator("fieldset.judge")).to_have_count(len(levels))
            for group, level in zip(page.locator("fieldset.judge").all(), levels, strict=True):
                group.get_by_role("radio").nth(level).focus()
                page.keyboard.press("Space")
            page.get_by_label("Comment on all of it").fill("Well done.")
            _check(page, f"marking-{title.split()[0].lower()}")
            page.get_by_role("button", name="Finish marking").press("Enter")
            expect(page.get_by_text("Marked. The person is told.")).to_be_visible()


def test_an_essay_and_a_file_are_handed_in_on_a_phone_marked_by_keyboard_and_complete_the_course(
    live_server: Live, chromium: Browser
) -> None:
    cast = live_server.cast
    course_id, exam = exam_of((LEAK, WIRING), slug="leaks-live", blind=True)
    enrol(cast.amara, course_id)
    _write(live_server, chromium, f"/learn/exams/{exam.id}/start")
    assert not completed(cast.amara, course_id)
    _mark(live_server, chromium)
    assert completed(cast.amara, course_id), "the last mark decides the exam, and with it the course"

    with page_in(chromium, base_url=live_server.url, width=WIDE) as page:
        live_server.sign_in(page, cast.amara)
        page.goto(f"/learn/exams/{exam.id}/start")
        page.get_by_role("link", name="Attempt 1").press("Enter")
        expect(page.get_by_role("heading", name="You passed with 100%.")).to_be_visible()
        expect(page.get_by_text("Well done.")).to_have_count(2)
        _check(page, "essay-marked")
