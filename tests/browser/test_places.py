"""A full course in a real browser: who comes later waits with a number, and moves up when somebody leaves."""

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.test_people_import import look
from tests.courses.courses import enrol, write_course
from tests.support.browser import SMALL, WIDE, page_in
from tests.support.live import Live


@pytest.mark.browser
def test_a_full_course_is_waited_for_and_moved_up_into(live_server: Live, chromium: Browser) -> None:
    faults: list[str] = []
    course_id = write_course()
    with page_in(chromium, base_url=live_server.url, width=WIDE) as page:
        live_server.sign_in(page, live_server.cast.tomas)
        page.goto(f"/author/courses/{course_id}/access")
        page.get_by_label("Places").fill("1")
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_text("Saved.")).to_be_visible()
        look(page, "course-places", faults)
    first = enrol(live_server.cast.dafydd, course_id)
    with page_in(chromium, base_url=live_server.url, width=SMALL, scheme="dark") as page:
        live_server.sign_in(page, live_server.cast.amara)
        page.goto("/learn/cold-loops")
        look(page, "course-full", faults)
        page.get_by_role("button", name="Join the waiting list").press("Enter")
        expect(page.get_by_text("You are number 1 on the waiting list", exact=True)).to_be_visible()
        look(page, "course-waiting", faults)
    with page_in(chromium, base_url=live_server.url, width=WIDE, scheme="dark") as page:
        live_server.sign_in(page, live_server.cast.ruth)
        page.goto(f"/team/enrolments?course={course_id}")
        page.get_by_role("link", name="Waiting list").click()
        expect(page.get_by_text("Amara Osei")).to_be_visible()
        look(page, "waiting-list", faults)
        page.goto(f"/team/enrolments/{first}")
        page.get_by_label("Reason").last.fill("Works elsewhere now")
        page.get_by_role("button", name="Withdraw").click()
        expect(page.get_by_text("Saved. Dafydd Pryce is told.")).to_be_visible()
        page.goto(f"/team/enrolments/courses/{course_id}/waiting")
        look(page, "waiting-list-empty", faults)
    with page_in(chromium, base_url=live_server.url, width=SMALL) as page:
        live_server.sign_in(page, live_server.cast.amara)
        page.goto("/learn/cold-loops")
        expect(page.get_by_role("link", name="Start the course")).to_be_visible()
    assert faults == []
