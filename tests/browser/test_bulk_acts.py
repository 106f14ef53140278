"""Many people are enrolled, extended and withdrawn in a real browser: by keyboard, on a phone and on a desk."""

from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, expect

from lms.courses.learning import jobs
from lms.kernel.db import db
from tests.browser.test_people_import import look, press_until
from tests.courses.courses import enrol, write_course
from tests.support.browser import SMALL, WIDE, page_in
from tests.support.live import Live

TABLE = (
    "Name;E-Mail\nAmara Osei;amara@example.com\nDafydd Pryce;dafydd@example.com\n"
    "Nils Aaberg;nils@example.com\nAmara Osei;amara@example.com\n"
)


def worked() -> None:
    """Do what the worker does."""
    db.session.remove()
    jobs.act()
    db.session.remove()


@pytest.mark.browser
@pytest.mark.parametrize("width, scheme", [(WIDE, "light"), (SMALL, "dark")])
def test_a_partner_admin_enrols_many_from_a_table_by_keyboard(
    live_server: Live, chromium: Browser, tmp_path: Path, width: int, scheme: Literal["light", "dark"]
) -> None:
    faults: list[str] = []
    write_course()
    table = tmp_path / "people.csv"
    table.write_bytes(TABLE.encode("utf-16"))
    with page_in(chromium, base_url=live_server.url, width=width, scheme=scheme) as page:
        live_server.sign_in(page, live_server.cast.ruth)
        page.goto("/learn/cold-loops")
        page.get_by_role("link", name="Enrol many").click()
        look(page, f"many-list-{width}", faults)
        page.locator("#file").set_input_files(table)
        page.get_by_label("Or so many days after they are enrolled").fill("30")
        press_until(page, "See what would happen")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name="Nothing is done yet")).to_be_visible()
        expect(page.get_by_text("Row 2 names the same already.")).to_be_visible()
        look(page, f"act-looked-at-{width}", faults)
        press_until(page, "Enrol 2 people")
        page.keyboard.press("Enter")
        look(page, f"act-confirm-{width}", faults)
        press_until(page, "Do it")
        page.keyboard.press("Enter")
        expect(page.locator("[data-progress-said]")).to_have_text("0 of 2 people")
        look(page, f"act-running-{width}", faults)
        worked()
        # The page goes on by itself.
        expect(page.get_by_role("heading", name="2 people were enrolled.")).to_be_visible()
        look(page, f"act-done-{width}", faults)
        page.get_by_role("link", name="Not found among your people 1").click()
        expect(page.get_by_text("nils@example.com")).to_be_visible()
    assert faults == []


@pytest.mark.browser
@pytest.mark.parametrize("width, scheme", [(WIDE, "dark"), (SMALL, "light")])
def test_some_are_ticked_and_withdrawn_and_that_is_stopped_again(
    live_server: Live, chromium: Browser, width: int, scheme: Literal["light", "dark"]
) -> None:
    faults: list[str] = []
    course_id = write_course()
    enrol(live_server.cast.amara, course_id)
    with page_in(chromium, base_url=live_server.url, width=width, scheme=scheme) as page:
        live_server.sign_in(page, live_server.cast.ruth)
        page.goto(f"/team/enrolments?course={course_id}")
        look(page, f"enrolments-of-course-{width}", faults)
        page.get_by_role("link", name="Withdraw many").click()
        page.get_by_role("link", name="Tick people").click()
        page.get_by_label("Amara Osei").check()
        look(page, f"many-people-{width}", faults)
        page.get_by_role("button", name="See what would happen").click()
        look(page, f"many-refused-{width}", faults)
        expect(page.get_by_label("Amara Osei")).to_be_checked()
        page.get_by_label("Reason").fill("Another course fits")
        page.get_by_role("button", name="See what would happen").click()
        page.get_by_role("button", name="Withdraw 1 person").click()
        page.get_by_role("button", name="Do it").click()
        expect(page.locator("[data-progress-said]")).to_be_visible()
        page.get_by_role("button", name="Stop …").click()
        look(page, f"act-stop-{width}", faults)
        page.get_by_role("button", name="Stop", exact=True).click()
        expect(page.get_by_role("heading", name="It was stopped")).to_be_visible()
        look(page, f"act-stopped-{width}", faults)
        page.goto(f"/team/enrolments/courses/{course_id}/acts")
        look(page, f"acts-{width}", faults)
        page.goto(f"/team/enrolments/courses/{course_id}/many/extend?by=people&q=nobody-is-called-so")
        look(page, f"many-nobody-{width}", faults)
    assert faults == []
