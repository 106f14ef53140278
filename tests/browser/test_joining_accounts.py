"""An administrator joins two accounts in a real browser: finds the other, sees what comes together, and says why."""

import pytest
from playwright.sync_api import Browser, expect

from lms.identity import facade as identity
from lms.kernel import clock
from lms.kernel.actor import SYSTEM, acting_as
from lms.kernel.uow import unit_of_work
from tests.browser.test_exemptions import scene_of
from tests.support.browser import looked_at, page_in
from tests.support.live import Live

pytestmark = pytest.mark.browser


def test_two_accounts_are_joined_and_the_certificate_is_where_the_person_signs_in(
    live_server: Live, chromium: Browser
) -> None:
    scene, cast = scene_of(live_server), live_server.cast
    with unit_of_work(), acting_as(SYSTEM):
        old = identity.add_person(email="dafydd@pryce.example", name="Dafydd Pryce-Jones", now=clock.now())
    scene.learn(old)
    faults: list[str] = []
    with page_in(chromium, base_url=live_server.url) as page:
        live_server.sign_in(page, cast.ada)
        page.goto(f"/admin/people/{cast.dafydd}")
        page.get_by_role("link", name="Join another account").click()
        page.get_by_label("Name, address or external id").fill("pryce")
        page.keyboard.press("Enter")
        found = page.get_by_role("link", name="Dafydd Pryce-Jones")
        expect(found).to_be_visible()
        faults += looked_at(page, "joining-search")
        found.click()
        expect(page.get_by_role("cell", name="1", exact=True).first).to_be_visible()
        faults += looked_at(page, "joining-preview")
        page.get_by_label("How do you know that both are the same person?").fill("He showed me both letters.")
        page.get_by_role("button", name="Join the accounts").click()
        expect(page.get_by_text("both addresses lead to it")).to_be_visible()
        expect(page.get_by_text("He showed me both letters.")).to_be_visible()
        faults += looked_at(page, "joining-done")
    assert scene.holds(cast.dafydd)
    assert not faults
