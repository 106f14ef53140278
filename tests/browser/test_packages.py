"""Packages in a real browser: brought through one door, played, and taken further in a new revision."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from lms.courses import facade as courses
from lms.kernel.db import db
from lms.kernel.uow import unit_of_work
from lms.packages.models import TrackingRow
from tests.packages.packages import course_with, enrol
from tests.packages.test_findings import zipped
from tests.packages.test_revisions import FIRST, SECOND, scorm
from tests.packages.tincan import tincan_package
from tests.support.browser import SMALL, axe, shot
from tests.support.guests import house

pytestmark = pytest.mark.browser

# A package as a tool makes it: reads its address, says what the learner does, and notes where they are.
SPEAKS = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Lesson</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><body><main><h1>Charging</h1>
<p id="told" role="status">Beginning</p><button id="pass">Answer rightly</button></main><script>
const given = new URLSearchParams(location.search);
const told = document.getElementById("told");
const call = (method, path, params, body) => fetch(`${given.get("endpoint")}${path}?${new URLSearchParams(params)}`, {
  method, body: body && JSON.stringify(body),
  headers: { "X-Experience-API-Version": "1.0.3", "Content-Type": "application/json",
    Authorization: given.get("auth") },
});
const place = { stateId: "place", activityId: given.get("activity_id"), agent: given.get("actor"),
  registration: given.get("registration") };
(async () => {
  const kept = await call("GET", "activities/state", place);
  await call("PUT", "activities/state", place, { seen: true });
  told.textContent = kept.ok ? "seen before" : "seen never";
})();
document.getElementById("pass").onclick = async () => {
  const id = "10000000-1000-4000-8000-100000000000".replace(/[018]/g,
    (c) => (+c ^ (Math.random() * 16) >> (+c / 4)).toString(16));
  const answer = await call("PUT", "statements", { statementId: id }, { id, actor: JSON.parse(given.get("actor")),
    verb: { id: "http://adlnet.gov/expapi/verbs/passed" }, object: { id: given.get("activity_id") },
    context: { registration: given.get("registration") }, result: { success: true, score: { scaled: 0.9 } } });
  told.textContent = `passed: ${answer.status}`;
};
</script></body></html>"""


def is_completed(cast, activity) -> bool:
    with unit_of_work(read_only=True):
        return (cast.amara, activity.course_id) in courses.completions([cast.amara], [activity.course_id])


@pytest.mark.parametrize("by_name", [False, True], ids=["ports", "names"])
def test_a_learner_passes_an_xapi_package_and_comes_back_to_where_they_were(
    tmp_path, chromium: Browser, by_name: bool
) -> None:
    with house(tmp_path, by_name=by_name) as running:
        with unit_of_work():
            activity = course_with(tincan_package(pages={"index.html": SPEAKS}))
            enrol(running.cast.amara, activity)
        context = running.browser_of(chromium, running.cast.amara)
        page = context.new_page()
        page.goto(f"/learn/packages/{activity.id}")
        lesson = page.frame_locator("#package")
        expect(lesson.get_by_role("status")).to_have_text("seen never")
        page.reload()
        expect(lesson.get_by_role("status")).to_have_text("seen before")
        lesson.get_by_role("button", name="Answer rightly").click()
        expect(lesson.get_by_role("status")).to_have_text("passed: 204")
        assert is_completed(running.cast, activity)
        context.close()


def test_a_website_is_completed_by_being_opened_and_its_time_is_kept(tmp_path, chromium: Browser) -> None:
    pages = {"index.html": "<!doctype html><html lang='en'><title>Leaflet</title><h1>Read me</h1>"}
    with house(tmp_path) as running:
        with unit_of_work():
            activity = course_with(zipped(pages))
            enrol(running.cast.amara, activity)
        context = running.browser_of(chromium, running.cast.amara)
        page = context.new_page()
        page.goto(f"/learn/packages/{activity.id}")
        inner = page.frame_locator("#package").frame_locator("iframe")
        expect(inner.get_by_role("heading", name="Read me")).to_be_visible()
        expect(page.locator("#package-saved")).to_contain_text("Saved")
        outline = page.get_by_role("navigation", name="Course outline")
        expect(outline.get_by_role("link", name=re.compile("Leaflet.*Done"))).to_be_visible()
        assert is_completed(running.cast, activity)
        page.wait_for_timeout(2500)
        page.goto("/")
        page.wait_for_timeout(500)
        with unit_of_work(read_only=True):
            kept = db.session.scalars(select(TrackingRow)).one().elements["cmi.core.session_time"]
        assert "0000:00:02" <= kept <= "0000:00:10"
        context.close()


def test_a_trainer_brings_a_further_revision_by_keyboard_and_says_what_became_of_its_items(
    tmp_path, chromium: Browser
) -> None:
    paths = []
    for name, items in (("first", FIRST), ("second", SECOND)):
        path = tmp_path / f"{name}.zip"
        path.write_bytes(scorm(*items).getvalue())
        paths.append(path)
    with house(tmp_path) as running:
        context = running.browser_of(chromium, running.cast.tomas)
        page = context.new_page()
        page.goto("/author/packages")
        page.set_input_files("input[type=file]", paths[0])
        page.get_by_role("button", name="Look into it").press("Enter")
        expect(page.get_by_text("Nothing speaks against it")).to_be_visible()
        assert axe(page) == ""
        shot(page, "package-look")
        page.get_by_role("button", name="Keep it").press("Enter")
        expect(page.get_by_role("heading", name="A further revision")).to_be_visible()
        assert axe(page) == ""
        page.set_input_files("input[type=file]", paths[1])
        page.get_by_role("button", name="Look into it").press("Enter")
        expect(page.get_by_label("“Sensors”")).to_have_value("=N1")
        page.get_by_label("“Relays”").select_option("")
        page.get_by_role("button", name="Keep it").press("Enter")
        expect(page.get_by_text("Nothing was saved yet")).to_be_visible()
        assert axe(page) == ""
        page.get_by_label("“Relays”").select_option("was removed")
        _look_small(page, "package-fates")
        page.get_by_role("button", name="Keep it").press("Enter")
        expect(page.get_by_role("row", name="2 Wiring SCORM 1.2")).to_be_visible()
        context.close()


def _look_small(page: Page, name: str) -> None:
    size = page.viewport_size
    page.set_viewport_size({"width": SMALL, "height": 812})
    assert page.evaluate("document.documentElement.scrollWidth") <= SMALL
    shot(page, name)
    assert size is not None
    page.set_viewport_size(size)


def test_what_a_package_reports_is_read_on_a_phone_too(tmp_path, chromium: Browser) -> None:
    with house(tmp_path) as running:
        with unit_of_work():
            activity = course_with(scorm(*FIRST))
            enrolment_id = enrol(running.cast.amara, activity)
        context = running.browser_of(chromium, running.cast.tomas)
        page = context.new_page()
        for width in (SMALL, 1280):
            page.set_viewport_size({"width": width, "height": 812})
            page.goto(f"/author/packages/reports/{enrolment_id}/{activity.key}")
            expect(page.get_by_text("Nothing was reported yet")).to_be_visible()
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            assert axe(page) == ""
        context.close()
