"""SCORM 1.2 with prerequisites in a real browser: a lesson opens in the outline once what it waits for is done."""

import re

import pytest
from playwright.sync_api import Browser, expect

from lms.kernel.uow import unit_of_work
from tests.packages.packages import course_with, enrol
from tests.packages.test_prerequisites import waiting_package
from tests.support.browser import axe, page_in, shot

pytestmark = pytest.mark.browser

LESSON = """<!doctype html><html lang="en"><title>Lesson</title><body><main><h1>Lesson</h1><button id="done">I have done it</button></main><script>
let api = window; while (!api.API && api.parent !== api) api = api.parent; api = api.API;
api.LMSInitialize("");
document.getElementById("done").onclick = () => { api.LMSSetValue("cmi.core.lesson_status", "completed"); api.LMSCommit(""); };
</script></body></html>"""


def test_a_lesson_that_waits_opens_once_the_others_are_done(live_server, chromium: Browser) -> None:
    with unit_of_work():
        activity = course_with(waiting_package("A & B", LESSON))
        enrol(live_server.cast.amara, activity)
    with page_in(chromium, base_url=live_server.url) as page:
        live_server.sign_in(page, live_server.cast.amara)
        page.goto(f"/learn/packages/{activity.id}?item=C")
        outline = page.get_by_role("navigation", name="Course outline")
        gamma = outline.get_by_role("link", name=re.compile("Gamma"))
        expect(outline.get_by_role("link", name=re.compile("Alpha"))).to_have_attribute(
            "aria-current", "page"
        )
        expect(gamma).to_have_attribute("aria-disabled", "true")
        assert axe(page) == ""
        shot(page, "prerequisites")
        done = (
            page.frame_locator("#package")
            .frame_locator("#stage")
            .get_by_role("button", name="I have done it")
        )
        done.click()
        expect(outline.locator("[data-state=valid]")).to_have_count(1)
        beta = outline.get_by_role("link", name=re.compile("Beta"))
        beta.click()
        expect(beta).to_have_attribute(
            "aria-current", "page"
        )  # the button of the page before has the same name
        done.click()
        expect(gamma).not_to_have_attribute("aria-disabled", "true")
        gamma.click()
        expect(outline.get_by_role("link", name=re.compile("Gamma"))).to_have_attribute(
            "aria-current", "page"
        )
