"""Reports in a real browser: from a number to its people and back, by keyboard, at both widths and in both themes."""

from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from lms.kernel import clock
from lms.web.context import oem_zone
from tests.courses.courses import activities_of, complete, enrol, write_course
from tests.support.browser import SMALL, WIDE, axe, overflow, page_in, shot
from tests.support.live import Live

pytestmark = pytest.mark.browser


def test_from_a_number_to_its_people_and_out_as_a_table(
    live_server: Live, chromium: Browser, tmp_path: Path
) -> None:
    cast = live_server.cast
    course_id = write_course()
    first, *others = activities_of(course_id)
    amara = enrol(cast.amara, course_id)
    complete(amara, first, score="0.84", passed=True)
    for one in others:
        complete(amara, one)
    complete(
        enrol(cast.dafydd, course_id, due_on=clock.now().astimezone(oem_zone()).date() - timedelta(days=2)),
        first,
    )
    enrol(cast.ruth, course_id)
    for width in (WIDE, SMALL):
        with page_in(chromium, base_url=live_server.url, width=width) as page:
            page.emulate_media(color_scheme="light" if width == WIDE else "dark")
            live_server.sign_in(page, cast.ruth)
            page.goto("/reports/courses")
            _is_fine(page, f"reports-courses-{width}")
            page.get_by_role("link", name="Cold loops").click()
            expect(page.get_by_role("table", name="How far people come, as a table")).to_be_visible()
            _is_fine(page, f"reports-course-{width}")
            row = page.get_by_role("table", name="Where they are now, as a table").get_by_role(
                "row", name="Overdue"
            )
            row.get_by_role("link", name="1").focus()
            page.keyboard.press("Enter")
            expect(page.get_by_role("link", name="Dafydd Pryce")).to_be_visible()
            expect(page.get_by_role("link", name="Amara Osei")).to_have_count(0)
            _is_fine(page, f"reports-people-{width}")
            with page.expect_download() as given:
                page.get_by_role("link", name="Workbook (XLSX)").click()
            given.value.save_as(tmp_path / f"{width}.xlsx")
            assert (tmp_path / f"{width}.xlsx").read_bytes().startswith(b"PK")
            page.get_by_role("link", name="Dafydd Pryce").click()
            expect(page.get_by_text("2 days overdue")).to_be_visible()
            _is_fine(page, f"reports-person-{width}")
            page.goto("/team/progress")
            _is_fine(page, f"reports-team-{width}")
            page.get_by_label("State").select_option(label="Overdue")
            page.get_by_role("button", name="Apply").click()
            people = page.get_by_role("table", name="People, as a table")
            expect(people.get_by_role("link", name="Dafydd Pryce")).to_be_visible()
            expect(people.get_by_role("link", name="Amara Osei")).to_have_count(0)
            assert "state=overdue" in page.url


def _is_fine(page: Page, name: str) -> None:
    shot(page, name)
    assert axe(page) == ""
    assert overflow(page) == 0
