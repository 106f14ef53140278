"""Who takes a course, and until when, said in a real browser: readable at both widths, and nothing lost on the way."""

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.audiences.scene import rule, save
from tests.courses.courses import write_course
from tests.support.browser import SMALL, WIDE, axe, overflow, page_in, shot
from tests.support.live import Live

pytestmark = pytest.mark.browser


def test_a_trainer_enrols_an_audience_and_moves_a_date(live_server: Live, chromium: Browser) -> None:
    cast = live_server.cast
    course_id = write_course()
    save("Technicians", rule(position=[cast.technician]))
    for width in (WIDE, SMALL):
        with page_in(chromium, base_url=live_server.url, width=width) as page:
            live_server.sign_in(page, cast.tomas)
            page.goto(f"/author/courses/{course_id}")
            page.get_by_role("link", name="Who takes it").click()
            group = page.get_by_role("group", name="Who is enrolled")
            group.get_by_label("Technicians").check()
            page.get_by_label("Or so many days").fill("30")
            page.get_by_role("button", name="Save").click()
            expect(page.get_by_text("Saved.")).to_be_visible()
            _is_fine(page, f"course-access-{width}")
            page.get_by_role("link", name="Who is in it").click()
            _is_fine(page, f"enrolments-{width}")
            page.get_by_role("link", name="Dafydd Pryce").click()
            page.get_by_label("Reason").first.fill("The plant starts later")
            page.locator("#due_on").fill("2027-03-01" if width == WIDE else "2027-04-01")
            page.get_by_role("button", name="Save").click()
            expect(page.get_by_text("Saved. Dafydd Pryce is told.")).to_be_visible()
            _is_fine(page, f"enrolment-{width}")


def _is_fine(page: Page, name: str) -> None:
    shot(page, name)
    assert axe(page) == ""
    assert overflow(page) == 0
