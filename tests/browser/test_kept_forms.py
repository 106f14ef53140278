"""A session that ends in the middle of a form costs nobody their words: they come back, to who typed them alone."""

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.browser import page_in, troubles_of
from tests.support.live import Live

pytestmark = pytest.mark.browser
CUSTOMER, SUMMARY = "Portside Cold Storage Ltd", "Two rooms at -25 °C, and a third next year"


def type_and_lose(page: Page, live: Live) -> None:
    """Fill in a deal with four rows, and send it once the session is gone."""
    live.sign_in(page, live.cast.amara)
    page.goto(f"{live.url}/deals/new")
    page.get_by_role("button", name="More products").click()
    page.get_by_label("Customer", exact=True).fill(CUSTOMER)
    page.get_by_label("Contact’s job").fill("Buyer")
    page.get_by_label("We sold to this customer before").check()
    page.get_by_label("Summary").fill(SUMMARY)
    page.get_by_label("Quantity of product 4").fill("7")
    page.context.clear_cookies()
    page.get_by_role("button", name="Save draft").click()
    expect(page.get_by_role("heading", name="Not signed in")).to_be_visible()
    troubles_of(page).clear()  # the 401 that this test provoked


def expect_all_back(page: Page) -> None:
    expect(page.get_by_label("Customer", exact=True)).to_have_value(CUSTOMER)
    expect(page.get_by_label("Contact’s job")).to_have_value("Buyer")
    expect(page.get_by_label("We sold to this customer before")).to_be_checked()
    expect(page.get_by_label("Summary")).to_have_value(SUMMARY)
    expect(page.get_by_label("Quantity of product 4")).to_have_value("7")


def test_what_was_typed_comes_back_after_signing_in_with_every_row(
    chromium: Browser, live_server: Live
) -> None:
    with page_in(chromium) as page:
        type_and_lose(page, live_server)
        live_server.sign_in(page, live_server.cast.amara)
        page.goto(f"{live_server.url}/deals/new")
        expect_all_back(page)
        # Once it is back it is the form's alone: another deal begins empty.
        page.goto(f"{live_server.url}/deals/new")
        expect(page.get_by_label("Customer", exact=True)).to_have_value("")


def test_going_back_before_signing_in_loses_nothing(chromium: Browser, live_server: Live) -> None:
    with page_in(chromium) as page:
        live_server.sign_in(page, live_server.cast.amara)
        page.goto(f"{live_server.url}/deals/new")
        page.get_by_label("Customer", exact=True).fill(CUSTOMER)
        page.context.clear_cookies()
        page.get_by_role("button", name="Save draft").click()
        expect(page.get_by_role("heading", name="Not signed in")).to_be_visible()
        troubles_of(page).clear()
        page.go_back()
        expect(page).to_have_url(f"{live_server.url}/sign-in?next=/deals/new")
        live_server.sign_in(page, live_server.cast.amara)
        page.goto(f"{live_server.url}/deals/new")
        expect(page.get_by_label("Customer", exact=True)).to_have_value(CUSTOMER)
        expect(page.get_by_text("What you typed before you were signed out is here again.")).to_be_visible()


def test_nobody_else_finds_what_somebody_typed(chromium: Browser, live_server: Live) -> None:
    with page_in(chromium) as page:
        type_and_lose(page, live_server)
        live_server.sign_in(page, live_server.cast.dafydd)
        page.goto(f"{live_server.url}/deals/new")
        expect(page.get_by_label("Customer", exact=True)).to_have_value("")
        live_server.sign_in(page, live_server.cast.amara)
        page.goto(f"{live_server.url}/deals/new")
        expect_all_back(page)


def test_a_form_that_outlived_its_session_comes_back_filled_when_it_is_opened_again(
    chromium: Browser, live_server: Live
) -> None:
    with page_in(chromium) as page:
        live_server.sign_in(page, live_server.cast.amara)
        page.goto(f"{live_server.url}/deals/new")
        page.get_by_label("Customer", exact=True).fill(CUSTOMER)
        page.context.clear_cookies()
        live_server.sign_in(page, live_server.cast.amara)
        page.get_by_role("button", name="Save draft").click()
        expect(page.get_by_text("This page had been open since before you last signed in")).to_be_visible()
        troubles_of(page).clear()
        page.goto(f"{live_server.url}/deals/new")
        expect(page.get_by_label("Customer", exact=True)).to_have_value(CUSTOMER)


def test_without_scripts_the_way_back_leads_to_what_was_typed(chromium: Browser, live_server: Live) -> None:
    with page_in(chromium, scripts=False) as page:
        live_server.sign_in(page, live_server.cast.amara)
        page.goto(f"{live_server.url}/deals/new")
        page.get_by_label("Customer", exact=True).fill(CUSTOMER)
        page.context.clear_cookies()
        page.get_by_role("button", name="Save draft").click()
        expect(page.get_by_role("heading", name="Not signed in")).to_be_visible()
        troubles_of(page).clear()
        live_server.sign_in(page, live_server.cast.amara)
        page.go_back()
        expect(page.get_by_label("Customer", exact=True)).to_have_value(CUSTOMER)
