"""A survey without names in a real browser: answered by keyboard, handed in once, and read by a trainer."""

import pytest
from playwright.sync_api import Browser, expect

from lms.kernel.db import db
from tests.quizzes.exams import enrol
from tests.quizzes.test_survey_pages import answered_by
from tests.quizzes.test_surveys import set_up
from tests.support.browser import SMALL, axe, overflow, page_in, shot, troubles_of
from tests.support.live import Live

pytestmark = pytest.mark.browser


def test_a_survey_without_names_is_answered_by_keyboard_and_read_by_a_trainer(
    chromium: Browser, live_server: Live
) -> None:
    course_id, activity, quiz_id = set_up()
    cast = live_server.cast
    answered_by((cast.nils, cast.ruth, cast.dafydd, cast.petra), course_id, activity)
    enrol(cast.amara, course_id)
    db.session.remove()
    with page_in(chromium, width=SMALL) as page:
        live_server.sign_in(page, cast.amara)
        page.goto(f"{live_server.url}/learn/exams/{activity.id}/start")
        shot(page, "survey-start")
        assert axe(page) == ""
        page.get_by_role("link", name="Begin the survey").press("Enter")
        expect(page.get_by_role("heading", name="Nobody will know what you said")).to_be_visible()
        page.get_by_role("radio", name="Clear the room.").press("Space")
        text = page.get_by_role("textbox", name="Your answer")
        text.fill("x" * 201)
        page.get_by_role("button", name="Hand in").press("Enter")
        # Too long is told by the browser, with everything still there.
        expect(page.get_by_role("radio", name="Clear the room.")).to_be_checked()
        assert text.evaluate("(field) => field.validity.customError")
        shot(page, "survey-page")
        assert axe(page) == ""
        assert overflow(page) <= 0
        text.fill("Six people at one bench are four too many.")
        # Without a network the page stays, with what was written on it and nothing of it on the device.
        page.context.set_offline(True)
        page.get_by_role("button", name="Hand in").press("Enter")
        expect(page.get_by_role("alert")).to_contain_text("It was not handed in: there is no connection.")
        expect(text).to_have_value("Six people at one bench are four too many.")
        assert axe(page) == ""
        assert page.evaluate("JSON.stringify(localStorage).includes('four too many')") is False
        page.context.set_offline(False)
        troubles_of(page).clear()
        page.get_by_role("button", name="Hand in").press("Enter")
        expect(page.get_by_role("heading", name="Thank you: it is handed in")).to_be_visible()
        shot(page, "survey-done")
        assert axe(page) == ""
    with page_in(chromium) as page:
        live_server.sign_in(page, cast.tomas)
        page.goto(f"{live_server.url}/author/quizzes/{quiz_id}")
        page.get_by_role("link", name="What people said").press("Enter")
        expect(page.get_by_text("5 people have handed it in.")).to_be_visible()
        expect(page.get_by_text("Six people at one bench are four too many.")).to_be_visible()
        # Nobody but four answered the statements.
        expect(page.get_by_text("Too few have answered this to show it.")).to_have_count(2)
        shot(page, "survey-results")
        assert axe(page) == ""
        assert overflow(page) <= 0
