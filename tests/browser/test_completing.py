"""Rules and locks in a real browser: chosen in the settings, explained where shut, met by a film that really played."""

import pytest
from playwright.sync_api import Browser, Page, expect

from lms.courses.authoring import queries
from lms.courses.values import CompletionRule, RuleKind
from lms.kernel.uow import unit_of_work
from tests.courses.courses import activities_of, ask_of, enrol, key_of, publish, wait_for, write_course
from tests.courses.test_media import add_film
from tests.support.browser import SMALL, WIDE, axe, overflow, page_in, shot, troubles_of
from tests.support.live import Live

pytestmark = pytest.mark.browser


def _look(page: Page, name: str) -> None:
    assert axe(page) == ""
    for width, size in (("wide", WIDE), ("small", SMALL)):
        page.set_viewport_size({"width": size, "height": 812})
        assert overflow(page) <= 0
        shot(page, f"{name}-{width}")
    page.set_viewport_size({"width": WIDE, "height": 900})


def _until(page: Page, true: str) -> None:
    """Wait until a script's expression holds; the page's policy lets Playwright's own way not in."""
    for _try in range(200):
        if page.evaluate(true):
            return
        page.wait_for_timeout(100)
    raise AssertionError(true)


def test_rule_and_locks_are_chosen_beside_the_text_and_save_themselves(
    live_server: Live, chromium: Browser
) -> None:
    course_id = write_course()
    first, second = key_of(course_id, 0), key_of(course_id, 1)
    with page_in(chromium, base_url=live_server.url) as page:
        live_server.sign_in(page, live_server.cast.tomas)
        page.goto(f"/author/courses/{course_id}/activities/{second}")
        page.get_by_label("It is done", exact=True).select_option("time")
        page.get_by_label("At least").fill("2")
        page.get_by_label("Locked until these are done").select_option(str(first))
        page.locator("#opens").fill("2027-01-10T09:00")
        expect(page.locator("[data-save-state]")).to_contain_text("Saved at")
        _look(page, "settings")
        page.goto(f"/author/courses/{course_id}/versions/compare?old=1&new=draft")
        expect(page.get_by_text("Opens only after “Parts of a loop”")).to_be_visible()
        _look(page, "rules-compared")
    with unit_of_work(read_only=True):
        item = queries.get_editor(course_id).items[1]
    assert item.rule == CompletionRule(RuleKind.TIME, 2)
    assert [lock.kind for lock in item.locks] == ["after", "from"]


def test_a_locked_lesson_leads_by_keyboard_to_what_comes_first(live_server: Live, chromium: Browser) -> None:
    course_id = write_course(publish=False)
    wait_for(course_id, 1, 0)
    publish(course_id)
    enrol(live_server.cast.amara, course_id)
    first, second, _third = activities_of(course_id)
    with page_in(chromium, base_url=live_server.url) as page:
        live_server.sign_in(page, live_server.cast.amara)
        page.goto(f"/learn/cold-loops/{second.id}")
        expect(page.get_by_text("This is still locked")).to_be_visible()
        _look(page, "locked")
        page.get_by_role("link", name="Go to “Parts of a loop”").focus()
        page.keyboard.press("Enter")
        page.wait_for_url(f"**/{first.id}")
        page.get_by_role("button", name="Done, next lesson").click()
        expect(page.get_by_role("heading", name="Superheat", level=1)).to_be_visible()
        expect(page.get_by_text("This is still locked")).to_have_count(0)


def _film(live_server: Live) -> str:
    course_id = write_course(sections=((),), publish=False)
    ask_of(course_id, add_film(course_id, seconds=6), rule=CompletionRule(RuleKind.WATCHED, 90))
    publish(course_id)
    enrol(live_server.cast.amara, course_id)
    return f"/learn/cold-loops/{activities_of(course_id)[0].id}"


def test_a_film_that_plays_turns_its_lesson_to_done_without_a_reload(
    live_server: Live, chromium: Browser
) -> None:
    url = _film(live_server)
    with page_in(chromium, base_url=live_server.url) as page:
        live_server.sign_in(page, live_server.cast.amara)
        page.goto(url)
        asked = page.locator("[data-asked]")
        expect(asked).to_contain_text("Watch 90% of the film: 0% so far")
        _look(page, "film")
        page.get_by_label("Captions").select_option(label="English")
        assert page.evaluate("document.querySelector('video').textTracks[0].mode") == "showing"
        video = page.locator("video")
        # A jump to the end, played from there, is not the film.
        video.evaluate("async (film) => { film.currentTime = 5.5; await film.play(); }")
        expect(page.locator(".film-share")).to_contain_text("% watched")
        _until(page, "document.querySelector('video').ended")
        expect(asked).not_to_contain_text("0% so far")
        expect(asked).to_contain_text("so far")
        video.focus()
        video.evaluate("(film) => { film.currentTime = 0; }")
        page.keyboard.press("ArrowRight")
        _until(page, "Math.abs(document.querySelector('video').currentTime - 5) < 0.5")
        page.keyboard.press("j")
        _until(page, "document.querySelector('video').currentTime < 0.1")
        page.keyboard.press(">")
        page.keyboard.press(" ")
        expect(asked).to_have_text("Done", timeout=20_000)
        expect(page.locator(".outline a[aria-current]")).to_have_attribute("data-state", "valid")
        assert axe(page) == ""
        shot(page, "film-done")


def test_a_film_that_ran_while_its_page_stood_still_was_watched_all_the_same(
    live_server: Live, chromium: Browser
) -> None:
    url = _film(live_server)
    with page_in(chromium, base_url=live_server.url) as page:
        live_server.sign_in(page, live_server.cast.amara)
        page.goto(url)
        page.locator("video").evaluate("(film) => film.play()")
        _until(page, "document.querySelector('video').currentTime > 0.5")
        page.evaluate("() => { const until = performance.now() + 3500; while (performance.now() < until); }")
        expect(page.locator("[data-asked]")).to_have_text("Done", timeout=20_000)


def test_a_film_goes_on_at_the_second_and_tells_again_what_a_lost_answer_left_open(
    live_server: Live, chromium: Browser
) -> None:
    url = _film(live_server)
    told: list[str] = []
    with page_in(chromium, base_url=live_server.url) as page:
        live_server.sign_in(page, live_server.cast.amara)
        page.goto(url)

        def lose_the_first(route):
            told.append(route.request.post_data)
            if len(told) == 1:
                route.fetch()  # it arrives, and its answer is lost
                route.abort()
            else:
                route.continue_()

        page.route("**/watched", lose_the_first)
        page.evaluate("document.querySelector('video').play()")
        _until(page, "document.querySelector('video').currentTime > 4")
        with page.expect_response("**/watched", timeout=20_000) as answer:
            page.evaluate("document.querySelector('video').pause()")
        so_far = answer.value.json()["soFar"]
        assert len(told) == 2
        troubles_of(page).clear()  # the answer that was lost on purpose
        assert 60 <= so_far <= 90
        page.unroute("**/watched")
        page.reload()
        _until(page, "document.querySelector('video').currentTime > 2.5")
        expect(page.locator("[data-asked]")).to_contain_text(f"{so_far}% so far")
