"""A large file on its way: how much of it has gone is seen, it can be stopped, and a complaint about it is read."""

import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, CDPSession, expect

from tests.packages.test_findings import zipped
from tests.support.browser import SMALL, axe, page_in, shot, troubles_of
from tests.support.live import Live

pytestmark = pytest.mark.browser

SLOW, FAST = 200_000, -1


def paced(session: CDPSession, bytes_per_second: int) -> None:
    """Let what the session's page sends go so fast, such as over a partner's line."""
    conditions = {
        "offline": False,
        "latency": 5,
        "downloadThroughput": -1,
        "uploadThroughput": bytes_per_second,
    }
    session.send("Network.emulateNetworkConditions", conditions)


# Werkzeug leaves it to the collector to close what it had of a file whose sender went away.
@pytest.mark.filterwarnings("ignore:.*SpooledTemporaryFile:pytest.PytestUnraisableExceptionWarning")
def test_a_large_upload_says_how_far_it_is_can_be_stopped_and_leads_on(
    live_server: Live, chromium: Browser, tmp_path: Path
) -> None:
    website = {"index.html": "<!doctype html><html lang='en'><title>Leaflet</title><h1>Read me</h1>"}
    good, bad = tmp_path / "leaflet.zip", tmp_path / "film.zip"
    good.write_bytes(zipped(website | {"film.bin": os.urandom(8_000_000)}).getvalue())
    bad.write_bytes(os.urandom(2_500_000))
    with page_in(chromium, base_url=live_server.url, width=SMALL) as page:
        live_server.sign_in(page, live_server.cast.tomas)
        page.goto("/author/packages")
        session = page.context.new_cdp_session(page)
        paced(session, SLOW)
        page.set_input_files("input[type=file]", good)
        page.get_by_role("button", name="Look into it").click()
        expect(page.get_by_role("status").filter(has_text=re.compile(r"B of 8 MB sent"))).to_be_visible()
        assert axe(page) == ""
        shot(page, "upload-under-way")
        page.get_by_role("button", name="Stop sending").click()
        expect(page.get_by_role("button", name="Stop sending")).to_be_hidden()
        paced(session, FAST)
        page.set_input_files("input[type=file]", bad)
        page.get_by_role("button", name="Look into it").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("This package cannot come")
        assert axe(page) == ""
        troubles_of(page).clear()  # the browser's own word for the status 422
        page.goto("/author/packages")
        page.set_input_files("input[type=file]", good)
        page.get_by_role("button", name="Look into it").click()
        page.wait_for_url("**/author/packages/uploads/*", timeout=30_000)
        expect(page.get_by_text("Leaflet").first).to_be_visible()


def test_an_upload_whose_line_is_cut_says_so_and_goes_again(
    live_server: Live, chromium: Browser, tmp_path: Path
) -> None:
    path = tmp_path / "leaflet.zip"
    page_of = {"index.html": "<!doctype html><html lang='en'><title>Leaflet</title><h1>Read me</h1>"}
    path.write_bytes(zipped(page_of | {"film.bin": os.urandom(3_000_000)}).getvalue())
    with page_in(chromium, base_url=live_server.url) as page:
        live_server.sign_in(page, live_server.cast.tomas)
        page.goto("/author/packages")
        page.set_input_files("input[type=file]", path)
        page.context.set_offline(True)
        page.get_by_role("button", name="Look into it").click()
        expect(page.get_by_text("The connection was lost, and nothing was kept")).to_be_visible()
        page.context.set_offline(False)
        troubles_of(page).clear()  # the request that was cut
        page.get_by_role("button", name="Look into it").click()
        page.wait_for_url("**/author/packages/uploads/*")
