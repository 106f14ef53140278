"""Exemptions in a real browser: asked with evidence, decided, revoked and reinstated, seen by whom they concern."""

import pytest
from playwright.sync_api import Browser, expect

from lms.certificates.values import AllOf, Rule
from lms.kernel.actor import SYSTEM, acting_as
from lms.kernel.uow import unit_of_work
from tests.certificates.scene import Scene, define, publish_course
from tests.support.browser import looked_at, page_in
from tests.support.live import Live

pytestmark = pytest.mark.browser

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def scene_of(live_server: Live) -> Scene:
    """Return a course and the certification that asks for it, in the portal of a browser."""
    with unit_of_work(), acting_as(SYSTEM):
        course = publish_course("Refrigeration Control")
        rule = Rule(AllOf((course.done(), course.scored())), 12, 60, 30)
        return Scene(course, define(live_server.cast, "HC-RCE", "Refrigeration Control Engineer", rule), rule)


def test_prior_learning_is_asked_for_recognised_revoked_and_reinstated(
    live_server: Live, chromium: Browser
) -> None:
    scene, cast = scene_of(live_server), live_server.cast
    cell = f"/team/certifications/{cast.dafydd}/{scene.certification_id}"
    faults: list[str] = []
    with page_in(chromium, base_url=live_server.url) as page:
        live_server.sign_in(page, cast.ruth)
        page.goto(cell)
        page.get_by_role("link", name="Ask for it").click()
        expect(page.get_by_label("E-mail address of the person")).to_have_value("dafydd@example.com")
        faults += looked_at(page, "exemptions-form")
        page.get_by_label("Reason and evidence").fill("Journeyman’s papers of 2019, seen by me.")
        page.locator("input[type=file]").set_input_files(
            {"name": "papers.pdf", "mimeType": "application/pdf", "buffer": PDF}
        )
        page.get_by_role("button", name="Ask", exact=True).click()
        expect(page.get_by_role("link", name="Dafydd Pryce: Refrigeration Control Engineer")).to_be_visible()
        faults += looked_at(page, "exemptions-list")
    with page_in(chromium, base_url=live_server.url) as page:
        live_server.sign_in(page, cast.petra)
        page.goto("/team/exemptions")
        page.get_by_role("link", name="Dafydd Pryce: Refrigeration Control Engineer").click()
        expect(page.get_by_role("link", name="Evidence")).to_be_visible()
        faults += looked_at(page, "exemptions-request")
        page.get_by_label("Answer").first.fill("Welcome.")
        page.get_by_role("button", name="Approve").click()
        expect(page.get_by_text("Approved. The person and who asked are told.")).to_be_visible()
        page.goto(cell)
        expect(page.get_by_text("Valid", exact=True).first).to_be_visible()
        page.get_by_role("button", name="Revoke").click()
        dialog = page.get_by_role("dialog")
        dialog.get_by_label("Reason").fill("The papers were another man’s.")
        dialog.get_by_role("button", name="Revoke").click()
        page.get_by_role("button", name="Reinstate").click()
        faults += looked_at(page, "exemptions-reinstate")
        dialog = page.get_by_role("dialog")
        dialog.get_by_label("Reason").fill("They are his.")
        dialog.get_by_role("button", name="Reinstate").click()
        expect(page.get_by_text("counts again: They are his.")).to_be_visible()
        faults += looked_at(page, "exemptions-cell")
    with page_in(chromium, base_url=live_server.url) as page:
        live_server.sign_in(page, cast.dafydd)
        page.goto("/certificates")
        link = page.get_by_role("link", name="Add to my calendar: Refrigeration Control Engineer")
        faults += looked_at(page, "exemptions-mine")
        with page.expect_download() as download:
            link.click()
        assert download.value.suggested_filename.endswith(".ics")
    assert faults == []
