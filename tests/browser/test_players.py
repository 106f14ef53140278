"""The players of packages in a real browser: nothing that was done is lost, and it is plain where to go on."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Dialog, FrameLocator, Page, expect
from sqlalchemy import select

from lms.kernel.db import db
from lms.kernel.uow import unit_of_work
from lms.packages.models import TrackingRow
from tests.browser.test_cmi5 import UNIT
from tests.packages.cmi5 import au, cmi5_package
from tests.packages.packages import course_with, enrol
from tests.packages.scorm12 import folder, lessons, scorm12_package
from tests.packages.scorm2004 import FLOW, item, manifest, sequenced_package, sequencing
from tests.support.browser import SMALL, axe, shot
from tests.support.guests import House, house

pytestmark = pytest.mark.browser

LARGE = 60_000
THREE = manifest(item("one"), item("two"), item("three"), sequencing(FLOW))


@pytest.fixture
def home(tmp_path) -> Iterator[House]:
    with house(tmp_path) as running:
        yield running


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


def press(page: Page, name: str) -> None:
    lesson_of(page).get_by_role("button", name=name).click()


def play(home: House, chromium: Browser, source, **options) -> tuple[BrowserContext, Page, str]:
    """Put a package into a course, and open its player as Amara."""
    with unit_of_work():
        activity = course_with(source)
        enrol(home.cast.amara, activity)
    context = home.browser_of(chromium, home.cast.amara, **options)
    page = context.new_page()
    path = f"/learn/packages/{activity.id}"
    page.goto(path)
    return context, page, path


def kept(item_id: str) -> dict[str, str]:
    with unit_of_work(read_only=True):
        row = db.session.scalars(select(TrackingRow).where(TrackingRow.item == item_id)).one_or_none()
        return dict(row.elements) if row else {}


def cut(context: BrowserContext) -> None:
    """Let nothing through; what a page sends as it goes comes through all the same, if it is small (see swell)."""
    context.set_offline(True)
    context.set_offline(True)


def mend(context: BrowserContext) -> None:
    context.set_offline(False)


def swell(page: Page) -> None:
    """Set more than a page can send as it goes, and commit nothing."""
    inner = next(frame for frame in page.frames if frame.parent_frame and frame.parent_frame.parent_frame)
    inner.evaluate(
        f"""() => {{
          const older = parent.API, newer = parent.API_1484_11;
          const set = (name, value) => older ? older.LMSSetValue(name, value) : newer.SetValue(name, value);
          for (let at = 0; at < 20; at += 1) set(`cmi.interactions.${{at}}.id`, "q" + at);
          set("cmi.suspend_data", "x".repeat({LARGE}));
        }}"""
    )


def is_empty(page: Page) -> bool:
    """Return whether nothing waits on this device any more; waits a moment for it."""
    for _ in range(50):
        if not page.evaluate("Object.keys(localStorage).filter((key) => key.includes('commits:'))"):
            return True
        page.wait_for_timeout(100)
    return False


def accept(page: Page) -> list[str]:
    """Let the browser leave whatever it asks; return what it asked."""
    asked: list[str] = []

    def hear(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    page.on("dialog", hear)
    return asked


@pytest.mark.parametrize("standard", ["1.2", "2004"])
def test_what_could_not_be_sent_before_the_page_was_left_is_there_when_the_lesson_is_opened_again(
    home, chromium, standard
) -> None:
    source = scorm12_package(lessons("one")) if standard == "1.2" else sequenced_package(THREE)
    place = "cmi.core.lesson_location" if standard == "1.2" else "cmi.location"
    context, page, path = play(home, chromium, source)
    told(page, re.compile("^begun true"))
    asked = accept(page)
    cut(context)
    swell(page)
    put(page, place, "page-6")
    press(page, "Commit")
    expect(page.get_by_role("heading", name="Not saved yet")).to_be_visible()
    page.get_by_role("link", name="Back to the course").last.click()
    page.wait_for_url(re.compile("chrome-error"))
    assert asked == ["beforeunload"]
    mend(context)
    # The player itself sends it, before the content begins; the course's page is not opened in between.
    page.goto(path)
    told(page, re.compile("begun true resume normal at page-6"))
    assert kept("one")[place] == "page-6"
    page.goto("/notifications")
    assert is_empty(page)
    assert asked == ["beforeunload"], "it warned although everything was saved"
    context.close()


def test_any_page_of_the_portal_sends_what_a_lesson_left_behind(home, chromium) -> None:
    context, page, _path = play(home, chromium, scorm12_package(lessons("one")))
    told(page, re.compile("^begun true"))
    accept(page)
    cut(context)
    swell(page)
    put(page, "cmi.core.lesson_location", "page-6")
    press(page, "Commit")
    expect(page.get_by_role("heading", name="Not saved yet")).to_be_visible()
    page.goto("about:blank")
    mend(context)
    page.goto("/notifications")
    assert is_empty(page)
    assert kept("one")["cmi.core.lesson_location"] == "page-6"
    context.close()


def test_what_came_too_late_goes_over_nothing_newer_and_the_learner_is_told(home, chromium) -> None:
    context, page, path = play(home, chromium, scorm12_package(lessons("one")))
    told(page, re.compile("^begun true"))
    accept(page)
    cut(context)
    swell(page)
    put(page, "cmi.core.lesson_location", "page-6")
    press(page, "Commit")
    expect(page.get_by_role("heading", name="Not saved yet")).to_be_visible()
    page.goto("about:blank")
    other = home.browser_of(chromium, home.cast.amara)
    newer = other.new_page()
    newer.goto(path)
    told(newer, re.compile("^begun true"))
    put(newer, "cmi.core.lesson_location", "page-9")
    press(newer, "Commit")
    expect(newer.locator("#package-saved")).to_contain_text("Saved")
    other.close()
    mend(context)
    page.goto(path)
    expect(page.get_by_role("heading", name="Something could not be kept")).to_be_visible()
    told(page, re.compile("at page-9"))
    assert axe(page) == ""
    page.reload()
    told(page, re.compile("at page-9"))
    expect(page.get_by_role("heading", name="Something could not be kept")).to_be_hidden()
    context.close()


@pytest.mark.parametrize("standard", ["1.2", "2004"])
@pytest.mark.parametrize("way", ["link", "back", "close"])
def test_a_large_state_that_was_only_set_survives_leaving_the_page(home, chromium, standard, way) -> None:
    source = scorm12_package(lessons("one")) if standard == "1.2" else sequenced_package(THREE)
    context, page, path = play(home, chromium, source)
    told(page, re.compile("^begun true"))
    page.goto("/notifications")
    page.goto(path)
    told(page, re.compile("^begun true"))
    swell(page)
    if way == "link":
        page.get_by_role("link", name="Back to the course").last.click()
        page.wait_for_url(re.compile("/learn/wiring"))
        assert len(kept("one").get("cmi.suspend_data", "")) == LARGE, "the page went before it was kept"
    elif way == "back":
        page.go_back()
        page.wait_for_url("**/notifications")
    else:
        page.close(run_before_unload=True)
        page = context.new_page()
        page.goto("/notifications")
    page.wait_for_timeout(300)
    page.goto(path)
    told(page, re.compile("^begun true"))
    assert len(kept("one").get("cmi.suspend_data", "")) == LARGE
    context.close()


def test_a_lesson_that_ends_shows_where_it_goes_on_without_a_reload(home, chromium) -> None:
    source = scorm12_package(folder("Basics", lessons("one")) + lessons("two"))
    context, page, _path = play(home, chromium, source)
    told(page, "begun true ab-initio normal at start")
    outline = page.get_by_role("navigation", name="Course outline")
    following = page.get_by_role("link", name="Next lesson")
    expect(outline.get_by_text("Basics")).to_be_visible()
    expect(following).to_be_hidden()
    put(page, "cmi.core.lesson_status", "completed")
    for _ in range(2):
        with page.expect_response(re.compile("/commit$")):
            press(page, "Commit")
        expect(outline.get_by_role("link", name=re.compile("^One.*Done"))).to_be_visible()
        expect(following).to_be_visible()
    press(page, "End")
    expect(following).to_be_visible()
    page.set_viewport_size({"width": SMALL, "height": 812})
    assert page.evaluate("document.documentElement.scrollWidth") <= SMALL
    assert axe(page) == ""
    shot(page, "scorm12-finished")
    following.press("Enter")
    expect(page.locator("#package")).to_have_attribute("title", "Two")
    told(page, "begun true ab-initio normal at start")
    put(page, "cmi.core.lesson_status", "completed")
    press(page, "End")
    expect(page.get_by_role("status").filter(has_text="This lesson is done")).to_be_visible()
    expect(following).to_be_hidden()
    page.get_by_role("link", name="Back to the course").last.click()
    page.wait_for_url(re.compile("/learn/wiring"))
    context.close()


def test_a_finished_package_is_looked_back_at_and_taken_again_from_the_beginning(home, chromium) -> None:
    context, page, path = play(home, chromium, scorm12_package(lessons("one")))
    told(page, "begun true ab-initio normal at start")
    put(page, "cmi.core.lesson_location", "end")
    put(page, "cmi.core.lesson_status", "completed")
    press(page, "End")
    expect(page.get_by_text("This lesson is done")).to_be_visible()
    page.goto(path)
    told(page, re.compile("begun true *review at end"))
    expect(page.get_by_text("Review: nothing counts any more")).to_be_visible()
    assert axe(page) == ""
    shot(page, "scorm12-review")
    page.get_by_role("link", name="Take it again").click()
    told(page, "begun true ab-initio normal at start")
    put(page, "cmi.core.lesson_location", "page-2")
    press(page, "Commit")
    expect(page.locator("#package-saved")).to_contain_text("Saved")
    page.reload()
    told(page, re.compile("begun true resume normal at page-2"))
    context.close()


def test_a_second_click_skips_no_lesson_and_spoils_no_new_attempt(home, chromium) -> None:
    context, page, _path = play(home, chromium, sequenced_package(THREE))
    told(page, re.compile("^begun true"))
    page.get_by_role("button", name="Next").dblclick()
    expect(page.locator("#package")).to_have_attribute("title", "Two")
    page.wait_for_timeout(1500)
    expect(page.locator("#package")).to_have_attribute("title", "Two")
    for title in ("Three", None):
        told(page, re.compile("^begun true"))
        page.wait_for_timeout(600)
        page.get_by_role("button", name="Next").click()
        if title:
            expect(page.locator("#package")).to_have_attribute("title", title)
    expect(page.get_by_text("You have completed this")).to_be_visible()
    # Enter, pressed out of habit, goes back to the course and begins nothing.
    expect(page.locator("#package-door").get_by_role("link", name="Back to the course")).to_be_focused()
    shot(page, "scorm2004-ended")
    page.get_by_role("button", name="Take it again").dblclick()
    told(page, "begun true ab-initio normal at start")
    page.wait_for_timeout(1500)
    told(page, "begun true ab-initio normal at start")
    context.close()


@pytest.mark.parametrize("standard", ["1.2", "2004"])
def test_an_older_window_says_that_it_saves_no_more_and_lets_go_at_once(home, chromium, standard) -> None:
    source = scorm12_package(lessons("one", "two")) if standard == "1.2" else sequenced_package(THREE)
    place = "cmi.core.lesson_location" if standard == "1.2" else "cmi.location"
    context, page, path = play(home, chromium, source)
    told(page, re.compile("^begun true"))
    newer = context.new_page()
    newer.goto(path)
    told(newer, re.compile("^begun true"))
    put(newer, place, "page-9")
    press(newer, "Commit")
    expect(newer.locator("#package-saved")).to_contain_text("Saved")
    put(page, place, "page-2")
    press(page, "Commit")
    expect(page.get_by_role("heading", name="Opened in another window")).to_be_visible()
    expect(page.locator("#package-saved")).to_have_text("Not saved here")
    if standard == "2004":
        page.get_by_role("button", name="Next").click()
        page.wait_for_timeout(500)
        expect(lesson_of(page).get_by_role("heading", name="Item")).to_be_visible()
        expect(page.get_by_role("heading", name="Opened in another window")).to_be_in_viewport()
    assert axe(page) == ""
    shot(page, f"older-window-{standard}")
    page.get_by_role("link", name="Back to the course").last.click()
    page.wait_for_url(re.compile("/learn/wiring"))
    context.close()


def test_next_without_a_network_keeps_the_lesson_in_sight_and_goes_on_when_it_is_back(home, chromium) -> None:
    context, page, _path = play(home, chromium, sequenced_package(THREE))
    told(page, re.compile("^begun true"))
    tall = page.locator("#package").bounding_box()
    cut(context)
    put(page, "cmi.location", "page-3")
    page.get_by_role("button", name="Next").click()
    expect(page.get_by_role("heading", name="Not saved yet")).to_be_visible()
    page.wait_for_timeout(1000)
    lesson = lesson_of(page).get_by_role("heading", name="Item")
    expect(lesson).to_be_visible()
    expect(page.locator("#package-saved .pill use")).to_have_attribute("href", re.compile("#offline$"))
    # The banner takes its room from the lesson, whose lower end stays above the foot.
    frame, foot = page.locator("#package").bounding_box(), page.locator(".player-foot").bounding_box()
    assert frame
    assert foot
    assert tall
    assert frame["y"] + frame["height"] <= foot["y"] + 1
    assert frame["height"] < tall["height"]
    assert axe(page) == ""
    shot(page, "scorm2004-next-offline")
    mend(context)
    expect(page.locator("#package")).to_have_attribute("title", "Two", timeout=20_000)
    expect(page.locator("#package-saved .pill use")).to_have_attribute("href", re.compile("#saved$"))
    assert kept("one")["cmi.location"] == "page-3"
    context.close()


def test_a_cmi5_lesson_that_is_done_offers_the_next_one_while_it_is_still_open(home, chromium) -> None:
    pages = {"index.html": UNIT}
    source = cmi5_package(au("first", attributes='moveOn="Passed"'), au("second"), pages=pages)
    context, page, _path = play(home, chromium, source)
    lesson = page.frame_locator("#package")
    expect(lesson.get_by_role("status")).to_have_text("ready in Normal, seen never")
    following = page.get_by_role("link", name="Next lesson")
    expect(following).to_be_hidden()
    lesson.get_by_role("button", name="Answer rightly").click()
    expect(lesson.get_by_role("status")).to_have_text("passed: 204")
    # Whoever turns to the outline finds it as it is.
    page.get_by_role("navigation", name="Course outline").hover()
    expect(following).to_be_visible(timeout=10_000)
    assert axe(page) == ""
    context.close()
