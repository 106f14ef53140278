"""A learner goes through a course by keys, reads with nothing beside the text, and can switch the keys off."""

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.courses.courses import activities_of, edit_first, enrol, publish, write_course
from tests.support.browser import SMALL, WIDE, axe, page_in, shot, troubles_of
from tests.support.live import Live

pytestmark = pytest.mark.browser


def test_a_course_is_read_by_keys_alone_and_they_can_be_switched_off(
    live_server: Live, chromium: Browser
) -> None:
    course_id = write_course("keyed", title="Keyed")
    enrol(live_server.cast.amara, course_id)
    first, second, _third = activities_of(course_id)
    with page_in(chromium, base_url=live_server.url) as page:
        live_server.sign_in(page, live_server.cast.amara)
        page.goto(f"/learn/keyed/{first.id}")
        expect(page.get_by_role("button", name="Keys")).to_be_visible()
        outline = page.get_by_role("navigation", name="Course outline")
        expect(outline).to_be_visible()
        page.keyboard.press("f")
        expect(outline).to_be_hidden()
        assert axe(page) == ""
        shot(page, "player-focused")
        page.goto(f"/learn/keyed/{second.id}")
        expect(outline).to_be_hidden()
        page.keyboard.press("Escape")
        expect(outline).to_be_visible()
        page.keyboard.press("o")
        expect(outline.locator("[aria-current]")).to_be_focused()
        page.keyboard.press("p")
        page.wait_for_url(f"**/{first.id}")
        expect(page.get_by_role("button", name="Keys")).to_be_visible()
        page.keyboard.press("?")
        listed = page.get_by_role("dialog", name="Keys")
        expect(listed).to_be_visible()
        assert axe(page) == ""
        listed.get_by_role("checkbox").uncheck()
        page.keyboard.press("Escape")
        expect(listed).to_be_hidden()
        page.keyboard.press("f")
        expect(outline).to_be_visible()


def test_a_note_is_saved_as_it_is_written_and_kept_through_a_lost_network(
    live_server: Live, chromium: Browser
) -> None:
    course_id = write_course("noted", title="Noted")
    enrol(live_server.cast.amara, course_id)
    first = activities_of(course_id)[0]
    with page_in(chromium, base_url=live_server.url) as page:
        live_server.sign_in(page, live_server.cast.amara)
        page.goto(f"/learn/noted/{first.id}")
        page.get_by_text("Your note", exact=True).last.click()
        field = page.get_by_role("textbox", name="Your note")
        field.fill("Ask about loop 2")
        expect(page.locator("[data-note-said]")).to_have_text("Saved")
        assert axe(page) == ""
        page.context.set_offline(True)
        field.press_sequentially(" and 3")
        expect(page.locator("[data-note-said]")).to_have_text(
            "Not saved yet: no connection. Kept on this device."
        )
        page.context.set_offline(False)
        expect(page.locator("[data-note-said]")).to_have_text("Saved")
        troubles_of(page).clear()  # the requests that were cut
        page.reload()
        expect(field).to_have_value("Ask about loop 2 and 3")
        page.context.set_offline(True)
        field.press("End")
        field.press_sequentially(", and 4")
        expect(page.locator("[data-note-said]")).to_contain_text("Kept on this device.")
        troubles_of(page).clear()  # the requests that were cut
        page.context.clear_cookies()
        page.context.set_offline(False)
        expect(page.locator("[data-note-said]")).to_contain_text("You were signed out.")
        troubles_of(page).clear()  # the 401 that was provoked
        page.on("dialog", lambda dialog: dialog.accept())
        live_server.sign_in(page, live_server.cast.amara)
        page.goto(f"/learn/noted/{first.id}")
        expect(field).to_have_value("Ask about loop 2 and 3, and 4")
        expect(page.locator("[data-note-said]")).to_have_text("Saved")
        page.get_by_role("button", name="Mark to find again").click()
        page.get_by_role("link", name="All your notes").click()
        expect(page.get_by_text("Ask about loop 2 and 3")).to_be_visible()
        assert axe(page) == ""
        shot(page, "notes")


def test_on_paper_a_lesson_stands_alone_whole_and_dark_on_white(live_server: Live, chromium: Browser) -> None:
    course_id = write_course("printed", title="Printed", publish=False)
    edit_first(
        course_id,
        "What everybody reads.\n\n::: details More\nWhat is folded.\n:::\n\n"
        ":::: tabs\n::: tab Cold\nWhat is cold.\n:::\n::: tab Warm\nWhat is warm.\n:::\n::::\n",
    )
    publish(course_id)
    enrol(live_server.cast.amara, course_id)
    first = activities_of(course_id)[0]
    with page_in(chromium, base_url=live_server.url, scheme="dark") as page:
        live_server.sign_in(page, live_server.cast.amara)
        page.goto(f"/learn/printed/{first.id}")
        expect(page.get_by_role("tab", name="Warm")).to_be_visible()
        expect(page.get_by_text("What is warm.")).to_be_hidden()
        page.emulate_media(media="print")
        for chosen in ("", "dark"):
            page.evaluate("theme => { document.documentElement.dataset.theme = theme }", chosen)
            shown = page.locator("body").inner_text()
            for words in ("What everybody reads.", "What is cold.", "What is warm.", "Cold", "Warm"):
                assert words in shown, words
            assert page.get_by_text("What is folded.").evaluate("one => one.checkVisibility()")
            for name in ("Course outline", "Lessons", "Where you are"):
                expect(page.get_by_role("navigation", name=name)).to_have_count(0)
            for control in ("button", "link", "textbox", "tab"):
                expect(page.get_by_role(control)).to_have_count(0)
            assert "Your note" not in shown
            assert page.evaluate("getComputedStyle(document.documentElement).colorScheme") == "light"
            ink = page.locator(".prose h1").evaluate("one => getComputedStyle(one).color")
            assert max(map(int, re.findall(r"\d+", ink)[:3])) < 80, ink
        shot(page, "player-printed")


def test_a_long_outline_opens_part_by_part_where_it_stands(live_server: Live, chromium: Browser) -> None:
    sections = [[f"Valve {part}.{number}" for number in range(1, 41)] for part in range(1, 7)]
    course_id = write_course("long", sections, title="Long")
    enrol(live_server.cast.amara, course_id)
    first = activities_of(course_id)[0]
    for width in (WIDE, SMALL):
        with page_in(chromium, base_url=live_server.url, width=width) as page:
            live_server.sign_in(page, live_server.cast.amara)
            page.goto(f"/learn/long/{first.id}")
            outline = page.get_by_role("navigation", name="Course outline")
            if width == SMALL:
                page.get_by_role("button", name="Open course outline").click()
            expect(outline.get_by_role("link", name="Valve 1.40")).to_be_visible()
            expect(outline.get_by_role("link", name="Valve 6.1 ")).to_have_count(0)
            outline.locator("a[data-part='part-6']").click()
            expect(outline.get_by_role("link", name="Valve 6.40")).to_be_attached()
            expect(outline.get_by_role("link", name=re.compile(r"Valve 6\.1\b"))).to_be_focused()
            assert page.url.endswith(str(first.id)), "the lesson stays open"
            expect(outline.get_by_role("link", name="Valve 1.40")).to_be_attached()
            assert axe(page) == ""
            shot(page, f"player-long-{width}")
            page.goto("/learn/long")
            shot(page, f"course-long-{width}")
