"""A cmi5 course in a real browser: played by a learner from the first lesson to the completed course."""

import json
import re

import pytest
from playwright.sync_api import Browser, Page, expect

from lms.courses import facade as courses
from lms.kernel.uow import unit_of_work
from tests.packages.cmi5 import au, block, cmi5_package
from tests.packages.packages import course_with, enrol
from tests.support.browser import SMALL, axe, page_in, shot
from tests.support.guests import house

pytestmark = pytest.mark.browser

# A unit as a tool makes it: reads its launch, fetches its token once, says what the learner does, and leaves.
UNIT = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Lesson</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><body><main><h1>Charging</h1><p id="told" role="status">Beginning</p>
<button id="pass">Answer rightly</button> <button id="done">Finish</button> <button id="leave">Leave</button></main><script>
const given = new URLSearchParams(location.search);
const actor = JSON.parse(given.get("actor"));
const endpoint = given.get("endpoint");
const told = document.getElementById("told");
const say = (words) => { told.textContent = words; };
let token, data;
const call = (method, path, params, body) => fetch(`${endpoint}/${path}?${new URLSearchParams(params)}`, {
  method, mode: "cors", body: body && JSON.stringify(body),
  headers: { "X-Experience-API-Version": "1.0.3", "Content-Type": "application/json", Authorization: `Basic ${token}` },
});
const state = (method, stateId, body) => call(method, "activities/state",
  { stateId, activityId: given.get("activityId"), agent: given.get("actor"), registration: given.get("registration") }, body);
