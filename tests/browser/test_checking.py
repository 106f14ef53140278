"""Answers that are checked before the end, in a real browser: by keyboard, through a lost network, in two windows."""

from dataclasses import replace

import pytest
from playwright.sync_api import Browser, Page, expect

from lms.kernel.db import db
from lms.kernel.uow import unit_of_work
from lms.quizzes.attempts.models import SlotRow
from lms.quizzes.values import Layout, Review, Telling, Text
from tests.quizzes.exams import CHECKS, STEPS, VALVE, enrol, fill_bank, fixed, set_up_exam
from tests.support.browser import SMALL, axe, overflow, page_in, shot, troubles_of
from tests.support.live import Live

pytestmark = pytest.mark.browser

HINTS = (Text("Who is in the room?"), Text("The controller is *not* the danger."))
HINTED = replace(
    VALVE,
    hints=HINTS,
    feedback_correct=Text("People first."),
    feedback_incorrect=Text("Think of the people."),
)
ASKED = (HINTED, CHECKS, replace(STEPS, hints=HINTS[:1]))


def begin(live: Live, page: Page, telling: Telling, **more: object) -> None:
    bank_id = fill_bank(ASKED)
    with unit_of_work(read_only=True):
        draws = fixed(bank_id)
    course_id, exam = set_up_exam(draws, telling=telling, **more)  # type: ignore[arg-type]  # the rules alone
    enrol(live.cast.amara, course_id)
    db.session.remove()
    live.sign_in(page, live.cast.amara)
    page.goto(f"{live.url}/learn/exams/{exam.id}/start")
    shot(page, f"checking-start-{telling.value}")
    page.get_by_role("button", name="Start the exam").press("Enter")
    expect(page.get_by_text("Question 1 of 3")).to_be_visible()


def tries_of(number: int) -> int:
    with unit_of_work(read_only=True):
        row = db.session.query(SlotRow).filter_by(number=number).one()
        return len(row.tries or [])


def test_several_tries_by_keyboard_through_a_lost_network(chromium: Browser, live_server: Live) -> None:
    with page_in(chromium, width=SMALL) as page:
        begin(live_server, page, Telling.TRIES)
        told = page.get_by_role("group", name="Question 1, checked")
        page.get_by_role("radio", name="Reset the controller.").press("Space")
        page.get_by_role("button", name="Check", exact=True).press("Enter")
        expect(told).to_be_focused()
        expect(told).to_contain_text("Wrong")
        expect(told).to_contain_text("Who is in the room?")
        expect(told).to_contain_text("2 tries are left.")
        shot(page, "checking-tries-wrong")
        assert axe(page) == ""
        assert overflow(page) <= 0

        # The network dies under the second try: it waits, nothing can be changed, and it is sent once.
        page.get_by_role("radio", name="Tighten the valve.").press("Space")
        expect(page.locator("[data-when=saved]")).to_be_visible()
        page.context.set_offline(True)
        page.get_by_role("button", name="Check", exact=True).press("Enter")
        expect(page.locator("[data-when=waiting]")).to_be_visible()
        expect(page.get_by_role("radio", name="Clear the room.")).to_be_disabled()
        page.context.set_offline(False)
        expect(told).to_contain_text("1 try is left.")
        expect(told).to_contain_text("The controller is not the danger.")
        troubles_of(page).clear()  # the failed requests that this test provoked

        # The server takes the third try and its answer is lost on the way back: asked again, it is the same try.
        page.get_by_role("radio", name="Clear the room.").press("Space")
        expect(page.locator("[data-when=saved]")).to_be_visible()
        lost: list[str] = []

        def lose(route: object) -> None:
            if "check=" in (route.request.post_data or "") and not lost:  # type: ignore[attr-defined]
                lost.append(route.fetch().text())  # type: ignore[attr-defined]
                route.abort()  # type: ignore[attr-defined]
            else:
                route.continue_()  # type: ignore[attr-defined]

        page.route("**/learn/exams/*/1", lose)
        page.get_by_role("button", name="Check", exact=True).press("Enter")
        expect(told).to_contain_text("People first.", timeout=15_000)
        page.unroute_all()
        assert len(lost) == 1
        assert tries_of(1) == 3
        expect(page.get_by_role("radio", name="Clear the room.")).to_be_disabled()
        shot(page, "checking-tries-right")
        assert axe(page) == ""
        troubles_of(page).clear()

        page.get_by_role("button", name="Next question").press("Enter")
        expect(page.get_by_text("Question 2 of 3")).to_be_visible()
        page.get_by_role("button", name="Finish").first.press("Enter")
        page.get_by_role("dialog").get_by_role("button", name="Finish and mark").press("Enter")
        expect(page.get_by_text("Try 3: Right")).to_be_visible()
        shot(page, "checking-tries-result")
        assert axe(page) == ""


def test_at_once_is_told_in_place_and_a_second_window_agrees(chromium: Browser, live_server: Live) -> None:
    with page_in(chromium, scheme="dark") as page:
        begin(live_server, page, Telling.AT_ONCE, layout=Layout.ALL, review=Review.ANSWERS)
        other = page.context.new_page()
        other.goto(page.url)
        page.get_by_role("radio", name="Reset the controller.").check()
        first = page.locator("#q1")
        first.get_by_role("button", name="Check", exact=True).click()
        told = page.get_by_role("group", name="Question 1, checked")
        expect(told).to_contain_text("Think of the people.")
        expect(told).to_contain_text("Clear the room.")
        expect(first.get_by_role("button", name="Check", exact=True)).to_have_count(0)
        shot(page, "checking-at-once")
        assert axe(page) == ""

        # The order of things is settled too, whatever moves them.
        steps = page.locator("#q3")
        down = steps.locator("[data-move='1']")
        down.first.click()
        steps.get_by_role("button", name="Check", exact=True).click()
        expect(page.get_by_role("group", name="Question 3, checked")).to_be_visible()
        expect(down.first).to_be_hidden()
        shot(page, "checking-at-once-order")

        other.locator("#q1").get_by_role("radio", name="Clear the room.").check()
        expect(other.locator("#q1 [data-refused]")).to_contain_text(
            "This answer was checked and stays as it is."
        )
        other.locator("#q1").get_by_role("button", name="Check", exact=True).click()
        expect(other.locator("#q1-told")).to_contain_text("This was checked in another window meanwhile.")
        expect(other.get_by_role("radio", name="Reset the controller.")).to_be_checked()
        assert tries_of(1) == 1
        troubles_of(page).clear()
        other.close()
