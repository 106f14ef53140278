"""An audience written in a real browser: who is meant shows as one chooses, with and without script, at both widths."""

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.audiences.scene import members, rule, save
from tests.support.browser import looked_at, page_in, troubles_of
from tests.support.live import Live

pytestmark = pytest.mark.browser


def _facet(page: Page, name: str):
    return page.locator(f'[data-facet="{name}"]')


@pytest.mark.parametrize("scripts", [True, False], ids=["script", "no-script"])
def test_a_trainer_chooses_looks_and_saves(live_server: Live, chromium: Browser, scripts: bool) -> None:
    cast = live_server.cast

    def look() -> None:
        if not scripts:
            page.get_by_role("button", name="Show who fits").click()

    with page_in(chromium, base_url=live_server.url, scripts=scripts) as page:
        live_server.sign_in(page, cast.tomas)
        page.goto("/author/audiences")
        page.get_by_role("link", name="Write the first").click()
        expect(page.get_by_text("Nobody chosen yet")).to_be_visible()
        page.get_by_label("Name", exact=True).fill("Technicians for the recall")
        _facet(page, "any.position").get_by_label("Technician").check()
        look()
        expect(page.get_by_text("Technician.", exact=True)).to_be_visible()
        expect(page.locator("#crowd").get_by_text("Dafydd Pryce")).to_be_visible()
        expect(page.get_by_role("status").get_by_text("1 person")).to_be_visible()
        people = _facet(page, "any.people")
        people.get_by_role("searchbox").fill("jonas")
        if scripts:
            people.get_by_role("searchbox").press("Enter")
        else:
            people.get_by_role("button", name="Find").click()
        people.get_by_label("Jonas Weidmann").check()
        look()
        expect(page.get_by_text("Technician; also Jonas Weidmann.")).to_be_visible()
        page.get_by_text("Who is left out").click()
        barred = _facet(page, "none.organisation")
        barred.get_by_label("Cardiff branch of Brixham").check()
        look()
        expect(page.get_by_text("without Cardiff branch of Brixham.")).to_be_visible()
        expect(page.get_by_role("status").get_by_text("1 person")).to_be_visible()
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_text("The audience is saved.")).to_be_visible()
        expect(page.get_by_role("heading", name="Technicians for the recall", level=1)).to_be_visible()
        expect(page.locator("#crowd").get_by_text("Jonas Weidmann").last).to_be_visible()
        page.get_by_role("button", name="Delete").click()
        page.get_by_role("dialog").get_by_role("button", name="Delete").click()
        expect(page.get_by_text("The audience is deleted.")).to_be_visible()


def test_an_audience_is_written_with_the_keyboard_alone(live_server: Live, chromium: Browser) -> None:
    cast = live_server.cast
    with page_in(chromium, base_url=live_server.url) as page:
        live_server.sign_in(page, cast.petra)
        page.goto("/author/audiences/new")
        page.get_by_label("Name", exact=True).focus()
        page.keyboard.type("Reps")
        _facet(page, "any.position").get_by_label("Sales rep").focus()
        page.keyboard.press("Space")
        expect(page.get_by_role("status").get_by_text("1 person")).to_be_visible()
        # What is looked up takes nobody's place: the box that was ticked is still where one is.
        expect(_facet(page, "any.position").get_by_label("Sales rep")).to_be_focused()
        page.get_by_role("button", name="Save").focus()
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name="Reps", level=1)).to_be_visible()


def test_a_ring_is_refused_with_its_names_and_what_was_chosen_stays(
    live_server: Live, chromium: Browser
) -> None:
    cast = live_server.cast
    reps = save("Reps", rule(position=[cast.sales_rep]))
    save("Field", rule(audience=[reps]))
    with page_in(chromium, base_url=live_server.url) as page:
        live_server.sign_in(page, cast.tomas)
        page.goto(f"/author/audiences/{reps}/edit")
        _facet(page, "any.audience").get_by_label("Field").check()
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_text("An audience cannot be made of itself: Reps → Field → Reps.")).to_be_visible()
        expect(_facet(page, "any.audience").get_by_label("Field")).to_be_checked()
        troubles_of(page).clear()  # the refusal's status is what was asked for
    assert members(reps) == {cast.amara}


def test_every_page_of_audiences_is_accessible_and_fits(live_server: Live, chromium: Browser) -> None:
    cast = live_server.cast
    with page_in(chromium, base_url=live_server.url) as page:
        live_server.sign_in(page, cast.tomas)
        page.goto("/author/audiences")
        faults = looked_at(page, "audiences-none")
        reps = save(
            "Reps of Halden Cold, wherever they work", rule(position=[cast.sales_rep], brand=[cast.cold])
        )
        save("Without them", rule(organisation=[cast.brixham], without={"audience": [reps]}))
        for name, address in {
            "list": "/author/audiences",
            "nothing": "/author/audiences?q=zzz",
            "show": f"/author/audiences/{reps}",
            "edit": f"/author/audiences/{reps}/edit",
            "new": "/author/audiences/new",
        }.items():
            page.goto(address)
            faults += looked_at(page, f"audiences-{name}")
    assert faults == []
