"""Checking a certificate in a real browser: a stranger brings the file, the holder looks ahead."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from lms.certificates.cycles.queries import ledger
from lms.kernel.db import db
from lms.kernel.uow import unit_of_work
from tests.certificates.scene import set_scene
from tests.support.browser import WIDE, looked_at, page_in
from tests.support.live import Live

pytestmark = pytest.mark.browser


def test_a_stranger_checks_a_file_and_the_holder_reads_what_comes_next(
    live_server: Live, chromium: Browser, tmp_path: Path, pango: None
) -> None:
    cast = live_server.cast
    set_scene(cast).learn(cast.amara)
    with unit_of_work(read_only=True):
        code = ledger.list_of_person(cast.amara)[-1].code
    db.session.remove()
    with page_in(chromium, base_url=live_server.url, width=WIDE) as page:
        live_server.sign_in(page, cast.amara)
        page.goto("/certificates")
        expect(
            page.get_by_role("link", name="What comes next: Refrigeration Control Engineer")
        ).to_be_visible()
        assert looked_at(page, "my-certificates") == []
        address = page.get_by_role("link", name="PDF: Refrigeration Control Engineer").get_attribute("href")
        paper = tmp_path / "certificate.pdf"
        paper.write_bytes(page.request.get(f"{live_server.url}{address}", timeout=60_000).body())
        page.get_by_role("link", name="What comes next: Refrigeration Control Engineer").click()
        expect(page.get_by_role("heading", name="Nothing to do until")).to_be_visible()
        assert looked_at(page, "my-way") == []
    altered = tmp_path / "altered.pdf"
    altered.write_bytes(paper.read_bytes().replace(b"/Producer", b"/Producex", 1))
    with page_in(chromium, base_url=live_server.url, width=WIDE) as page:
        page.goto("/verify")
        page.locator("input[type=file]").set_input_files(paper)
        page.get_by_role("button", name="Check the file").click()
        expect(page.get_by_role("heading", name="Genuine and unchanged")).to_be_visible(timeout=60_000)
        assert looked_at(page, "file-genuine") == []
        page.get_by_role("link", name=f"Everything the register says of {code}").click()
        expect(page.get_by_role("heading", name="This certificate is valid")).to_be_visible()
        page.get_by_text("Share this result as a picture").press("Enter")
        picture = page.get_by_role("img", name="Valid on")
        picture.scroll_into_view_if_needed()
        expect(picture).to_have_js_property("naturalWidth", 1200, timeout=60_000)
        assert looked_at(page, "verify-shared") == []
        page.locator("input[type=file]").set_input_files(altered)
        page.get_by_role("button", name="Check the file").press("Enter")
        expect(page.get_by_role("heading", name="Altered after it was signed")).to_be_visible(timeout=30_000)
