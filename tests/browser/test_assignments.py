"""An assignment in a real browser: written as a draft, handed in, marked, returned and passed, by keyboard too."""

import pytest
from playwright.sync_api import Browser, Page, expect

from lms.courses import facade as courses
from tests.courses.assignments import (
    PDF,
    PNG,
    WORST,
    add,
    asked,
    draft_revision,
    hand_in,
    mark,
    own,
    save,
    take,
    work_of,
    write_assignment,
)
from tests.courses.courses import enrol
from tests.support.browser import SMALL, WIDE, axe, overflow, page_in, shot, troubles_of
from tests.support.live import Live

pytestmark = pytest.mark.browser


def _check(page: Page, name: str) -> None:
    shot(page, name)
    assert axe(page) == ""
    assert overflow(page) <= 0


@pytest.mark.parametrize("scripts", [True, False], ids=["script", "no-script"])
def test_work_is_written_handed_in_returned_and_passed(
    live_server: Live, chromium: Browser, scripts: bool
) -> None:
    cast, name = live_server.cast, f"sizing-{scripts}".lower()
    course_id, activity = write_assignment(name)
    enrol(cast.amara, course_id)
    address = f"/learn/{name}/{activity.id}"
    with page_in(chromium, base_url=live_server.url, scripts=scripts) as page:
        live_server.sign_in(page, cast.amara)
        page.goto(address)
        page.get_by_label("Your text").fill("Twelve kilowatts")
        if scripts:
            expect(page.get_by_text("Draft saved")).to_be_visible()
            page.reload()
            expect(page.get_by_label("Your text")).to_have_value("Twelve kilowatts")
        page.locator("input[type=file]").set_input_files(
            {"name": "plan.pdf", "mimeType": "application/pdf", "buffer": PDF}
        )
        page.get_by_role("button", name="Add the file").click()
        expect(page.get_by_role("link", name="plan.pdf")).to_be_visible()
        page.get_by_role("button", name="Hand in").press("Enter")
        expect(page.get_by_text("Handed in, waits to be marked")).to_be_visible()
        if scripts:
            _check(page, "assignment-handed-in")
    with page_in(chromium, base_url=live_server.url, scripts=scripts) as page:
        live_server.sign_in(page, cast.tomas)
        page.goto("/author/marking")
        page.get_by_role("link", name="Size a cold store of Amara Osei").press("Enter")
        page.get_by_role("button", name="Take it to mark").press("Enter")
        page.get_by_role("group", name="The load").get_by_role("radio").nth(1).focus()
        page.keyboard.press("Space")
        page.get_by_label("Comment on all of it").fill("Where are the fans?")
        page.get_by_role("button", name="Finish marking").press("Enter")
        expect(page.get_by_text("Choose a level.")).to_be_visible()
        expect(page.get_by_label("Comment on all of it")).to_have_value("Where are the fans?")
        if scripts:
            _check(page, "assignment-gap")
        troubles_of(page).clear()  # the refusal's status is what was asked for
        page.get_by_role("button", name="Return for more").press("Enter")
        expect(page.get_by_text("Returned for more. The person is told.")).to_be_visible()
    (first,) = own(activity, cast.amara)
    assert (first.text, first.outcome, first.marks[0].comment) == (
        "Twelve kilowatts",
        "returned",
        "Where are the fans?",
    )
    with page_in(chromium, base_url=live_server.url, scripts=scripts) as page:
        live_server.sign_in(page, cast.amara)
        page.goto(address)
        expect(page.get_by_text("Where are the fans?")).to_be_visible()
        page.get_by_label("Your text").fill("Twelve kilowatts, and two for the fans")
        page.get_by_role("button", name="Hand in").click()
        expect(page.get_by_text("Handed in, waits to be marked")).to_be_visible()
    work_id = work_of(own(activity, cast.amara)[1].id)
    mark(live_server.portal, work_id, cast.tomas)
    assert (cast.amara, course_id) in courses.completions([cast.amara], [course_id])


def test_two_tabs_of_a_draft_never_overwrite_each_other(live_server: Live, chromium: Browser) -> None:
    cast = live_server.cast
    course_id, activity = write_assignment("two-tabs")
    enrol(cast.amara, course_id)
    with page_in(chromium, base_url=live_server.url) as page:
        live_server.sign_in(page, cast.amara)
        page.goto(f"/learn/two-tabs/{activity.id}")
        other = page.context.new_page()
        other.goto(f"/learn/two-tabs/{activity.id}")
        page.get_by_label("Your text").fill("From the first tab")
        expect(page.get_by_text("Draft saved")).to_be_visible()
        other.get_by_label("Your text").fill("From the second tab")
        expect(other.get_by_text("A newer draft was saved elsewhere")).to_be_visible()
        other.on("dialog", lambda dialog: dialog.accept())
        other.get_by_role("button", name="Hand in").click()
        expect(other.get_by_label("What you typed here")).to_have_value("From the second tab")
        expect(other.get_by_text("From the first tab")).to_be_visible()
        _check(other, "assignment-conflict")
    assert own(activity, cast.amara) == []
    assert draft_revision(activity, cast.amara) == 1


