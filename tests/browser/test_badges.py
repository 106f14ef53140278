"""A holder shares a certificate: badge, downloads and links are one page, for the keyboard and for small screens."""

import json

import pytest
from playwright.sync_api import Browser, expect

from lms.kernel.credentials import baking
from tests.certificates.scene import Scene, scene
from tests.support.browser import WIDE, looked_at, page_in
from tests.support.live import Live
from tests.support.portal import Cast

__all__ = ["scene"]

pytestmark = pytest.mark.browser


@pytest.fixture
def cast(live_server: Live) -> Cast:
    """Return the cast of the portal that is being served."""
    return live_server.cast


def test_a_badge_is_found_seen_and_downloaded(
    live_server: Live, chromium: Browser, cast: Cast, scene: Scene
) -> None:
    scene.learn(cast.amara)
    with page_in(chromium, base_url=live_server.url, width=WIDE) as page:
        live_server.sign_in(page, cast.amara)
        page.goto("/certificates")
        page.get_by_role("link", name="Share: Refrigeration Control Engineer").press("Enter")
        expect(page.get_by_role("heading", name="Your badge")).to_be_visible()
        picture = page.get_by_role("img", name="Badge: Refrigeration Control Engineer")
        # The first document of a process loads what sets it, which takes seconds.
        assert page.request.get(picture.get_attribute("src") or "", timeout=60_000).status == 200
        page.reload()
        expect(picture).to_have_js_property("naturalWidth", 800)
        with page.expect_download() as coming:
            page.get_by_role("link", name="Badge as picture").click()
        badge = json.loads(baking.unbake(coming.value.path().read_bytes()))
        assert coming.value.suggested_filename == f"{badge['credentialSubject']['licenseNumber']}.png"
        expect(page.get_by_role("link", name="Add to my LinkedIn profile")).to_have_attribute(
            "rel", "noopener noreferrer"
        )
        assert looked_at(page, "share") == []
