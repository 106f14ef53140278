"""Selling in a real browser: refused with a cure, registered, decided; every page accessible and fitting."""

from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from lms.kernel import clock
from lms.kernel.actor import SYSTEM, acting_as
from lms.kernel.db import db
from lms.kernel.uow import unit_of_work
from lms.portal.deals.values import DealState
from lms.portal.standing import facade as standing
from lms.portal.standing.values import HoldersNeed, MeasureNeed, Rung
from tests.certificates.scene import scene
from tests.portal.dealing import Dealing, dealing
from tests.portal.scene import TITLE, GateScene, gate
from tests.support.browser import axe, looked_at, overflow, page_in, shot, troubles_of
from tests.support.live import Live
from tests.support.portal import Cast

pytestmark = pytest.mark.browser

__all__ = ["dealing", "gate", "scene"]


@pytest.fixture
def cast(live_server: Live) -> Cast:
    """Return the cast of the portal that is being served, for what the fixtures of deals build on it."""
    return live_server.cast


def _check(page: Page, name: str) -> None:
    shot(page, name)
    assert axe(page) == ""
    assert overflow(page) <= 0


@pytest.mark.parametrize("scripts", [True, False], ids=["script", "no-script"])
def test_a_rep_is_refused_with_a_cure_and_registers_once_it_is_taken(
    live_server: Live, chromium: Browser, dealing: Dealing, scripts: bool
) -> None:
    cast = live_server.cast
    with page_in(chromium, base_url=live_server.url, scripts=scripts) as page:
        live_server.sign_in(page, cast.nils)
        page.goto("/deals")
        page.get_by_role("link", name="Register a deal").first.click()
        page.get_by_label("Customer", exact=True).fill("Lidgate Dairies Ltd")
        page.get_by_label("What it is about").fill("Sixteen cold stores")
        page.get_by_label("Product 1", exact=True).select_option(
            label="Cold-room controller HC-400 (Halden Cold)"
        )
        page.get_by_label("Quantity of product 1").fill("16")
        page.get_by_label("Amount").fill("45,950.00")
        page.get_by_label("Currency").select_option("GBP")
        page.get_by_label("Expected close").fill("2020-01-31")
        page.get_by_role("button", name="Submit for approval").click()
        expect(page.get_by_text("This day is past").first).to_be_visible()
        expect(page.get_by_label("Customer", exact=True)).to_have_value("Lidgate Dairies Ltd")
        troubles_of(page).clear()  # the refusal's status is what was asked for
        close = (clock.now() + timedelta(days=60)).date().isoformat()
        page.get_by_label("Expected close").fill(close)
        page.get_by_role("button", name="Submit for approval").click()
        expect(page.get_by_role("heading", name="Cannot be submitted yet")).to_be_visible()
        expect(page.get_by_role("link", name="Open the course")).to_be_visible()
        expect(page.get_by_text("1 more person who holds")).to_be_visible()


@pytest.mark.parametrize("scripts", [True, False], ids=["script", "no-script"])
def test_enter_in_a_field_keeps_a_deal_as_a_draft_that_nobody_else_is_told_of(
    live_server: Live, chromium: Browser, dealing: Dealing, scripts: bool
) -> None:
    deal_id = dealing.write()
    db.session.remove()
    with page_in(chromium, base_url=live_server.url, scripts=scripts) as page:
        live_server.sign_in(page, live_server.cast.amara)
        page.goto(f"/deals/{deal_id}/edit")
        page.get_by_label("Amount").fill("46,100.00")
        page.get_by_label("Amount").press("Enter")
        expect(page.get_by_text("The draft is saved.")).to_be_visible()
        expect(page.get_by_text("46,100").first).to_be_visible()
    assert dealing.get(deal_id).state is DealState.DRAFT


