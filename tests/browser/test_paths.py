"""A path in a real browser: written with the keyboard and by dragging, followed at any width."""

import pytest
from playwright.sync_api import Browser, expect

from lms.courses.curricula.queries import authored
from lms.kernel.uow import unit_of_work
from tests.courses.curricula import finish, stage, write_path, write_small
from tests.support.browser import SMALL, WIDE, axe, overflow, page_in, shot
from tests.support.live import Live

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("width", [WIDE, SMALL])
def test_a_learner_follows_a_path_and_sees_where_they_are(
    live_server: Live, chromium: Browser, width: int
) -> None:
    cast = live_server.cast
    one, two, three = (write_small(name) for name in ("valves", "fans", "logs"))
    write_path(stage("Parts", one), stage("Depth", two, three, needed=1))
    with page_in(chromium, base_url=live_server.url, width=width) as page:
        live_server.sign_in(page, cast.amara)
        page.goto("/paths")
        page.get_by_role("link", name="Loops").press("Enter")
        page.get_by_role("button", name="Follow this path").press("Enter")
        expect(page.get_by_text("You are here")).to_be_visible()
        expect(page.locator("[aria-current=step] h2")).to_contain_text("Parts")
        shot(page, f"path-{width}")
        assert axe(page) == ""
        assert overflow(page) <= 0
        finish(cast.amara, one)
        page.reload()
        expect(page.locator("[aria-current=step] h2")).to_contain_text("Depth")
        page.get_by_role("button", name="Begin the next course").press("Enter")
        expect(page.get_by_role("heading", name="Fans", level=1)).to_be_visible()
        assert axe(page) == ""
        page.goto("/learn")
        expect(page.get_by_text("of 2 stages").first).to_be_visible()


def test_a_trainer_orders_stages_by_keyboard_and_by_dragging(live_server: Live, chromium: Browser) -> None:
    cast = live_server.cast
    curriculum_id = write_path(
        stage("Parts", write_small("valves")), stage("Depth", write_small("fans")), publish=False
    )

    def titles() -> list[str]:
        with unit_of_work(read_only=True):
            return [one.title for one in authored.get_authored(curriculum_id).stages]

    with page_in(chromium, base_url=live_server.url, width=WIDE) as page:
        live_server.sign_in(page, cast.tomas)
        page.goto(f"/author/curricula/{curriculum_id}")
        shot(page, "path-editor")
        assert axe(page) == ""
        page.get_by_role("button", name="Move up: Depth").press("Enter")
        expect(page.locator("[data-key] .row-title").first).to_have_text("Depth")
        assert titles() == ["Depth", "Parts"]
        rows = page.locator("[data-key]")
        with page.expect_response("**/order") as answer, page.expect_navigation():
            rows.nth(0).locator("p.small").drag_to(rows.nth(1).locator("p.small"))
        assert answer.value.status == 204
        expect(page.locator("[data-key] .row-title").first).to_have_text("Parts")
        assert titles() == ["Parts", "Depth"]
        page.get_by_role("link", name="Publish …").press("Enter")
        assert axe(page) == ""
        page.get_by_role("button", name="Publish version 1").press("Enter")
        expect(page.get_by_text("Version 1 is published.")).to_be_visible()
        assert overflow(page) <= 0
