"""Identity's pages in a real browser: legible to all, never wider than the screen, of use without a mouse or script."""

import re

import pytest
from playwright.sync_api import Browser, expect
from sqlalchemy import select

from lms.identity import facade as identity
from lms.identity import service
from lms.kernel import clock, mail, outbox
from lms.kernel.actor import SYSTEM, Role, Scope, acting_as
from lms.kernel.db import db
from lms.kernel.mail import Mail
from lms.kernel.uow import unit_of_work
from tests.support.browser import axe, looked_at, page_in
from tests.support.live import Live


@pytest.fixture
def busy(live_server: Live) -> Live:
    """Return a portal where something has happened: people suspended and moved, letters, a failed delivery."""
    cast, now = live_server.cast, clock.now()
    with unit_of_work(), acting_as(SYSTEM):
        service.suspend(person_id=cast.dafydd, actor=SYSTEM, now=now)
        identity.employ(
            person_id=cast.amara,
            organisation_id=cast.cardiff,
            position_id=cast.technician,
            region_id=None,
            now=now,
        )
        identity.grant_role(
            person_id=cast.amara,
            role=Role.PARTNER_ADMIN,
            scope=Scope(organisation_roots=frozenset({cast.cardiff})),
            actor=SYSTEM,
            now=now,
        )
        ines = identity.add_person(
            email="ines.a.very.long.address.indeed@subsidiary.brixham-automation.example",
            name="Inés María de la Concepción Carrasco y Valdés",
            now=now,
            locale="de",
        )
        identity.employ(
            person_id=ines, organisation_id=cast.brixham, position_id=None, region_id=None, now=now
        )
        service.invite(person_id=ines, actor=SYSTEM, now=now)
        mail.send(to="ruth@example.com", subject="Broken", text="Hello\n", html="<p>Hello</p>", language="en")
        db.session.flush()
        broken = mail.list_mails_to("ruth@example.com", limit=1)[0]
        broken.state, broken.last_error = mail.MailState.FAILED, "SMTPServerDisconnected: connection lost"
        outbox.store("CourseCompleted", {}, ["lms.certificates.handlers.on_course_completed"])
        delivery = db.session.scalars(select(outbox.OutboxDelivery)).one()
        delivery.state, delivery.attempts = outbox.DeliveryState.FAILED, 12
        delivery.last_error = "OperationalError: the database was not there"
    return live_server


def invitation_of(live: Live) -> str:
    """Return the path of the invitation that the fixture sent."""
    with unit_of_work(read_only=True):
        letter = db.session.scalars(select(Mail).where(Mail.text.contains("/invitation/"))).one()
        found = re.search(r"/invitation/[\w-]+", letter.text)
    assert found
    return found[0]


def pages_of(live: Live) -> dict[str, str | None]:
    """Return each page with who looks at it; None is nobody."""
    cast = live.cast
    with unit_of_work(read_only=True):
        letter = db.session.scalars(select(Mail.id).where(Mail.text.contains("/invitation/"))).one()
    return {
        "/sign-in": None,
        "/reset": None,
        "/reset/sent": None,
        "/reset/used-up": None,
        invitation_of(live): None,
        "/account": "ruth",
        "/team/people": "ruth",
        "/team/people/new": "ruth",
        f"/team/people/{cast.amara}": "ruth",
        "/admin/": "ada",
        "/admin/people": "ada",
        f"/admin/people/{cast.amara}": "ada",
        "/admin/people?q=nobody+at+all": "ada",
        "/admin/audit": "ada",
        "/admin/mail": "ada",
        f"/admin/mail/{letter}": "ada",
        "/admin/system": "ada",
    }