def test_a_channel_manager_returns_and_approves_beside_the_evidence(
    live_server: Live, chromium: Browser, dealing: Dealing
) -> None:
    cast = live_server.cast
    deal_id = dealing.write()
    dealing.do("submit", deal_id, dealing.amara)
    db.session.remove()
    with page_in(chromium, base_url=live_server.url) as page:
        live_server.sign_in(page, cast.jonas)
        page.goto("/")
        page.get_by_role("link", name="Portside Cold Storage Ltd").click()
        page.get_by_role("button", name="Take into review").click()
        page.get_by_role("button", name="Return", exact=True).click()
        page.get_by_label("What the partner should do").fill("Add the heat-loss figures.")
        page.get_by_role("button", name="Return the deal").click()
        expect(page.get_by_text("The deal is returned.")).to_be_visible()
        assert dealing.get(deal_id).state is DealState.RETURNED
        dealing.review(deal_id)
        db.session.remove()
        page.goto(f"/deals/queue/{deal_id}")
        expect(page.get_by_role("link", name="GH-").first).to_be_visible()
        page.get_by_role("button", name="Approve").dblclick()
        expect(page.get_by_text("The deal is approved.")).to_be_visible()
        page.get_by_role("link", name="Replay the gate’s decision").first.click()
        expect(page.get_by_role("heading", name="The same answer from the stored facts")).to_be_visible()
    assert dealing.get(deal_id).state is DealState.APPROVED


def test_the_palette_leads_to_a_deal(live_server: Live, chromium: Browser, dealing: Dealing) -> None:
    dealing.write()
    db.session.remove()
    with page_in(chromium, base_url=live_server.url) as page:
        live_server.sign_in(page, live_server.cast.amara)
        page.goto("/")
        page.keyboard.press("Control+k")
        page.keyboard.type("portside")
        expect(page.get_by_role("option", name="D-1001 Portside Cold Storage Ltd")).to_be_visible()
        _check(page, "palette")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name="Portside Cold Storage Ltd", level=1)).to_be_visible()


def _world(dealing: Dealing, gate: GateScene) -> dict[str, str]:
    """Store a bit of everything and return the address of each page, by what it shows."""
    cast, certification_id = dealing.cast, gate.scene.certification_id
    with unit_of_work(), acting_as(SYSTEM):
        standing.set_ladder(
            rungs=[
                Rung(key="registered", name="Registered"),
                Rung(
                    key="silver",
                    name="Silver",
                    holders=(HoldersNeed(certification_id=certification_id, title=TITLE, count=1),),
                ),
                Rung(
                    key="gold",
                    name="Gold",
                    holders=(HoldersNeed(certification_id=certification_id, title=TITLE, count=4),),
                    measures=(MeasureNeed(key="deals_won", count=2, days=365),),
                ),
            ]
        )
        standing.restand(partner_ids=[cast.brixham, cast.cardiff, cast.northway], now=clock.now())
    approved = dealing.approved()
    rival = dealing.write(customer_name="Portside Cold Storage Limited")
    dealing.review(rival)
    dafydd = dealing.actor(cast.dafydd, cast.cardiff)
    refused = dealing.write(dafydd, customer_name="Taff Vale Brewery Ltd", customer_domain="taffvale.example")
    outcome = dealing.do("submit", refused, dafydd)
    db.session.remove()
    return {
        "home": "/",
        "deals": "/deals",
        "deal-new": "/deals/new",
        "deal-edit": f"/deals/{refused}/edit",
        "deal-refused": f"/deals/{refused}",
        "deal-approved": f"/deals/{approved}",
        "queue": "/deals/queue",
        "review": f"/deals/queue/{rival}",
        "decision": f"/standing/decisions/{outcome.decision_ids[0]}",
        "standing": f"/standing?partner={cast.cardiff}",
        "partners": "/partners",
        "partner": f"/partners/{cast.brixham}",
        "record": f"/partners/{cast.brixham}/record",
        "gates": "/programme/gates",
        "gate": f"/programme/gates/{cast.cold}",
        "search": "/search?q=portside",
    }


READERS = {
    "deal-new": "dafydd",
    "deal-edit": "dafydd",
    "deal-refused": "dafydd",
    "record": "petra",
    "gates": "petra",
    "gate": "petra",
    "standing": "ruth",
}


def test_every_page_of_selling_is_accessible_and_fits(
    live_server: Live, chromium: Browser, dealing: Dealing, gate: GateScene
) -> None:
    faults = []
    with page_in(chromium, base_url=live_server.url) as page:
        for name, address in _world(dealing, gate).items():
            live_server.sign_in(page, getattr(live_server.cast, READERS.get(name, "jonas")))
            page.goto(address)
            faults += looked_at(page, name)
    assert faults == []
