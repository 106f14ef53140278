"""Writing a lesson in a real browser: it looks as it will, saves itself, and loses nothing to anybody."""

import re
from io import BytesIO
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, Route, expect

from lms.courses.authoring import queries
from lms.courses.values import ActivityKey, CourseId
from lms.identity import service as identity
from lms.identity.values import PersonId
from lms.kernel import clock
from lms.kernel.actor import SYSTEM, acting_as
from lms.kernel.uow import unit_of_work
from tests.courses.courses import activities_of, edit_first, enrol, publish, write_course
from tests.quizzes.exams import VALVE, fill_bank
from tests.support.browser import axe, looked_at, page_in, shot, troubles_of
from tests.support.live import Live

pytestmark = pytest.mark.browser


def _open(page: Page, live: Live, course_id: CourseId, who: PersonId | None = None) -> ActivityKey:
    with unit_of_work(read_only=True):
        key = queries.get_editor(course_id).items[0].key
    live.sign_in(page, who or live.cast.tomas)
    page.goto(f"/author/courses/{course_id}/activities/{key}")
    expect(page.get_by_role("textbox", name="Text", exact=True)).to_be_visible()
    return key


def _saved(page: Page) -> None:
    expect(page.locator("[data-save-state]")).to_contain_text("Saved at")


def test_the_time_of_a_save_is_by_the_accounts_clock_and_not_the_devices(
    live_server: Live, chromium: Browser
) -> None:
    course_id = write_course()
    zone = "Pacific/Auckland"
    with unit_of_work(), acting_as(SYSTEM):
        identity.change_account(person_id=live_server.cast.tomas, time_zone=zone)
    with page_in(chromium, base_url=live_server.url, locale="en-US") as page:
        _open(page, live_server, course_id)
        _type_at_end(page, " And what it costs.")
        _saved(page)
        told = page.locator("[data-save-state]").inner_text()
        written = re.search(r"Saved at (\d\d):(\d\d):(\d\d)$", told.strip())
        assert written is not None, told
        hour, minute, second = map(int, written.groups())
        here = clock.now().astimezone(ZoneInfo(zone))
        behind = (here.hour - hour) * 3600 + (here.minute - minute) * 60 + here.second - second
        assert behind % 86_400 < 60, f"{told} is not what clocks in {zone} show"


def _body(course_id: CourseId, key: ActivityKey) -> str:
    with unit_of_work(read_only=True):
        found = queries.find_current_activity(course_id, key)
        return found.body if found else ""


def _type_at_end(page: Page, words: str) -> None:
    page.get_by_role("textbox", name="Text", exact=True).locator("p").last.click()
    page.keyboard.press("End")
    page.keyboard.type(words)


def test_what_is_typed_is_saved_by_itself_in_blocks_that_learners_see(
    live_server: Live, chromium: Browser, tmp_path: Path
) -> None:
    course_id = write_course()
    fill_bank([VALVE])
    picture = tmp_path / "Ice bath.png"
    content = BytesIO()
    Image.new("RGB", (40, 20), "steelblue").save(content, "PNG")
    picture.write_bytes(content.getvalue())
    with page_in(chromium, base_url=live_server.url) as page:
        key = _open(page, live_server, course_id)
        _type_at_end(page, " And what it costs.")
        page.keyboard.press("Enter")
        page.get_by_role("button", name="Fold").click()
        page.keyboard.type("For those who ask why.")
        page.get_by_label("What is said while it is closed").fill("Why so?")
        page.get_by_role("button", name="Knowledge check").click()
        page.get_by_role("combobox", name="Which question").select_option(label=f"Cold: {VALVE.title}")
        _type_at_end(page, "Look:")
        page.keyboard.press("Enter")
        page.locator("[data-files] + input").first.set_input_files(picture)
        page.get_by_label("What does the picture show?").fill("A blue bath")
        _saved(page)
        shot(page, "editor")
        assert axe(page) == ""
        body = _body(course_id, key)
        assert body.startswith("All about **Parts of a loop**. And what it costs.\n")
        assert "::: details Why so?\nFor those who ask why.\n" in body
        assert "![A blue bath](media/ice-bath.png)" in body
        page.get_by_role("link", name="Publish …").click()
        page.get_by_role("button", name="Publish version 2").click()
        expect(page.get_by_text("everyone can take it now")).to_be_visible()
    enrol(live_server.cast.amara, course_id)
    lesson = activities_of(course_id)[0]
    with page_in(chromium, base_url=live_server.url) as page:
        live_server.sign_in(page, live_server.cast.amara)
        page.goto(f"/learn/cold-loops/{lesson.id}")
        expect(page.get_by_role("img", name="A blue bath")).to_be_visible()
        page.get_by_text("Why so?").click()
        expect(page.get_by_text("For those who ask why.")).to_be_visible()
        assert axe(page) == ""
        check = page.get_by_role("region", name="Knowledge check")
        check.get_by_role("radio").first.check()
        check.get_by_role("button", name="Check my answer").click()
        expect(page.get_by_role("region", name="Knowledge check").get_by_role("status")).to_be_visible()
        shot(page, "lesson-with-blocks")


