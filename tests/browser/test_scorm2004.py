"""SCORM 2004 in a real browser: played from the first lesson to the completed course, as its manifest says."""

import re

import pytest
from playwright.sync_api import Browser, FrameLocator, Page, expect
from sqlalchemy import select

from lms.courses import facade as courses
from lms.kernel.db import db
from lms.kernel.uow import unit_of_work
from lms.packages.models import TrackingRow
from tests.packages.packages import course_with, enrol
from tests.packages.scorm2004 import FLOW, item, manifest, rule, rules, sequenced_package, sequencing
from tests.support.browser import SMALL, axe, page_in, shot
from tests.support.guests import house

pytestmark = pytest.mark.browser


def objectives(*given: str) -> str:
    return f"<imsss:objectives>{''.join(given)}</imsss:objectives>"


def mapped(tag: str, name: str, target: str, attributes: str = "") -> str:
    """Return an objective that reads or writes a shared one."""
    inner = f'<imsss:mapInfo targetObjectiveID="{target}" {attributes}/>'
    return f'<imsss:{tag} objectiveID="{name}">{inner}</imsss:{tag}>'


WRITES = 'readSatisfiedStatus="false" writeSatisfiedStatus="true"'
UNMET = (
    'condition="satisfied" operator="not" referencedObjective="before"',
    'condition="objectiveStatusKnown" operator="not" referencedObjective="before"',
)
# The second lesson opens once the first is passed; the third is only read.
IN_ORDER = manifest(
    item(
        "safety",
        sequencing(objectives(mapped("primaryObjective", "own", "safe", WRITES))),
        title="Safety first",
    ),
    item(
        "wiring",
        sequencing(
            rules(rule("pre", "disabled", *UNMET, combination="any")),
            objectives("<imsss:primaryObjective/>", mapped("objective", "before", "safe")),
        ),
        title="Wiring a wallbox",
    ),
    item("reading", sco=False, title="Reading"),
    sequencing(FLOW),
)
CHOSEN = manifest(item("part", item("one"), item("two"), title="Part one"), item("three"))


def lesson_of(page: Page) -> FrameLocator:
    return page.frame_locator("#package").frame_locator("#stage")


def told(page: Page, words: str | re.Pattern[str]) -> None:
    expect(lesson_of(page).get_by_role("status")).to_have_text(words)


def put(page: Page, element: str, value: str) -> None:
    lesson = lesson_of(page)
    lesson.get_by_label("Element").fill(element)
    lesson.get_by_label("Value").fill(value)
    lesson.get_by_role("button", name="Set").click()
    told(page, "set true 0")


def got(page: Page, element: str, value: str) -> None:
    lesson = lesson_of(page)
    lesson.get_by_label("Element").fill(element)
    lesson.get_by_role("button", name="Get").click()
    told(page, f"got {value} 0".strip())


def outline_of(page: Page):
    return page.get_by_role("navigation", name="Course outline")


