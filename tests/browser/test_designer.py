"""The designer of certificates in a real browser: the sheet follows what is typed, and is published."""

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.support.browser import WIDE, looked_at, page_in
from tests.support.live import Live

pytestmark = pytest.mark.browser


def test_a_design_is_made_seen_with_an_awkward_name_signed_and_published(
    live_server: Live, chromium: Browser, pango: None
) -> None:
    with page_in(chromium, base_url=live_server.url, width=WIDE) as page:
        live_server.sign_in(page, live_server.cast.tomas)
        page.goto("/programme/designs")
        page.get_by_role("link", name="Make the first").click()
        page.get_by_label("Name").fill("House")
        page.get_by_role("button", name="Make it").click()
        sheet = page.get_by_role("img", name="A certificate in this design")
        expect(sheet).to_have_attribute("src", re.compile("sheet.png"))
        page.get_by_label("Show it with").select_option(label="Khmer")
        expect(page.get_by_text("The sheet shows what is typed")).to_be_visible()
        expect(sheet).to_have_attribute("src", re.compile("^data:image/png"))
        page.get_by_label("Words", exact=True).fill("#eeeeee")
        expect(page.get_by_text("its contrast is")).to_be_visible()
        page.get_by_label("Words", exact=True).fill("#222222")
        signed = page.get_by_role("group", name="Signature 1")
        signed.get_by_label("Name").fill("Tomas Lindqvist")
        page.get_by_role("button", name="Save and publish").click()
        expect(page.get_by_text("Version 1 in use")).to_be_visible()
        assert looked_at(page, "designer") == []