@pytest.mark.parametrize("how", ["mouse", "space"])
def test_a_picture_is_called_decoration_and_stays_so_when_the_lesson_is_opened_again(
    live_server: Live, chromium: Browser, how: str
) -> None:
    course_id = write_course()
    edit_first(course_id, "A bath: ![](media/bath.png)\n")
    with page_in(chromium, base_url=live_server.url) as page:
        key = _open(page, live_server, course_id)
        box = page.get_by_role("checkbox", name="Decoration")
        box.click() if how == "mouse" else box.press("Space")
        _saved(page)
        assert '![](media/bath.png "decoration")' in _body(course_id, key)
        page.reload()
        expect(box).to_be_checked()
        expect(page.get_by_label("What does the picture show?")).to_be_disabled()
        box.press("Space")
        expect(page.get_by_label("What does the picture show?")).to_be_focused()
        _saved(page)
        assert "![](media/bath.png)" in _body(course_id, key)


def test_two_who_edit_one_lesson_are_told_and_both_texts_are_kept_until_one_chooses(
    live_server: Live, chromium: Browser
) -> None:
    course_id = write_course()
    with (
        page_in(chromium, base_url=live_server.url) as first,
        page_in(chromium, base_url=live_server.url) as second,
    ):
        key = _open(first, live_server, course_id)
        _open(second, live_server, course_id, live_server.cast.ada)
        _type_at_end(first, " First was here.")
        _saved(first)
        _type_at_end(second, " Second was here.")
        expect(second.get_by_role("heading", name="Somebody else saved this meanwhile")).to_be_visible()
        troubles_of(second).clear()  # the 409 that was provoked
        assert axe(second) == ""
        shot(second, "editor-conflict")
        second.get_by_text("What they saved").click()
        expect(second.locator("[data-their-text]")).to_contain_text("First was here.")
        assert "First was here." in _body(course_id, key)
        second.get_by_role("button", name="Keep mine").click()
        _saved(second)
        assert "Second was here." in _body(course_id, key)


def test_what_was_typed_without_a_network_is_kept_on_the_device_and_sent_when_it_is_back(
    live_server: Live, chromium: Browser
) -> None:
    course_id = write_course()
    with page_in(chromium, base_url=live_server.url) as page:
        key = _open(page, live_server, course_id)
        page.context.set_offline(True)
        _type_at_end(page, " Typed on a train.")
        expect(page.locator("[data-save-state]")).to_contain_text("Kept on this device")
        assert "Typed on a train." not in _body(course_id, key)
        page.context.set_offline(False)
        _saved(page)
        troubles_of(page).clear()  # the requests that were cut
        assert "Typed on a train." in _body(course_id, key)


def test_a_browser_that_died_before_it_could_save_brings_the_text_back(
    live_server: Live, chromium: Browser
) -> None:
    course_id = write_course()
    with page_in(chromium, base_url=live_server.url) as page:
        key = _open(page, live_server, course_id)
        page.context.set_offline(True)
        _type_at_end(page, " Typed before the crash.")
        expect(page.locator("[data-save-state]")).to_contain_text("Kept on this device")
        troubles_of(page).clear()  # the requests that were cut
        again = page.context.new_page()
        page.close(run_before_unload=False)
        again.context.set_offline(False)
        again.goto(f"/author/courses/{course_id}/activities/{key}")
        expect(again.get_by_text("never reached the server")).to_be_visible()
        expect(again.locator("[data-save-state]")).to_contain_text("Saved at")
        assert "Typed before the crash." in _body(course_id, key)


def test_ones_own_save_whose_answer_was_lost_is_no_conflict_with_somebody_else(
    live_server: Live, chromium: Browser
) -> None:
    course_id = write_course()
    with page_in(chromium, base_url=live_server.url) as page:
        key = _open(page, live_server, course_id)

        def lose(route: Route) -> None:
            route.fetch()
            route.abort()

        address = f"**/activities/{key}"
        page.route(address, lose, times=1)
        _type_at_end(page, " Saved, and nobody said so.")
        expect(page.locator("[data-save-state]")).to_contain_text("Kept on this device")
        _type_at_end(page, " And on.")
        _saved(page)
        expect(page.get_by_role("heading", name="meanwhile")).to_be_hidden()
        assert "Saved, and nobody said so. And on." in _body(course_id, key)
        other = page.context.new_page()
        other.goto(page.url)
        _type_at_end(other, " From the other window.")
        _saved(other)
        _type_at_end(page, " From this one.")
        expect(page.get_by_role("heading", name="You saved this in another window")).to_be_visible()
        page.get_by_role("button", name="Keep what is here").click()
        _saved(page)
        assert "And on. From this one." in _body(course_id, key)
        troubles_of(page).clear()  # what was cut and refused