@pytest.mark.parametrize("by_name", [False, True], ids=["ports", "names"])
def test_a_learner_takes_a_sequenced_package_to_its_end(  # noqa: PLR0915  one journey
    tmp_path, chromium: Browser, by_name: bool
) -> None:
    with house(tmp_path, by_name=by_name) as running:
        with unit_of_work():
            activity = course_with(sequenced_package(IN_ORDER))
            enrol(running.cast.amara, activity)
        context = running.browser_of(chromium, running.cast.amara)
        page = context.new_page()
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(f"/learn/packages/{activity.id}")
        told(page, "begun true ab-initio normal at start")
        wiring = outline_of(page).get_by_role("button", name=re.compile("Wiring a wallbox"))
        expect(wiring).to_be_disabled()
        got(page, "adl.nav.request_valid.continue", "true")
        got(page, "adl.nav.request_valid.previous", "false")
        got(page, "adl.nav.request_valid.choice.{target=wiring}", "false")
        assert axe(page) == ""
        shot(page, f"scorm2004-first-{by_name}")

        put(page, "cmi.location", "page-3")
        put(page, "cmi.exit", "suspend")
        with page.expect_response(lambda answer: answer.url.endswith("/sequence")):
            lesson_of(page).get_by_role("button", name="Commit").click()
        page.goto("/notifications")
        page.goto(f"/learn/packages/{activity.id}")
        told(page, "begun true resume normal at page-3")

        put(page, "cmi.success_status", "passed")
        put(page, "cmi.score.scaled", "0.8")
        put(page, "cmi.exit", "normal")
        lesson_of(page).get_by_role("button", name="Commit").click()
        expect(wiring).to_be_enabled()
        got(page, "adl.nav.request_valid.choice.{target=wiring}", "true")
        page.get_by_role("button", name="Next").press("Enter")
        expect(page.locator("#package")).to_have_attribute("title", "Wiring a wallbox")
        told(page, "begun true ab-initio normal at start")
        got(page, "cmi.objectives.0.success_status", "passed")
        expect(outline_of(page).locator("[data-state=valid]")).to_have_count(1)

        put(page, "cmi.success_status", "passed")
        put(page, "adl.nav.request", "continue")
        lesson_of(page).get_by_role("button", name="End").click()
        expect(page.locator("#package")).to_have_attribute("title", "Reading")
        page.get_by_role("button", name="Next").click()
        expect(page.get_by_text("You have completed this")).to_be_visible()
        assert axe(page) == ""
        shot(page, f"scorm2004-done-{by_name}")
        with unit_of_work(read_only=True):
            done = courses.completions([running.cast.amara], [activity.course_id])
        assert (running.cast.amara, activity.course_id) in done

        page.reload()
        told(page, re.compile("begun true .*review"))
        expect(page.get_by_text("Review: nothing counts any more")).to_be_visible()
        assert axe(page) == ""
        shot(page, f"scorm2004-review-{by_name}")
        page.get_by_role("button", name="Take it again").click()
        told(page, "begun true ab-initio normal at start")
        assert errors == []
        context.close()


def test_a_package_without_a_flow_lets_the_learner_choose_by_keyboard_and_on_a_phone(
    live_server, chromium: Browser
) -> None:
    with unit_of_work():
        activity = course_with(sequenced_package(CHOSEN))
        enrol(live_server.cast.amara, activity)
    with page_in(chromium, base_url=live_server.url, width=SMALL) as page:
        live_server.sign_in(page, live_server.cast.amara)
        page.goto(f"/learn/packages/{activity.id}")
        expect(page.get_by_text("Choose a lesson in the outline")).to_be_visible()
        expect(page.get_by_role("button", name="Open the lesson")).to_be_focused()
        assert axe(page) == ""
        shot(page, "scorm2004-choose")
        page.get_by_role("button", name="Open course outline").press("Enter")
        three = outline_of(page).get_by_role("button", name=re.compile("^Three"))
        assert axe(page) == ""
        shot(page, "scorm2004-choose-outline")
        three.press("Enter")
        told(page, "begun true ab-initio normal at start")
        expect(outline_of(page)).to_be_hidden()
        expect(page.get_by_role("button", name="Next")).to_be_hidden()
        page.get_by_role("link", name="Back to the course").last.click()
        page.wait_for_url(re.compile("/learn/wiring"))
        page.goto(f"/learn/packages/{activity.id}")
        expect(page.locator("#package")).to_have_attribute("title", "Three")
        told(page, re.compile("begun true"))


