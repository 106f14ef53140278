"""A partner admin works through their team with the keyboard: gaps, an assignment looked at first, the year ahead."""

import pytest
from playwright.sync_api import Browser, expect

from lms.certificates.cycles.models import CycleRow
from lms.certificates.values import AllOf, Rule
from lms.kernel.actor import SYSTEM, acting_as
from lms.kernel.db import db
from lms.kernel.uow import unit_of_work
from tests.certificates.scene import Scene, define, publish_course
from tests.support.browser import SMALL, WIDE, looked_at, page_in
from tests.support.live import Live

pytestmark = pytest.mark.browser

TEAM = "/team/certifications"
LONG = "Refrigeration control engineer for plants of more than four hundred kilowatts with two stages and heat recovery"
STICKS = """() => {
  const region = document.querySelector(".matrix");
  region.scrollTo(200, 200);
  const box = region.getBoundingClientRect();
  const row = region.querySelector("tbody th").getBoundingClientRect();
  const head = region.querySelectorAll("thead th")[1].getBoundingClientRect();
  return [Math.round(row.left - box.left) - region.clientLeft, Math.round(head.top - box.top) - region.clientTop];
}"""


def test_gaps_are_closed_and_the_year_ahead_is_read(live_server: Live, chromium: Browser) -> None:
    cast = live_server.cast
    with unit_of_work(), acting_as(SYSTEM):
        course = publish_course("Refrigeration Control")
        rule = Rule(AllOf((course.done(), course.scored())), 10, 60, 30)
        scene = Scene(course, define(cast, "HC-RCE", LONG, rule), rule)
        for number in range(4):
            define(cast, f"HC-{number}", f"{number} {LONG}", Rule(course.done(), 12, 60, 30))
    scene.learn(cast.amara)
    faults: list[str] = []
    with page_in(chromium, base_url=live_server.url, width=WIDE) as page:
        live_server.sign_in(page, cast.ruth)
        page.goto(f"{TEAM}/gaps?certification={scene.certification_id}")
        faults += looked_at(page, "gaps")
        page.set_viewport_size({"width": WIDE, "height": 900})
        page.get_by_role("checkbox", name=f"Select Dafydd Pryce, {LONG}").press("Space")
        page.get_by_role("button", name="Assign", exact=True).press("Enter")
        expect(page.get_by_role("heading", name="Assign certifications")).to_be_visible()
        page.get_by_role("button", name="See what will happen").press("Enter")
        expect(page.get_by_text("Is asked, and enrolled in what is missing: 1")).to_be_visible()
        page.get_by_role("button", name="Assign 1").press("Enter")
        expect(page.get_by_text("Asked: 1 certificate.")).to_be_visible()
        faults += looked_at(page, "matrix")
        page.set_viewport_size({"width": SMALL, "height": 500})
        assert page.evaluate(STICKS) == [0, 0], "names and certifications stay in sight"
        page.set_viewport_size({"width": WIDE, "height": 900})
        page.get_by_role("link", name="Next twelve months").press("Enter")
        expect(page.get_by_role("img", name="Certificates that lapse, by month")).to_be_visible()
        page.locator("tfoot").get_by_role("link").first.press("Enter")
        expect(page.locator("#who").get_by_role("link", name="Amara Osei")).to_be_visible()
        faults += looked_at(page, "forecast")
        page.locator("#who").get_by_role("link", name="Amara Osei").press("Enter")
        expect(page.get_by_role("heading", name="If Amara Osei leaves")).to_be_visible()
        faults += looked_at(page, "member")
    with page_in(chromium, base_url=live_server.url, width=WIDE) as page:
        live_server.sign_in(page, cast.tomas)
        page.goto(f"/reports/certifications/{scene.certification_id}")
        expect(page.get_by_role("heading", name="Who is stuck where")).to_be_visible()
        faults += looked_at(page, "report")
    assert faults == []
    with unit_of_work(read_only=True):
        (cycle,) = db.session.query(CycleRow).filter_by(closed_at=None)
        assert (cycle.person_id, cycle.certification_id) == (cast.dafydd, scene.certification_id)