def test_who_types_on_in_a_conflict_and_leaves_finds_the_text_on_coming_back(
    live_server: Live, chromium: Browser
) -> None:
    course_id = write_course()
    with (
        page_in(chromium, base_url=live_server.url) as first,
        page_in(chromium, base_url=live_server.url) as second,
    ):
        key = _open(first, live_server, course_id)
        _open(second, live_server, course_id, live_server.cast.ada)
        address = first.url
        _type_at_end(first, " First was here.")
        _saved(first)
        _type_at_end(second, " Second was here.")
        expect(second.get_by_role("heading", name="Somebody else saved this meanwhile")).to_be_visible()
        _type_at_end(second, " And went on.")
        second.on("dialog", lambda dialog: dialog.accept())
        second.goto("/")
        second.goto(address)
        expect(second.get_by_text("never reached the server, and something else was saved")).to_be_visible()
        expect(second.get_by_role("textbox", name="Text", exact=True)).to_contain_text("And went on.")
        troubles_of(second).clear()  # the 409 that was provoked
        assert axe(second) == ""
        second.get_by_role("button", name="Keep mine").click()
        _saved(second)
        assert "Second was here. And went on." in _body(course_id, key)
        second.reload()
        expect(second.locator("[data-save-state]")).to_contain_text("Saved")
        expect(second.locator("[data-conflict]")).to_be_hidden()


def test_activities_are_dragged_to_their_place_and_moved_by_keyboard_as_well(
    live_server: Live, chromium: Browser
) -> None:
    course_id = write_course(publish=False)
    with page_in(chromium, base_url=live_server.url) as page:
        _open(page, live_server, course_id)
        links = page.get_by_role("navigation", name="Outline").locator("[data-key]")
        with page.expect_response(lambda answer: answer.url.endswith("/order")) as sent:
            links.nth(0).drag_to(links.nth(2))
        assert sent.value.status == 204
        page.reload()
        with unit_of_work(read_only=True):
            titles = [item.title for item in queries.get_editor(course_id).items]
        assert sorted(titles) == ["Alarms", "Parts of a loop", "Superheat"]
        assert titles[0] == "Superheat"


def test_the_editor_and_the_versions_are_accessible_and_fit(live_server: Live, chromium: Browser) -> None:
    course_id = write_course()
    edit_first(course_id, "All about **parts of a loop** and what they cost.\n")
    publish(course_id)
    with page_in(chromium, base_url=live_server.url) as page:
        _open(page, live_server, course_id)
        faults = []
        for path in ("", "/versions", "/versions/compare?old=1&new=2", "/publish"):
            if path:
                page.goto(f"/author/courses/{course_id}{path}")
            faults += looked_at(page, f"authoring{path.replace('/', '-').partition('?')[0]}")
        assert faults == []


def test_tabs_of_a_lesson_are_tabs_by_keyboard_and_stand_below_each_other_without_script(
    live_server: Live, chromium: Browser
) -> None:
    course_id = write_course()
    text = (
        ":::: tabs\n::: tab Windows\nPress Start.\n:::\n::: tab Linux\n## Where\n\nOpen a shell.\n:::\n::::\n"
    )
    edit_first(course_id, text)
    publish(course_id)
    enrol(live_server.cast.amara, course_id)
    lesson = activities_of(course_id)[0]
    for scripts in (True, False):
        with page_in(chromium, base_url=live_server.url, scripts=scripts) as page:
            live_server.sign_in(page, live_server.cast.amara)
            page.goto(f"/learn/cold-loops/{lesson.id}")
            if not scripts:
                expect(page.get_by_text("Press Start.")).to_be_visible()
                expect(page.get_by_text("Open a shell.")).to_be_visible()
                continue
            expect(page.get_by_text("Open a shell.")).to_be_hidden()
            page.get_by_role("tab", name="Windows").focus()
            page.keyboard.press("ArrowRight")
            expect(page.get_by_role("tabpanel", name="Linux")).to_contain_text("Open a shell.")
            expect(page.get_by_text("Press Start.")).to_be_hidden()
            assert axe(page) == ""
            page.goto(f"/learn/cold-loops/{lesson.id}#s-where")
            expect(page.get_by_text("Open a shell.")).to_be_visible()
