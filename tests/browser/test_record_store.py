"""The record store's pages in a real browser: a key made by keyboard, statements filtered, on a phone and on a desk."""

import base64
import json
import urllib.request
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.lrs.calls import statement
from tests.support.browser import SMALL, WIDE, axe, overflow, page_in, shot, troubles_of
from tests.support.live import Live

PEOPLE = ("Amara Osei", "Dafydd Pryce", "Ines Vale", "Omar Said")


def look(page: Page, name: str, faults: list[str]) -> None:
    """Keep a picture; note what keeps people from using the page."""
    shot(page, name)
    if found := axe(page):
        faults.append(f"{name}: {found}")
    if (wide := overflow(page)) > 0:
        faults.append(f"{name}: {wide} px too wide")


def send(url: str, key: str, secret: str) -> None:
    """Store sixty statements as a program does."""
    told = [
        statement(
            actor={
                "name": PEOPLE[one % 4],
                "mbox": f"mailto:{PEOPLE[one % 4].split()[0].lower()}@example.com",
            },
            object={
                "id": f"https://example.com/courses/superheat/{one}",
                "definition": {"name": {"en": f"Reading superheat from a gauge, exercise {one}"}},
            },
        )
        for one in range(60)
    ]
    asked = urllib.request.Request(  # noqa: S310  our own server
        f"{url}/xapi/statements",
        data=json.dumps(told).encode(),
        headers={
            "Authorization": "Basic " + base64.b64encode(f"{key}:{secret}".encode()).decode(),
            "X-Experience-API-Version": "1.0.3",
            "Content-Type": "application/json",
        },
    )
    with urllib.request.urlopen(asked, timeout=20) as answer:  # noqa: S310  our own server
        assert answer.status == 200


@pytest.mark.browser
@pytest.mark.parametrize("width, scheme", [(WIDE, "light"), (SMALL, "dark")])
def test_a_key_is_made_by_keyboard_and_what_comes_with_it_is_found(
    live_server: Live, chromium: Browser, width: int, scheme: Literal["light", "dark"]
) -> None:
    faults: list[str] = []
    with page_in(chromium, base_url=live_server.url, width=width, scheme=scheme) as page:
        live_server.sign_in(page, live_server.cast.ada)
        page.goto("/admin/statements")
        look(page, f"statements-empty-{width}", faults)
        page.goto("/admin/keys")
        look(page, f"keys-empty-{width}", faults)
        page.get_by_role("main").get_by_role("link", name="New key").first.press("Enter")
        page.get_by_label("Name of the source").press_sequentially("Cold store simulator")
        page.get_by_label("Read the statements it stored itself").press("Space")
        page.get_by_label("Read all statements").press("Space")
        look(page, f"key-new-{width}", faults)
        page.get_by_label("Name of the source").press("Enter")
        expect(page.get_by_role("heading", level=1)).to_have_text("Key of Cold store simulator")
        look(page, f"key-made-{width}", faults)
        _address, key, secret = page.get_by_role("main").locator("dd code").all_inner_texts()
        send(live_server.url, key, secret)
        page.goto("/admin/statements")
        look(page, f"statements-{width}", faults)
        page.get_by_role("link", name="Next").press("Enter")
        expect(page.get_by_role("link", name="Previous")).to_be_visible()
        page.get_by_label("Who").fill("ines@example.com")
        page.get_by_label("Who").press("Enter")
        expect(page.get_by_role("rowheader", name="Ines Vale")).to_have_count(15)
        page.get_by_role("main").locator("tbody a").first.press("Enter")
        expect(page.get_by_label("The statement as JSON")).to_contain_text(
            '"mbox": "mailto:ines@example.com"'
        )
        look(page, f"statement-{width}", faults)
        page.goto("/admin/keys")
        look(page, f"keys-{width}", faults)
        page.get_by_role("button", name="Revoke the key of Cold store simulator").press("Enter")
        look(page, f"key-revoke-{width}", faults)
        page.get_by_role("dialog").get_by_role("button", name="Revoke").press("Enter")
        expect(page.get_by_role("main")).to_contain_text("Revoked")
    assert faults == []


@pytest.mark.browser
def test_the_list_follows_what_is_typed_and_what_comes_in_and_keeps_both_when_the_network_is_gone(
    live_server: Live, chromium: Browser
) -> None:
    with page_in(chromium, base_url=live_server.url, width=WIDE, scheme="light") as page:
        live_server.sign_in(page, live_server.cast.ada)
        page.goto("/admin/keys/new")
        page.get_by_label("Name of the source").fill("Cold store simulator")
        page.get_by_label("Everything").check()
        page.get_by_label("Name of the source").press("Enter")
        _address, key, secret = page.get_by_role("main").locator("dd code").all_inner_texts()
        page.goto("/admin/statements")
        rows = page.get_by_role("rowheader")
        expect(rows).to_have_count(0)
        send(live_server.url, key, secret)
        expect(rows).not_to_have_count(0, timeout=15_000)
        page.get_by_label("Who").press_sequentially("ines@example.com")
        expect(page.get_by_role("rowheader", name="Ines Vale")).to_have_count(15)
        expect(rows).to_have_count(15)
        expect(page.get_by_label("Who")).to_be_focused()
        expect(page.locator("form[data-live] [role=status]")).to_have_text("15 statements on this page")
        assert "actor=ines" in page.url
        page.context.set_offline(True)
        page.get_by_label("Who").fill("omar@example.com")
        page.wait_for_timeout(800)
        expect(rows).to_have_count(15)
        page.context.set_offline(False)
        troubles_of(page).clear()
        page.get_by_label("Who").fill("dafydd@example.com")
        expect(page.get_by_role("rowheader", name="Dafydd Pryce")).to_have_count(15)
        page.reload()
        expect(page.get_by_role("rowheader", name="Dafydd Pryce")).to_have_count(15)