def test_what_is_done_while_the_network_is_away_is_kept_and_sent_when_it_is_back(
    tmp_path, chromium: Browser
) -> None:
    with house(tmp_path) as running:
        with unit_of_work():
            activity = course_with(sequenced_package(IN_ORDER))
            enrol(running.cast.amara, activity)
        context = running.browser_of(chromium, running.cast.amara)
        page = context.new_page()
        page.goto(f"/learn/packages/{activity.id}")
        told(page, "begun true ab-initio normal at start")
        context.set_offline(True)
        context.set_offline(True)
        put(page, "cmi.location", "page-9")
        put(page, "cmi.success_status", "passed")
        page.get_by_role("button", name="Next").click()
        expect(page.get_by_role("heading", name="Not saved yet")).to_be_visible()
        assert axe(page) == ""
        shot(page, "scorm2004-offline")
        context.set_offline(False)
        expect(page.locator("#package")).to_have_attribute("title", "Wiring a wallbox", timeout=20_000)
        expect(page.get_by_role("heading", name="Not saved yet")).to_be_hidden()
        with unit_of_work(read_only=True):
            kept = db.session.scalars(select(TrackingRow).where(TrackingRow.item == "safety")).one()
            reached = (kept.elements["cmi.location"], kept.is_finished)
        assert reached == ("page-9", True)

        second = context.new_page()
        second.goto(f"/learn/packages/{activity.id}")
        told(second, re.compile("begun true resume"))
        put(page, "cmi.location", "too late")
        lesson_of(page).get_by_role("button", name="Commit").click()
        expect(page.get_by_role("heading", name="Opened in another window")).to_be_visible()
        with unit_of_work(read_only=True):
            kept = db.session.scalars(select(TrackingRow).where(TrackingRow.item == "wiring")).one()
            assert "cmi.location" not in kept.elements
        context.close()


def test_a_trainer_looks_at_every_lesson_and_nothing_is_recorded(live_server, chromium: Browser) -> None:
    with unit_of_work():
        activity = course_with(sequenced_package(IN_ORDER))
    with page_in(chromium, base_url=live_server.url) as page:
        live_server.sign_in(page, live_server.cast.tomas)
        page.goto(f"/learn/packages/{activity.id}")
        told(page, "begun true ab-initio browse at start")
        outline_of(page).get_by_role("button", name=re.compile("Wiring a wallbox")).click()
        expect(page.locator("#package")).to_have_attribute("title", "Wiring a wallbox")
        expect(page.get_by_text("Preview: nothing is recorded")).to_be_visible()
        put(page, "cmi.success_status", "passed")
        lesson_of(page).get_by_role("button", name="Commit").click()
        page.get_by_role("button", name="Next").click()
        expect(page.locator("#package")).to_have_attribute("title", "Reading")
    with unit_of_work(read_only=True):
        assert db.session.scalars(select(TrackingRow)).all() == []


def test_a_session_that_ended_meanwhile_loses_nothing_once_the_learner_is_back(
    tmp_path, chromium: Browser
) -> None:
    with house(tmp_path) as running:
        with unit_of_work():
            activity = course_with(sequenced_package(IN_ORDER))
            enrol(running.cast.amara, activity)
        context = running.browser_of(chromium, running.cast.amara)
        page = context.new_page()
        page.set_viewport_size({"width": SMALL, "height": 800})
        page.emulate_media(color_scheme="dark")
        page.goto(f"/learn/packages/{activity.id}")
        told(page, "begun true ab-initio normal at start")
        (kept,) = context.cookies()
        context.clear_cookies()
        put(page, "cmi.location", "page-4")
        lesson_of(page).get_by_role("button", name="Commit").click()
        expect(page.get_by_role("heading", name="Not saved yet")).to_be_visible()
        assert axe(page) == ""
        shot(page, "scorm2004-signed-out")
        context.add_cookies([{"name": kept["name"], "value": kept["value"], "url": running.origin}])
        expect(page.get_by_role("heading", name="Not saved yet")).to_be_hidden(timeout=20_000)
        with unit_of_work(read_only=True):
            row = db.session.scalars(select(TrackingRow)).one()
            assert row.elements["cmi.location"] == "page-4"
        assert axe(page) == ""
        shot(page, "scorm2004-small-dark")
        context.close()
