"""Importing people in a real browser: by keyboard alone, by dragging, on a phone and on a desk, open to all."""

from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from lms.identity import jobs
from lms.kernel.db import db
from tests.support.browser import SMALL, WIDE, axe, overflow, page_in, shot
from tests.support.live import Live

TABLE = (
    "Kennung;E-Mail;Vorname;Name;Firma;Schuhgröße\n"
    "4711;ines@example.org;Ines;Vale;Northway Controls;38\n"
    ";amara@example.com;Amara;Brandt;Cardiff branch of Brixham;40\n"
    "4713;no address;Omar;Said;Northwey;44\n"
)


def worked() -> None:
    """Do what the worker does."""
    db.session.remove()
    jobs.work_on_imports()
    db.session.remove()


def press_until(page: Page, name: str, key: str = "Tab") -> None:
    """Go on with the keyboard until what has the focus is called so."""
    for _step in range(80):
        page.keyboard.press(key)
        if page.evaluate(
            "n => { const a = document.activeElement;"
            " return (a.getAttribute('aria-label') || a.labels?.[0]?.innerText || a.innerText || '').trim() === n }",
            name,
        ):
            return
    raise AssertionError(f"the keyboard does not reach {name!r}")


def drag(page: Page, what: Locator, to: Locator) -> None:
    """Drag as a hand does: with movements in between, once the page is whole: its scripts hear nothing before."""
    page.wait_for_load_state()
    what.hover()
    page.mouse.down()
    box = to.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y - 30, steps=6)
    page.mouse.move(x, y, steps=6)
    page.mouse.up()


def look(page: Page, name: str, faults: list[str]) -> None:
    """Keep a picture; note what keeps people from using the page."""
    shot(page, name)
    if found := axe(page):
        faults.append(f"{name}: {found}")
    if (wide := overflow(page)) > 0:
        faults.append(f"{name}: {wide} px too wide")


@pytest.mark.browser
@pytest.mark.parametrize("width, scheme", [(WIDE, "light"), (SMALL, "dark")])
def test_people_are_imported_by_keyboard_alone(
    live_server: Live, chromium: Browser, tmp_path: Path, width: int, scheme: Literal["light", "dark"]
) -> None:
    faults: list[str] = []
    table = tmp_path / "personal.csv"
    table.write_bytes(TABLE.encode("windows-1252"))
    with page_in(chromium, base_url=live_server.url, width=width, scheme=scheme) as page:
        live_server.sign_in(page, live_server.cast.ada)
        page.goto("/team/people/imports")
        look(page, f"people-imports-empty-{width}", faults)
        press_until(page, "Import people")
        page.keyboard.press("Enter")
        expect(page).to_have_title("Import people · Guildhall")
        page.locator("#file").set_input_files(table)
        look(page, f"people-import-{width}", faults)
        press_until(page, "Look into it")
        page.keyboard.press("Enter")

        expect(page.get_by_role("heading", name="Name the columns")).to_be_visible()
        look(page, f"people-import-columns-{width}", faults)
        expect(page.get_by_label("Kennung")).to_have_value("")
        expect(page.get_by_label("Name", exact=True)).to_have_value("family_name")
        press_until(page, "Kennung")
        page.keyboard.type("External")
        expect(page.get_by_label("Kennung")).to_have_value("external_id")
        press_until(page, "Try every row")
        page.keyboard.press("Enter")

        expect(page.get_by_text("0 of 3 rows")).to_be_visible()
        look(page, f"people-import-checking-{width}", faults)
        worked()
        # The page goes on by itself.
        expect(page.get_by_text("1 row is refused and will not be stored")).to_be_visible()
        expect(page.get_by_text("The nearest is “Northway Controls”.")).to_be_visible()
        look(page, f"people-import-checked-{width}", faults)
        press_until(page, "Store 2 rows")
        page.keyboard.press("Enter")
        look(page, f"people-import-confirm-{width}", faults)
        press_until(page, "Store them")
        page.keyboard.press("Enter")
        expect(page.get_by_text("0 of 2 rows")).to_be_visible()
        worked()
        expect(page.get_by_role("heading", name="The import is done")).to_be_visible()
        look(page, f"people-import-done-{width}", faults)
        page.get_by_role("link", name="Ines Vale").press("Enter")
        expect(page.get_by_text("4711")).to_be_visible()
        page.goto("/team/people/imports")
        look(page, f"people-imports-{width}", faults)
    assert faults == []


@pytest.mark.browser
def test_a_meaning_is_dragged_onto_a_column_and_off_again(
    live_server: Live, chromium: Browser, tmp_path: Path
) -> None:
    table = tmp_path / "personal.csv"
    table.write_text(TABLE, encoding="utf-8")
    with page_in(chromium, base_url=live_server.url, width=WIDE, scheme="light") as page:
        live_server.sign_in(page, live_server.cast.ada)
        page.goto("/team/people/imports/new")
        page.locator("#file").set_input_files(table)
        page.get_by_role("button", name="Look into it").click()
        columns = page.locator("[data-column]")
        drag(page, page.locator("[data-field=external_id]"), columns.nth(0).locator("[data-drop]"))
        expect(page.get_by_label("Kennung")).to_have_value("external_id")
        # A meaning is one column's: where it was before, the column is left out.
        email = page.locator("[data-field=email]")
        drag(page, email, columns.nth(5).locator("[data-drop]"))
        expect(page.get_by_label("Schuhgröße")).to_have_value("email")
        expect(page.get_by_label("E-Mail")).to_have_value("")
        page.get_by_label("E-Mail").select_option("external_id")
        expect(page.get_by_label("Kennung")).to_have_value("")
        expect(columns.nth(1).locator("[data-drop] > [data-field=external_id]")).to_be_visible()
        drag(page, page.locator("[data-field=position]"), columns.nth(0).locator("[data-drop]"))
        drag(page, email, page.locator("[data-meanings]"))
        expect(page.get_by_label("Schuhgröße")).to_have_value("")
        shot(page, "people-import-dragged")