def test_what_is_written_without_a_network_is_not_sent_into_the_void_and_comes_back(
    live_server: Live, chromium: Browser
) -> None:
    cast = live_server.cast
    course_id, activity = write_assignment("on-a-train")
    enrol(cast.amara, course_id)
    address = f"/learn/on-a-train/{activity.id}"
    with page_in(chromium, base_url=live_server.url) as page:
        live_server.sign_in(page, cast.amara)
        page.goto(address)
        page.context.set_offline(True)
        page.get_by_label("Your text").fill("Written on a train")
        page.get_by_role("button", name="Hand in").click()
        expect(page.locator("[data-draft-state]")).to_contain_text("Not sent: no connection")
        expect(page.get_by_label("Your text")).to_have_value("Written on a train")
        assert axe(page) == ""
        shot(page, "assignment-offline")
        troubles_of(page).clear()  # the requests that were cut
        again = page.context.new_page()
        page.close(run_before_unload=False)
        again.context.set_offline(False)
        again.goto(address)
        expect(again.get_by_label("Your text")).to_have_value("Written on a train")
        expect(again.get_by_text("Draft saved")).to_be_visible()
        again.get_by_role("button", name="Hand in").click()
        expect(again.get_by_text("Handed in, waits to be marked")).to_be_visible()
        again.reload()
        expect(again.locator("[data-work] [data-kept]")).to_be_hidden()
    (one,) = own(activity, cast.amara)
    assert one.text == "Written on a train"


def test_what_this_device_kept_is_offered_beside_a_newer_draft(live_server: Live, chromium: Browser) -> None:
    cast = live_server.cast
    course_id, activity = write_assignment("two-devices")
    enrol(cast.amara, course_id)
    with page_in(chromium, base_url=live_server.url) as page:
        live_server.sign_in(page, cast.amara)
        page.goto(f"/learn/two-devices/{activity.id}")
        page.context.set_offline(True)
        page.get_by_label("Your text").fill("On the phone")
        expect(page.locator("[data-draft-state]")).to_contain_text("Kept on this device")
        save(live_server.portal, activity, cast.amara, "At the desk", 0)
        page.context.set_offline(False)
        page.on("dialog", lambda dialog: dialog.accept())
        page.reload()
        expect(page.get_by_label("Your text")).to_have_value("At the desk")
        expect(page.locator("[data-work] [data-kept-text]")).to_have_text("On the phone")
        troubles_of(page).clear()  # the requests that were cut
        _check(page, "assignment-kept")
        page.locator("[data-work]").get_by_role("button", name="Put it into the field").click()
        expect(page.get_by_text("Draft saved")).to_be_visible()
        page.reload()
        expect(page.get_by_label("Your text")).to_have_value("On the phone")


@pytest.mark.parametrize("width", [WIDE, SMALL])
@pytest.mark.parametrize("locale", ["en", "de"])
def test_the_pages_of_assignments_stand_at_every_width_and_in_german(
    live_server: Live, chromium: Browser, width: int, locale: str
) -> None:
    cast, portal = live_server.cast, live_server.portal
    slug = f"sizing-{width}-{locale}"
    course_id, activity = write_assignment(slug, asked(due_days=2))
    for person in (cast.amara, cast.dafydd):
        enrol(person, course_id)
    add(portal, activity, cast.amara, "site.png", PNG)
    add(portal, activity, cast.amara, "plan.pdf", PDF, 1)
    work_id = work_of(hand_in(portal, activity, cast.amara, "Twelve kilowatts.\n\nTwo for fans.", 2))
    mark(portal, work_id, cast.tomas, WORST, comments=("Sum it up.", ""), comment="Once more, please.")
    save(portal, activity, cast.amara, "Thirteen", draft_revision(activity, cast.amara))
    waiting = work_of(hand_in(portal, activity, cast.dafydd))
    take(portal, waiting, cast.tomas)
    settings = f"/author/courses/{course_id}/assignments/{activity.key}"
    pages = [
        (cast.amara, [f"/learn/{slug}/{activity.id}"]),
        (
            cast.tomas,
            [
                "/author/marking",
                "/author/marking?show=mine&late=1",
                "/author/marking?show=marked",
                f"/author/marking/{work_id}",
                f"/author/marking/{waiting}",
                settings,
                f"/author/courses/{course_id}/preview/{activity.key}",
            ],
        ),
        (cast.ruth, ["/team/hand-ins"]),
        (cast.odd, ["/author/marking", f"/author/marking/{waiting}", settings]),
    ]
    for number, (person, addresses) in enumerate(pages):
        with page_in(
            chromium,
            base_url=live_server.url,
            width=width,
            locale=locale,
            scheme="dark" if width == SMALL else "light",
        ) as page:
            live_server.sign_in(page, person)
            page.context.add_cookies([{"name": "locale", "value": locale, "url": live_server.url}])
            for place, address in enumerate(addresses):
                page.goto(address)
                _check(page, f"assignments-{locale}-{width}-{number}-{place}")


def test_a_draft_waits_for_its_own_persons_sign_in_and_says_what_it_cannot_keep(
    live_server: Live, chromium: Browser
) -> None:
    cast = live_server.cast
    course_id, activity = write_assignment("sizing-kept")
    enrol(cast.amara, course_id)
    with page_in(chromium, base_url=live_server.url) as page:
        live_server.sign_in(page, cast.amara)
        page.goto(f"/learn/sizing-kept/{activity.id}")
        pill = page.locator("[data-draft-state]")
        text = page.get_by_label("Your text")
        page.context.clear_cookies()
        text.fill("Twelve kilowatts")
        expect(pill).to_contain_text("You were signed out.")
        live_server.sign_in(page, cast.amara)
        expect(pill).to_contain_text("Draft saved", timeout=20_000)
        text.evaluate(
            "(field) => { field.value = 'a\\u0000b'; field.dispatchEvent(new Event('input', {bubbles: true})); }"
        )
        expect(pill).to_contain_text("It was taken out: look it over")
        expect(text).to_have_value("ab")
        text.fill("Thirteen kilowatts")
        expect(pill).to_contain_text("Draft saved")
        page.reload()
        expect(text).to_have_value("Thirteen kilowatts")
        troubles_of(page).clear()  # the refusals that this test provoked
