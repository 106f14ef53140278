"""A trainer puts a bank in order with the keyboard, on a wide page and on a narrow dark one."""

from dataclasses import replace
from typing import Literal

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from lms.kernel.actor import SYSTEM
from lms.kernel.clock import now
from lms.kernel.db import db
from lms.kernel.uow import unit_of_work
from lms.quizzes.bank import queries, service
from lms.quizzes.values import Text
from tests.quizzes.exams import CHECKS, COLD, VALVE, fill_bank
from tests.support.browser import SMALL, WIDE, axe, overflow, page_in, shot
from tests.support.live import Live

pytestmark = pytest.mark.browser


def press(place: Locator, key: str = "Enter") -> None:
    """Use something as somebody without a mouse does."""
    place.focus()
    place.press(key)


def check(page: Page, name: str) -> None:
    shot(page, name)
    assert axe(page) == "", name
    assert overflow(page) <= 0, name


@pytest.mark.parametrize("width, scheme", [(WIDE, "light"), (SMALL, "dark")])
def test_a_trainer_arranges_a_bank_and_compares_two_versions(
    live_server: Live, chromium: Browser, width: int, scheme: Literal["light", "dark"]
) -> None:
    bank_id = fill_bank([replace(VALVE, category=("Safety",)), CHECKS, COLD])
    with unit_of_work(read_only=True):
        valve = queries.pool(bank_id, "safety")[0]
    with unit_of_work():
        service.edit_question(
            question_id=valve,
            question=replace(
                VALVE, category=("Safety",), stem=Text("It opens at **28 bar**. What do you do first?")
            ),
            seen=1,
            actor=SYSTEM,
            now=now(),
        )
    db.session.remove()
    with page_in(chromium, base_url=live_server.url, width=width, scheme=scheme) as page:
        live_server.sign_in(page, live_server.cast.tomas)
        page.goto(f"/author/questions/{bank_id}/folders")
        page.get_by_label("Name of the folder").fill("Electrics")
        page.keyboard.press("Enter")
        expect(page.get_by_text("The folder is made.")).to_be_visible()
        check(page, f"bank-folders-{width}")

        page.goto(f"/author/questions/{bank_id}")
        check(page, f"bank-list-{width}")
        press(page.get_by_role("checkbox", name=f"Select {CHECKS.title}"), "Space")
        press(page.get_by_role("checkbox", name=f"Select {COLD.title}"), "Space")
        expect(page.get_by_text("2 selected")).to_be_visible()
        press(page.get_by_role("button", name="Change what is selected"))
        expect(page.get_by_role("heading", name="Change 2 questions")).to_be_visible()
        page.get_by_label("Folder").select_option(label="Electrics")
        page.get_by_label("Difficulty").select_option("hard")
        press(page.get_by_role("button", name="See what would change"))
        expect(page.get_by_text("2 questions move")).to_be_visible()
        check(page, f"bank-change-{width}")
        press(page.get_by_role("button", name="Change 2 questions"))
        expect(page.get_by_text("2 questions changed.")).to_be_visible()

        press(page.locator(".folder-tree").get_by_role("link", name="Electrics"))
        expect(page.get_by_role("link", name=VALVE.title)).to_be_hidden()
        expect(page.get_by_role("link", name=COLD.title)).to_be_visible()

        page.goto(f"/author/questions/items/{valve}")
        press(page.get_by_role("button", name="Compare"))
        expect(page.get_by_role("heading", name="What changed from version 1 to version 2")).to_be_visible()
        expect(page.locator("ins").first).to_be_visible()
        check(page, f"bank-compared-{width}")

        page.goto(f"/author/questions/items/{valve}/edit")
        seen = page.get_by_role("complementary", name="As a learner sees it")
        press(seen.get_by_role("radio", name="Clear the room."), "Space")
        press(seen.get_by_role("button", name="Check my answer"))
        result = seen.get_by_role("status")
        expect(result).to_be_focused()
        expect(result.get_by_text("Right", exact=True)).to_be_visible()
        page.get_by_label("What is asked").fill("What comes **first**?")
        expect(seen.locator("strong")).to_have_text("first")
        expect(seen.get_by_role("radio", name="Clear the room.")).to_be_checked()
        check(page, f"bank-tried-{width}")
