"""A certification in a real browser: its tree is drawn with the keyboard, and practice is logged and counts."""

import time

import pytest
from playwright.sync_api import Browser, Route, expect

from lms.certificates import facade as certificates
from lms.certificates.values import AllOf, CertificationId, DeedKey, HoursPractised, ItemGiven, Rule, Words
from lms.courses import facade as courses
from lms.kernel import clock
from lms.kernel.actor import SYSTEM, acting_as
from lms.kernel.db import new_id
from lms.kernel.uow import unit_of_work
from tests.courses.courses import write_course
from tests.support.browser import SMALL, WIDE, axe, looked_at, overflow, page_in
from tests.support.live import Live
from tests.support.portal import Cast

pytestmark = pytest.mark.browser


def define(cast: Cast) -> CertificationId:
    with unit_of_work(), acting_as(SYSTEM):
        return certificates.define_certification(
            certification_id=CertificationId(new_id()),
            words=Words(
                code="HC-CE",
                title="Commissioning Engineer",
                glyph="wrench",
                description="Commissions plants alone.",
                brand_id=cast.cold,
                needed_by=frozenset({cast.sales_rep}),
            ),
            rule=Rule(
                AllOf(
                    (
                        HoursPractised(DeedKey(new_id()), "Site work", 4),
                        ItemGiven(DeedKey(new_id()), "Site audit passed"),
                    )
                ),
                12,
                60,
                30,
            ),
            actor=SYSTEM,
            now=clock.now(),
        )


def test_a_tree_is_drawn_with_the_keyboard_and_read_as_a_sentence(
    live_server: Live, chromium: Browser
) -> None:
    write_course("cold-loops")
    with page_in(chromium, base_url=live_server.url, width=WIDE) as page:
        live_server.sign_in(page, live_server.cast.petra)
        page.goto("/programme/certifications/new")
        tree = page.locator("[data-tree=tree]")
        tree.get_by_role("textbox", name="Find a course").fill("loops")
        tree.get_by_role("textbox", name="Find a course").press("Enter")
        tree.get_by_role("button", name="Add: Cold loops").press("Enter")
        expect(page.locator("[data-sentence]")).to_contain_text("Finish “Cold loops”")
        tree.get_by_role("button", name="Some of …").press("Enter")
        expect(tree.get_by_role("combobox", name="How many of what stands in line 3")).to_be_visible()
        tree.get_by_role("textbox", name="Something else").fill("Site work")
        tree.get_by_role("combobox", name="Where the next line goes").select_option(
            label="the group in line 3"
        )
        tree.get_by_role("button", name="Hours of practice").press("Enter")
        expect(tree.get_by_role("spinbutton", name="Hours of “Site work”")).to_have_value("8")
        tree.get_by_role("spinbutton", name="Hours of “Site work”").fill("12")
        expect(page.locator("[data-sentence]")).to_contain_text("practise “Site work” for 12 hours")
        tree.get_by_role("textbox", name="Something else").fill("Site audit passed")
        tree.get_by_role("button", name="Given by a trainer").press("Enter")
        tree.get_by_role("button", name="Move up: Site audit passed").press("Enter")
        expect(tree.get_by_role("button", name="Move down: Site audit passed")).to_be_visible()
        assert page.url.endswith("/new")
        assert looked_at(page, "certification-tree") == []
        page.get_by_role("textbox", name="Title", exact=True).fill("Site Engineer")
        page.get_by_role("textbox", name="Code").fill("HC-SE")
        page.get_by_role("textbox", name="What it proves").fill("Works alone.")
        page.get_by_role("button", name="Define").press("Enter")
        expect(page.get_by_text("“Site Engineer” is defined.")).to_be_visible()
    with unit_of_work(read_only=True):
        (found,) = certificates.list_certifications()
        assert isinstance(found.rule.requirement, AllOf)
        assert courses.list_published()[0].title == "Cold loops"


def test_what_is_typed_while_the_tree_is_exchanged_stays(live_server: Live, chromium: Browser) -> None:
    certification_id = define(live_server.cast)
    with page_in(chromium, base_url=live_server.url, width=WIDE) as page:
        live_server.sign_in(page, live_server.cast.petra)
        page.goto(f"/programme/certifications/{certification_id}")
        tree = page.locator("[data-tree=tree]")
        hours = tree.get_by_label("Hours of “Site work”")
        other = tree.get_by_label("Something else")

        def slowly(route: Route) -> None:
            time.sleep(0.4)
            route.continue_()

        page.route("**/programme/certifications/*", slowly)
        hours.fill("7")
        tree.get_by_role("button", name="Move down: Site work").click()
        other.press_sequentially("A second audit", delay=10)
        title = page.get_by_label("Title", exact=True)
        expect(tree.locator(".ruletree-line").nth(1)).to_contain_text("Site audit passed")
        expect(hours).to_have_value("7")
        expect(other).to_have_value("A second audit")
        expect(other).to_be_focused()
        tree.get_by_role("button", name="Given by a trainer").click()
        title.fill("Commissioning Engineer II")
        hours.fill("12")
        expect(tree.locator(".ruletree-line")).to_have_count(4)
        expect(tree.locator(".ruletree-line").nth(3)).to_contain_text("A second audit")
        expect(hours).to_have_value("12")
        expect(title).to_have_value("Commissioning Engineer II")
        # Two steps at once come one after the other, each of the line it was meant for.
        page.evaluate(
            """() => ["Move up: A second audit", "Remove: Site work"].forEach(
                (name) => document.querySelector(`[data-tree=tree] [aria-label="${name}"]`).click())"""
        )
        expect(tree.locator(".ruletree-line")).to_have_count(3)
        expect(tree).to_contain_text("A second audit")
        expect(tree).not_to_contain_text("Site work")


@pytest.mark.parametrize("width", [WIDE, SMALL])
def test_practice_is_logged_and_approved(live_server: Live, chromium: Browser, width: int) -> None:
    wanted = define(live_server.cast)
    with page_in(chromium, base_url=live_server.url, width=width) as page:
        live_server.sign_in(page, live_server.cast.amara)
        page.goto(f"/certificates/{wanted}/practice")
        page.get_by_role("spinbutton", name="Hours").fill("4")
        page.get_by_role("textbox", name="What was done").fill("Plant 7, seen by K. Berg.")
        page.get_by_role("button", name="Log it").press("Enter")
        expect(page.get_by_text("Waits for a trainer")).to_be_visible()
        assert axe(page) == ""
        assert overflow(page) <= 0
    with page_in(chromium, base_url=live_server.url, width=width) as page:
        live_server.sign_in(page, live_server.cast.tomas)
        page.goto("/author/practice")
        assert axe(page) == ""
        assert overflow(page) <= 0
        page.get_by_role("button", name="Approve: Amara Osei, Site work").press("Enter")
        expect(page.get_by_text("Approved: Site work counts.")).to_be_visible()
        page.goto(f"/team/certifications/{live_server.cast.amara}/{wanted}/proofs")
        assert axe(page) == ""
        assert overflow(page) <= 0
        page.get_by_role("combobox", name="What is given").select_option(label="Site audit passed")
        page.get_by_role("textbox", name="Reason").fill("Passed on plant 7.")
        page.get_by_role("button", name="Give it").press("Enter")
        expect(page.get_by_text("Given, and on record.")).to_be_visible()
    with unit_of_work(read_only=True):
        assert certificates.holdings(
            people=[live_server.cast.amara], certification_ids=[wanted], at=clock.now()
        )
