"""What reaches one by mail, chosen in a real browser: by keys, at both widths, light and dark, and letters that fit."""

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from lms.identity import facade as identity
from lms.kernel import clock
from lms.kernel.uow import unit_of_work
from lms.notifications import jobs
from lms.notifications.values import Delivery, NoticeGroup
from tests.notifications.letters import COURSE, DEAL, at, known, letters_to, tell, want
from tests.notifications.test_choices import choices_of
from tests.support.browser import SMALL, WIDE, axe, overflow, page_in, shot
from tests.support.live import Live

pytestmark = pytest.mark.browser

PAGE = "/account/notifications"


def _is_fine(page: Page, name: str) -> None:
    shot(page, name)
    assert axe(page) == ""
    assert overflow(page) == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [WIDE, SMALL])
def test_a_person_chooses_what_reaches_them(
    live_server: Live, chromium: Browser, width: int, scheme: str
) -> None:
    with page_in(chromium, base_url=live_server.url, width=width, scheme=scheme) as page:  # type: ignore[arg-type]
        live_server.sign_in(page, live_server.cast.ruth)
        page.goto("/notifications")
        page.get_by_role("link", name="What reaches you by mail").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("What reaches you by mail")
        page.get_by_label("Learning").select_option("By mail, in a weekly digest")
        page.get_by_label("The weekly one on").select_option("Friday")
        _is_fine(page, f"notices-{width}-{scheme}")
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_text("Saved. It holds from now on")).to_be_visible()
        expect(page.get_by_label("Learning")).to_have_value("weekly")
        page.get_by_label("From").fill("")
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_role("alert")).to_contain_text("Enter a time")
        page.troubles.clear()  # type: ignore[attr-defined]  # the refusal's status
        _is_fine(page, f"notices-refused-{width}-{scheme}")


def test_all_of_it_is_reached_and_chosen_by_keys(live_server: Live, chromium: Browser) -> None:
    cast = live_server.cast
    with page_in(chromium, base_url=live_server.url) as page:
        live_server.sign_in(page, cast.amara)
        page.goto(PAGE)
        page.get_by_label("Learning").focus()
        page.keyboard.press("End")  # the last choice: weekly
        for _step in range(4):
            page.keyboard.press("Tab")
        page.keyboard.press("ArrowDown")  # the digest's hour, from 8 to 9
        page.keyboard.press("Tab")
        page.keyboard.type("W")  # Wednesday
        page.keyboard.press("Tab")
        page.keyboard.press("Space")  # no quiet hours any more
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        expect(page.get_by_text("Saved. It holds from now on")).to_be_visible()
    found = choices_of(cast.amara)
    assert found.delivery_of(NoticeGroup.LEARNING) is Delivery.WEEKLY
    assert (found.hours.digest_minute, found.hours.weekday) == (9 * 60, 2)
    assert found.hours.quiet is None


def test_a_browser_elsewhere_offers_its_time_zone_and_changes_nothing_by_itself(
    live_server: Live, chromium: Browser
) -> None:
    cast = live_server.cast
    for width in (WIDE, SMALL):
        context = chromium.new_context(
            base_url=live_server.url,
            timezone_id="Asia/Tokyo" if width == WIDE else "Pacific/Auckland",
            viewport={"width": width, "height": 900},
        )
        page = context.new_page()
        live_server.sign_in(page, cast.amara)
        page.goto(PAGE)
        offer = page.get_by_role("note").filter(has_text="Are you in another time zone?")
        expect(offer).to_be_visible()
        _is_fine(page, f"zone-{width}")
        with unit_of_work(read_only=True):
            before = identity.get_person(cast.amara).time_zone
        assert before == ("Europe/London" if width == WIDE else "Asia/Tokyo")
        offer.get_by_role("button").click()
        expect(page.get_by_text("Saved. Dates, digests and quiet hours go by it")).to_be_visible()
        expect(offer).to_be_hidden()
        context.close()


def test_without_scripts_the_page_does_all_of_it(live_server: Live, chromium: Browser) -> None:
    with page_in(chromium, base_url=live_server.url, scripts=False) as page:
        live_server.sign_in(page, live_server.cast.amara)
        page.goto(PAGE)
        expect(page.get_by_role("note")).to_have_count(0)
        page.get_by_label("Deals", exact=True).select_option("In the portal only")
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_label("Deals", exact=True)).to_have_value("portal")


def test_a_digest_fits_a_phone_and_its_way_out_is_a_page_with_a_button(
    live_server: Live, chromium: Browser
) -> None:
    cast = live_server.cast
    with known(live_server.portal, DEAL, COURSE):
        with clock.frozen_at(at("2026-11-26 12:00")):
            want(cast.amara, {NoticeGroup.DEALS: Delivery.DAILY, NoticeGroup.LEARNING: Delivery.DAILY})
            for number in range(6):
                tell(cast.amara, f"Harbour Lane Cold Storage, phase {number}, is approved")
                tell(cast.amara, f"Commissioning of cold loops {number} is due on 3 Dec 2026", COURSE)
        with clock.frozen_at(at("2026-11-27 08:00")):
            jobs.write_letters()
    (letter,) = letters_to("amara")
    for width in (WIDE, SMALL):
        with page_in(chromium, base_url=live_server.url, width=width) as page:
            page.set_content(letter.html)
            shot(page, f"digest-{width}")
            assert overflow(page) == 0
            page.goto(urlsplit(letter.stop_url).path)
            expect(page.get_by_role("heading", level=1)).to_have_text("Stop these letters?")
            _is_fine(page, f"unsubscribe-{width}")
            page.get_by_role("button", name="Stop these letters").click()
            expect(page.get_by_role("heading", level=1)).to_have_text("Letters stopped")
            _is_fine(page, f"unsubscribed-{width}")
    assert choices_of(cast.amara).delivery_of(NoticeGroup.DEALS) is Delivery.PORTAL