@pytest.mark.browser
@pytest.mark.parametrize("locale", ["en", "ar"])
def test_every_page_of_identity_is_open_to_all_and_fits_its_screen(
    busy: Live, chromium: Browser, locale: str
) -> None:
    faults = []
    for path, name in pages_of(busy).items():
        with page_in(chromium, base_url=busy.url, locale=locale) as page:
            if name is not None:
                busy.sign_in(page, getattr(busy.cast, name))
            page.context.add_cookies([{"name": "locale", "value": locale, "url": busy.url}])
            page.goto(path)
            plain = re.sub(r"[0-9a-f-]{36}|(?<=invitation/).*", "x", path)
            faults += looked_at(page, f"identity{plain}-{name}-{locale}")
            if path == "/reset/used-up":
                page.troubles.clear()  # type: ignore[attr-defined]  # its 410 is what the page is about
    assert faults == []


@pytest.mark.browser
@pytest.mark.parametrize("scripts", [True, False])
def test_a_visitor_of_the_demo_enters_with_one_click_and_leaves_again(
    live_server: Live, chromium: Browser, *, scripts: bool
) -> None:
    with page_in(chromium, base_url=live_server.url, scripts=scripts) as page:
        page.goto("/sign-in?next=/account")
        page.get_by_role("button", name="Ruth Calloway").click()
        expect(page.get_by_role("heading", name="Your account")).to_be_visible()
        page.get_by_role("button", name="Account and appearance").click()
        page.get_by_role("button", name="Sign out", exact=True).click()
        expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


@pytest.mark.browser
def test_an_invited_person_chooses_a_password_and_is_in(busy: Live, chromium: Browser) -> None:
    with page_in(chromium, base_url=busy.url) as page:
        page.goto(invitation_of(busy))
        page.get_by_label("New password", exact=True).fill("password1234")
        page.get_by_role("button", name="Begin").click()
        expect(page.get_by_text("among the first that guessers try")).to_be_visible()
        page.troubles.clear()  # type: ignore[attr-defined]  # the 422 that was provoked
        page.get_by_label("New password", exact=True).fill("a lantern over wet stones")
        page.get_by_role("button", name="Begin").click()
        page.wait_for_url(busy.url + "/")
        page.troubles.clear()  # type: ignore[attr-defined]  # home is another feature's
        page.goto("/account")  # in the language she was entered with
        expect(page.get_by_role("heading", name="Ihr Konto")).to_be_visible()


@pytest.mark.browser
def test_an_administrator_erases_a_person_only_after_typing_the_address(
    busy: Live, chromium: Browser
) -> None:
    with page_in(chromium, base_url=busy.url) as page:
        busy.sign_in(page, busy.cast.ada)
        page.goto(f"/admin/people/{busy.cast.amara}")
        page.get_by_text("Give a role").click()
        expect(page.get_by_label("Within a region")).to_be_visible()
        page.get_by_role("button", name="Erase", exact=True).click()
        assert axe(page) == ""
        page.get_by_label("Type the person’s address").fill("ruth@example.com")
        page.get_by_role("button", name="Erase for good").click()
        expect(page.get_by_role("alert").get_by_text("Nothing was erased")).to_be_visible()
        page.troubles.clear()  # type: ignore[attr-defined]  # the 422 that was provoked
        page.get_by_role("button", name="Erase", exact=True).click()
        page.get_by_label("Type the person’s address").fill("amara@example.com")
        page.get_by_role("button", name="Erase for good").click()
        expect(page.get_by_role("heading", name="Erased person")).to_be_visible()


@pytest.mark.browser
def test_theme_and_language_hold_from_page_to_page(live_server: Live, chromium: Browser) -> None:
    with page_in(chromium, base_url=live_server.url) as page:
        page.goto("/sign-in")
        page.get_by_role("button", name="Appearance and language").click()
        # The page changes at once; the next one can only be dark once the server has heard of it.
        with page.expect_response("**/preferences/theme"):
            page.get_by_role("button", name="Dark").click()
        expect(page.locator("html[data-theme=dark]")).to_have_count(1)
        page.goto("/reset")
        expect(page.locator("html[data-theme=dark]")).to_have_count(1)
        page.get_by_role("button", name="Appearance and language").click()
        page.get_by_role("button", name="العربية").click()
        expect(page.locator("html[dir=rtl][lang=ar]")).to_have_count(1)
        assert page.url.endswith("/reset")
