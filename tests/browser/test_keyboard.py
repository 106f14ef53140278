"""The manufacturer's own people at their main job without a mouse: by Tab, and never under something else."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from lms.kernel.db import db
from tests.certificates.scene import Scene, scene
from tests.portal.dealing import Dealing, dealing
from tests.portal.scene import GateScene, gate
from tests.support.browser import SMALL, WIDE, axe, page_in, shot
from tests.support.live import Live
from tests.support.portal import Cast

pytestmark = pytest.mark.browser

__all__ = ["dealing", "gate", "scene"]

FARTHEST = 60
"""Whoever has to press Tab more often than this gives up."""
FOCUSED = """() => {
  const at = document.activeElement;
  if (!at || at === document.body) return {name: "", seen: true};
  const name = at.getAttribute("aria-label") || at.labels?.[0]?.innerText || at.innerText || "";
  const box = at.getBoundingClientRect();
  const over = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
  const seen = !over || at.contains(over) || over.contains(at) || !!at.labels?.[0]?.contains(over);
  return {name: name.replace(/\\s+/g, " ").trim(), seen};
}"""


@pytest.fixture
def cast(live_server: Live) -> Cast:
    """Return the cast of the portal that is being served."""
    return live_server.cast


def tab_to(page: Page, name: str) -> None:
    """Press Tab until what is called `name` has the focus; nothing on the way may be covered by something else."""
    covered, passed = [], []
    for _press in range(FARTHEST):
        page.keyboard.press("Tab")
        at = page.evaluate(FOCUSED)
        passed.append(at["name"])
        if not at["seen"]:
            covered.append(at["name"])
        if re.match(rf"{re.escape(name)}( optional)?$", at["name"]):
            assert covered == [], f"on the way to {name}"
            return
    raise AssertionError(f"{FARTHEST} times Tab and no {name}, but {passed}")


def fill_in(page: Page, fields: dict[str, str]) -> None:
    """Type into fields, and choose in lists by typing what they begin with, each reached by Tab from the one before."""
    for name, text in fields.items():
        tab_to(page, name)
        if page.evaluate("document.activeElement.matches('input:not([type=checkbox]), textarea')"):
            page.keyboard.press("Control+A")
        page.keyboard.type(text)


def press(page: Page, name: str, key: str = "Enter") -> None:
    tab_to(page, name)
    page.keyboard.press(key)


def test_a_programme_manager_defines_a_certification_and_a_gate_by_keyboard(
    live_server: Live, chromium: Browser, scene: Scene
) -> None:
    with page_in(chromium, base_url=live_server.url) as page:
        live_server.sign_in(page, live_server.cast.petra)
        db.session.remove()
        page.goto("/")
        press(page, "Certifications")
        expect(page.get_by_role("heading", name="Certifications", level=1)).to_be_visible()
        press(page, "Skip to content")
        press(page, "Define a certification")
        expect(page.get_by_role("heading", name="Define a certification", level=1)).to_be_visible()
        press(page, "Skip to content")
        fill_in(page, {"Title": "Leak Detection", "Code": "HC-LD", "Brand": "Halden Cold", "Glyph": "Drop"})
        fill_in(page, {"What it proves": "Finds a leak and mends it."})
        tab_to(page, "Find a course, exam, live session or certification optional")
        page.keyboard.type("Refrigeration")
        page.keyboard.press("Enter")
        expect(page.get_by_role("button", name="Add: Refrigeration Control", exact=True)).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.locator("[data-sentence]")).to_contain_text("Finish “Refrigeration Control”")
        press(page, "Define")
        expect(page.get_by_text("“Leak Detection” is defined.")).to_be_visible()
        shot(page, "keyboard-certification")
        press(page, "Gates")
        expect(page.get_by_role("heading", name="Gates", level=1)).to_be_visible()
        press(page, "Skip to content")
        press(page, "Define a rule for Halden Cold")
        expect(page.get_by_role("heading", name="Gate for Halden Cold", level=1)).to_be_visible()
        press(page, "Skip to content")
        fill_in(page, {"Name": "Leaks first", "The submitter holds": "Leak Detection"})
        press(page, "Put in force")
        expect(page.get_by_text("The submitter holds Leak Detection").first).to_be_visible()
        shot(page, "keyboard-gate")


def test_an_administrator_invites_a_person_and_gives_a_role_by_keyboard(
    live_server: Live, chromium: Browser
) -> None:
    with page_in(chromium, base_url=live_server.url) as page:
        live_server.sign_in(page, live_server.cast.ada)
        db.session.remove()
        page.goto("/admin/people")
        press(page, "Skip to content")
        press(page, "Invite somebody")
        expect(page.get_by_role("heading", name="Invite somebody", level=1)).to_be_visible()
        press(page, "Skip to content")
        fill_in(page, {"Name": "Iris Vogel", "E-mail": "iris@example.com", "Organisation": "Brixham"})
        press(page, "Send the invitation")
        expect(page.get_by_role("heading", name="Iris Vogel", level=1)).to_be_visible()
        press(page, "Skip to content")
        press(page, "Give a role")
        fill_in(page, {"Role": "Partner admin", "Within an organisation": "Brixham"})
        press(page, "Give this role")
        expect(page.get_by_role("button", name="Withdraw Partner admin")).to_be_visible()
        shot(page, "keyboard-role")
        assert axe(page) == ""


@pytest.mark.parametrize("width", [WIDE, SMALL])
def test_what_the_portal_says_after_a_step_covers_no_button_of_the_next(
    live_server: Live, chromium: Browser, dealing: Dealing, gate: GateScene, width: int
) -> None:
    deal_id = dealing.write()
    dealing.do("submit", deal_id, dealing.amara)
    db.session.remove()
    with page_in(chromium, base_url=live_server.url, width=width) as page:
        live_server.sign_in(page, live_server.cast.jonas)
        page.goto(f"/deals/queue/{deal_id}")
        page.get_by_role("button", name="Take into review").click()
        said = page.get_by_text("The deal is yours to decide.")
        expect(said).to_be_in_viewport()
        shot(page, f"toast-{width}")
        covering = page.evaluate(
            """() => {
              const toast = document.querySelector(".toast").getBoundingClientRect();
              const meets = (box) => box.width && box.left < toast.right && box.right > toast.left
                && box.top < toast.bottom && box.bottom > toast.top;
              return [...document.querySelectorAll("main a, main button")].filter((one) => !one.closest(".toast"))
                .filter((one) => meets(one.getBoundingClientRect())).map((one) => one.innerText);
            }"""
        )
        assert covering == []
        page.get_by_role("button", name="Dismiss").click()
        expect(said).to_have_count(0)