const tell = async (verb, result) => {
  const context = structuredClone(data.contextTemplate);
  const judged = result && ("success" in result || "completion" in result);
  context.registration = given.get("registration");
  context.contextActivities.category = [{ id: "https://w3id.org/xapi/cmi5/context/categories/cmi5" },
    ...(judged ? [{ id: "https://w3id.org/xapi/cmi5/context/categories/moveon" }] : [])];
  if (result?.score && "masteryScore" in data) context.extensions["https://w3id.org/xapi/cmi5/context/extensions/masteryscore"] = data.masteryScore;
  const id = crypto.randomUUID?.() ?? "10000000-1000-4000-8000-100000000000".replace(/[018]/g, (c) => (+c ^ (Math.random() * 16) >> (+c / 4)).toString(16));
  const answer = await call("PUT", "statements", { statementId: id }, { id, timestamp: new Date().toISOString(), actor,
    verb: { id: `http://adlnet.gov/expapi/verbs/${verb}` }, object: { id: given.get("activityId") }, context, ...(result ? { result } : {}) });
  say(`${verb}: ${answer.status}`);
};
const on = (id, deed) => { document.getElementById(id).onclick = deed; };
on("pass", () => tell("passed", { success: true, score: { scaled: 0.9 }, duration: "PT2S" }));
on("done", () => tell("completed", { completion: true, duration: "PT2S" }));
on("leave", async () => { await tell("terminated", { duration: "PT3S" }); location.href = data.returnURL; });
(async () => {
  token = (await (await fetch(given.get("fetch"), { method: "POST" })).json())["auth-token"];
  data = await (await state("GET", "LMS.LaunchData")).json();
  await call("GET", "agents/profile", { profileId: "cmi5LearnerPreferences", agent: given.get("actor") });
  await tell("initialized");
  const kept = await state("GET", "place");
  await state("PUT", "place", { seen: (kept.ok ? (await kept.json()).seen : 0) + 1 });
  say(`ready in ${data.launchMode}, seen ${kept.ok ? "before" : "never"}`);
})();
</script></body></html>"""


def lesson_of(page: Page):
    return page.frame_locator("#package")


@pytest.mark.parametrize("by_name", [False, True], ids=["ports", "names"])
def test_a_learner_takes_a_cmi5_course_to_its_end(tmp_path, chromium: Browser, by_name: bool) -> None:
    source = cmi5_package(
        block("charging", au("first", attributes='moveOn="CompletedAndPassed" masteryScore="0.8"')),
        au("second", attributes='moveOn="Completed" launchMethod="OwnWindow"'),
        pages={"index.html": UNIT},
    )
    with house(tmp_path, by_name=by_name) as running:
        with unit_of_work():
            activity = course_with(source)
            enrol(running.cast.amara, activity)
        context = running.browser_of(chromium, running.cast.amara)
        page = context.new_page()
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(f"/learn/packages/{activity.id}")
        lesson = lesson_of(page)
        expect(lesson.get_by_role("status")).to_have_text("ready in Normal, seen never")
        assert axe(page) == ""
        shot(page, f"cmi5-playing-{by_name}")
        lesson.get_by_role("button", name="Answer rightly").click()
        expect(lesson.get_by_role("status")).to_have_text("passed: 204")
        lesson.get_by_role("button", name="Finish").click()
        expect(lesson.get_by_role("status")).to_have_text("completed: 204")
        lesson.get_by_role("button", name="Leave").click()
        expect(page.get_by_text("You have left this lesson")).to_be_visible()
        expect(page.get_by_role("button", name="Open it again")).to_be_focused()
        expect(page.get_by_role("link", name="Next lesson")).to_be_visible()
        outline = page.get_by_role("navigation", name="Course outline")
        expect(outline.locator("a[data-state=valid]")).to_have_count(1)
        assert axe(page) == ""
        shot(page, f"cmi5-left-{by_name}")
        page.get_by_role("button", name="Open it again").press("Enter")
        expect(lesson_of(page).get_by_role("status")).to_have_text("ready in Review, seen before")

        outline.get_by_role("link", name=re.compile("second")).press("Enter")
        expect(page.get_by_text("This lesson takes the whole window")).to_be_visible()
        assert axe(page) == ""
        shot(page, f"cmi5-door-{by_name}")
        page.get_by_role("button", name="Open the lesson").press("Enter")
        expect(page.get_by_role("status")).to_have_text("ready in Normal, seen never")
        page.get_by_role("button", name="Finish").click()
        expect(page.get_by_role("status")).to_have_text("completed: 204")
        page.get_by_role("button", name="Leave").click()
        page.wait_for_url(re.compile(f"/learn/packages/{activity.id}"))
        expect(outline.locator("a[data-state=valid]")).to_have_count(2)
        with unit_of_work(read_only=True):
            done = courses.completions([running.cast.amara], [activity.course_id])
        assert (running.cast.amara, activity.course_id) in done
        assert errors == []
        context.close()


def test_a_lesson_that_cannot_be_opened_says_so_and_opens_once_it_can(live_server, chromium: Browser) -> None:
    with unit_of_work():
        activity = course_with(cmi5_package(au("only"), pages={"index.html": UNIT}))
        enrol(live_server.cast.amara, activity)
    with page_in(chromium, base_url=live_server.url, width=SMALL) as page:
        live_server.sign_in(page, live_server.cast.amara)
        page.route("**/launch", lambda route: route.abort())
        page.goto(f"/learn/packages/{activity.id}")
        expect(page.get_by_role("alert").filter(has_text="Could not be opened")).to_be_visible()
        assert axe(page) == ""
        shot(page, "cmi5-trouble")
        page.unroute("**/launch")
        page.troubles.clear()  # type: ignore[attr-defined]  # the network was ours to cut
        page.get_by_role("button", name="Open the lesson").click()
        expect(page.get_by_text("Could not be opened")).to_be_hidden()
        expect(lesson_of(page).get_by_role("status")).to_have_text("ready in Normal, seen never")
        # A store says 404 of a document that is not there yet, which the browser calls an error.
        page.troubles.clear()  # type: ignore[attr-defined]
        assert json.loads(page.locator("#package-begin").get_attribute("data-begin") or "{}")[
            "unit"
        ].endswith("only")
