"""The main job on a fresh installation, by clicking: from a trainer's files to an accepted deal, and to the expiry."""

import io
import re
import subprocess
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Browser, FrameLocator, Page, expect

from lms.courses import facade as courses
from lms.kernel import clock
from lms.kernel.actor import SYSTEM, acting_as
from lms.kernel.db import db
from lms.kernel.uow import unit_of_work
from lms.portal.deals import facade as deals
from tests.browser import authors, files
from tests.browser.authors import CERTIFICATION
from tests.browser.company import Company
from tests.courses.courses import activities_of, complete
from tests.courses.courses import enrol as enrolled
from tests.support.guests import House, house
from tests.support.needs import need_program

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(360)]

ADMINISTRATOR, PASSWORD = "astrid@halden.example", "twelve small boats"


def _choose(*names: str) -> Callable[[Page], None]:
    def give(page: Page) -> None:
        for name in names:
            page.get_by_label(name, exact=True).check()

    return give


def _write(answer: str) -> Callable[[Page], None]:
    return lambda page: page.get_by_label("Your answer").fill(answer)


def _pair(**pairs: str) -> Callable[[Page], None]:
    def give(page: Page) -> None:
        for stem, option in pairs.items():
            page.get_by_role("combobox", name=stem).select_option(option)

    return give


ANSWERS = {
    "relief valve": _choose("Clear the room."),
    "before power": _choose("Earth", "Polarity"),
    "Superheat": _choose("True"),
    "carbon dioxide": _write("r744"),
    "kelvin": _write("273"),
    "each station": _pair(Compressor="raises pressure", Condenser="gives heat away"),
}


@pytest.fixture
def company(tmp_path: Path, chromium: Browser) -> Iterator[Company]:
    """Yield a fresh installation with people and products in it, and nothing learned, defined or sold."""
    with house(tmp_path) as running:
        with unit_of_work(), acting_as(SYSTEM):
            deals.add_product(code="HC-400", name="Cold-room controller HC-400", brand_id=running.cast.cold)
        _administrator(running)
        found = Company(running, chromium, tmp_path)
        yield found
        assert not found.faults, "\n".join(f"{name}: {fault}" for name, fault in found.faults.items())
        assert not found.troubles, "\n".join(found.troubles)


def _administrator(running: House) -> None:
    """Let the first administrator come as they do: by the command line."""
    running.running.run(
        *("people", "add-administrator", "--email", ADMINISTRATOR, "--name", "Astrid Vik"),
        *("--organisation", "", "--password", PASSWORD),
    )


def test_from_a_trainers_files_to_an_accepted_deal_and_its_expiry(company: Company) -> None:
    try:
        _the_whole_way(company)
    except BaseException:
        company.keep_last()
        raise


def _the_whole_way(company: Company) -> None:
    authors.bring_questions_and_a_course(company)
    authors.define_what_is_asked(company)
    deal_url = _rep_is_refused_and_learns(company)
    code = _rep_shows_the_certificate(company)
    _admin_sees_the_team_and_assigns(company)
    _rep_registers(company, deal_url)
    _channel_manager_decides(company)
    _everyone_was_told(company)
    _one_second_decides(company, code)


def _rep_is_refused_and_learns(company: Company) -> str:
    page = company.page_of(company.house.cast.amara)
    page.goto("/")
    expect(page.get_by_text(CERTIFICATION).first).to_be_visible()
    company.look(page, "home-first")
    page.get_by_role("link", name="Deals", exact=True).click()
    page.get_by_role("link", name="Register a deal").first.click()
    _fill_deal(page, "Portside Cold Storage Ltd", "portside-cold.example")
    company.look(page, "deal-form")
    page.get_by_role("button", name="Submit for approval").click()
    expect(page.get_by_role("heading", name="Cannot be submitted yet: 2 rules are not met")).to_be_visible()
    expect(
        page.get_by_role("heading", name="Any of these makes it pass")
        .or_(page.get_by_text("make it pass"))
        .first
    ).to_be_visible()
    for who in ("You", "Dafydd Pryce"):
        expect(page.locator("#gate").get_by_text(who, exact=True).first).to_be_visible()
    expect(page.locator("#gate").get_by_role("link", name=files.COURSE).first).to_be_visible()
    company.look(page, "deal-refused")
    deal_url = page.url

    page.get_by_role("link", name="Open the course").click()
    company.look(page, "course")
    page.get_by_role("button", name="Start the course").click()
    for lesson in files.LESSONS:
        expect(page.get_by_role("heading", name=lesson, level=1)).to_be_visible()
        company.look(page, f"lesson-{lesson[:4]}")
        page.get_by_role("button", name="Done, next lesson").click()
    _take_the_package(company, page)
    _take_the_exam(company)
    # The very next request: no job has run in between.
    page = company.page_of(company.house.cast.amara)
    page.goto("/certificates")
    expect(page.get_by_role("heading", name="You hold")).to_be_visible()
    expect(page.get_by_role("link", name=CERTIFICATION, exact=True)).to_be_visible()
    company.look(page, "certificates")
    return deal_url


def _take_the_package(company: Company, page: Page) -> None:
    page.get_by_role("link", name="Start", exact=True).click()
    inside = _package(page)
    expect(inside.get_by_role("heading", name="Before you start")).to_be_visible()
    inside.get_by_role("button", name="Next page").click()
    expect(inside.get_by_role("heading", name="Supply")).to_be_visible()
    expect(page.locator("#package-saved")).to_contain_text("Saved at")
    company.look(page, "package")
    playing = page.url
    page.close()  # the telephone rings

    page = company.page_of(company.house.cast.amara)
    page.goto("/")
    page.get_by_role("link", name="Resume lesson").click()
    page.get_by_role("link", name="Go on", exact=True).click()
    assert page.url.partition("?")[0] == playing.partition("?")[0]
    inside = _package(page)
    expect(inside.get_by_text("Page 2 of 3, entry resume")).to_be_visible()
    inside.get_by_role("button", name="Next page").click()
    inside.get_by_role("button", name="I have understood").click()
    expect(inside.get_by_text("Done")).to_be_visible()
    expect(page.locator("#package-saved")).to_contain_text("Saved at")
    page.close()


def _package(page: Page) -> FrameLocator:
    return page.frame_locator("#package").frame_locator("iframe")


def _take_the_exam(company: Company) -> None:
    page = company.page_of(company.house.cast.amara)
    page.goto("/")
    page.get_by_role("link", name="Resume lesson").click()
    expect(page.get_by_role("heading", name=files.EXAM, level=1)).to_be_visible()
    page.get_by_role("link", name="Start", exact=True).click()
    company.look(page, "exam-start")
    page.get_by_role("button", name="Start the exam").click()
    for number in range(1, 7):
        expect(page.get_by_text(f"Question {number} of 6")).to_be_visible()
        asked = page.locator(".question").inner_text()
        (give,) = [act for words, act in ANSWERS.items() if words in asked]
        give(page)
        expect(page.locator("[data-when=saved]")).to_contain_text("Answer saved at ")
        company.look(page, f"exam-{number}")
        page.get_by_role("button", name="Next question" if number < 6 else "Check and finish").last.click()
    page.get_by_role("dialog").get_by_role("button", name="Finish and mark").click()
    expect(page.get_by_role("heading", name="You passed with 100%.")).to_be_visible()
    company.look(page, "exam-result")
    page.close()


def _rep_shows_the_certificate(company: Company) -> str:
    page = company.page_of(company.house.cast.amara)
    page.goto("/certificates")
    with page.expect_download() as download:
        page.get_by_role("link", name=f"PDF: {CERTIFICATION}").click()
    paper = company.folder / "certificate.pdf"
    download.value.save_as(paper)
    told = subprocess.run(
        [need_program("pdftotext", package="poppler-utils"), str(paper), "-"], check=True, capture_output=True
    ).stdout.decode()
    for words in ("Amara Osei", CERTIFICATION, "Brixham Automation", files.COURSE):
        assert words in " ".join(told.split())
    picture = subprocess.run(
        [need_program("pdftoppm", package="poppler-utils"), "-r", "150", "-png", str(paper)],
        check=True,
        capture_output=True,
    ).stdout
    (qr,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(picture)))
    code = qr.text.rpartition("/")[2]
    assert code in told

    customer = company.stranger()
    customer.goto(qr.text)
    expect(customer.get_by_role("heading", name="This certificate is valid")).to_be_visible()
    expect(customer.get_by_text("Amara Osei", exact=True)).to_be_visible()
    assert "@" not in customer.locator("main").inner_text()
    company.look(customer, "verify")
    customer.context.close()
    return code


def _admin_sees_the_team_and_assigns(company: Company) -> None:
    page = company.page_of(company.house.cast.ruth)
    page.goto("/")
    menu = page.get_by_role("navigation", name="Main")
    menu.get_by_role("link", name="Team certifications").click()
    amara = page.get_by_role("row", name=re.compile("Amara Osei"))
    expect(amara.get_by_text("Valid")).to_be_visible()
    dafydd = page.get_by_role("row", name=re.compile("Dafydd Pryce"))
    expect(dafydd.get_by_text("Missing")).to_be_visible()
    company.look(page, "matrix")
    dafydd.get_by_role("link", name=re.compile("Missing")).click()
    expect(page.get_by_role("heading", name="What is missing")).to_be_visible()
    page.get_by_label("Due").fill((clock.now() + timedelta(days=14)).date().isoformat())
    company.look(page, "cell")
    page.get_by_role("button", name="Assign", exact=True).click()
    expect(page.get_by_text("Assigned by Ruth Calloway")).to_be_visible()

    # Dafydd sees it on his home page; what Amara has clicked through above he does without the screen.
    his = company.page_of(company.house.cast.dafydd)
    his.goto("/")
    expect(his.get_by_text("Assigned by your partner admin")).to_be_visible()
    company.look(his, "home-assigned")
    his.close()
    _dafydd_learns(company)
    menu.get_by_role("link", name="Team certifications").click()
    expect(page.get_by_role("row", name=re.compile("Dafydd Pryce")).get_by_text("Valid")).to_be_visible()


def _dafydd_learns(company: Company) -> None:
    person_id = company.house.cast.dafydd
    course = courses.find_course_by_slug("selling-cold-rooms")
    assert course is not None
    enrolment_id = enrolled(person_id, course.id)
    for activity in activities_of(course.id):
        if activity.title == files.EXAM:
            complete(enrolment_id, activity, score="0.92", passed=True)
        else:
            complete(enrolment_id, activity)
    db.session.remove()


def _rep_registers(company: Company, deal_url: str) -> None:
    page = company.page_of(company.house.cast.amara)
    page.goto(deal_url)
    expect(page.get_by_role("heading", name="Ready to be submitted")).to_be_visible()
    company.look(page, "deal-ready")
    page.get_by_role("button", name="Submit for approval").click()
    expect(page.locator("main").get_by_text("Submitted").first).to_be_visible()
    company.look(page, "deal-submitted")
    for name, domain in (
        ("Lidgate Dairies Ltd", "lidgate.example"),
        ("Taff Vale Brewery Ltd", "taffvale.example"),
    ):
        page.goto("/deals")
        page.get_by_role("link", name="Register a deal").first.click()
        _fill_deal(page, name, domain)
        page.get_by_role("button", name="Submit for approval").click()
        expect(page.get_by_role("heading", name=name, level=1)).to_be_visible()
        expect(page.locator("main").get_by_text("Submitted").first).to_be_visible()
    page.close()


def _fill_deal(page: Page, customer: str, domain: str) -> None:
    page.get_by_label("Customer", exact=True).fill(customer)
    page.get_by_label("Web address").fill(domain)
    page.get_by_label("Country").select_option("GB")
    page.get_by_label("What it is about").fill("Eleven cold rooms")
    page.get_by_label("Product 1", exact=True).select_option(
        label="Cold-room controller HC-400 (Halden Cold)"
    )
    page.get_by_label("Quantity of product 1").fill("11")
    page.get_by_label("Amount").fill("36,000.00")
    page.get_by_label("Currency").select_option("GBP")
    page.get_by_label("Expected close").fill((clock.now() + timedelta(days=60)).date().isoformat())


def _channel_manager_decides(company: Company) -> None:
    page = company.page_of(company.house.cast.jonas)
    page.goto("/")
    page.get_by_role("link", name="Deal queue").click()
    company.look(page, "queue")
    for customer, way, label, words, done in (
        ("Portside Cold Storage Ltd", "Approve", "", "", "The deal is approved."),
        (
            "Lidgate Dairies Ltd",
            "Return",
            "What the partner should do",
            "Add the heat-loss figures.",
            "The deal is returned.",
        ),
        (
            "Taff Vale Brewery Ltd",
            "Reject",
            "Reason the partner will read",
            "We sell to this brewery ourselves.",
            "The deal is rejected.",
        ),
    ):
        page.goto("/deals/queue")
        page.get_by_role("link", name=customer).first.click()
        evidence = page.locator("#gate")
        expect(evidence.get_by_text("Amara Osei").first).to_be_visible()
        expect(evidence.get_by_role("link", name=re.compile("GH-")).first).to_be_visible()
        page.get_by_role("button", name="Take into review").click()
        company.look(page, f"review-{way}")
        page.get_by_role("button", name=way, exact=True).click()
        if label:
            page.get_by_label(label).fill(words)
            company.look(page, f"dialog-{way}")
            page.get_by_role("dialog").get_by_role("button", name=f"{way} the deal").click()
        expect(page.get_by_text(done)).to_be_visible()
    page.close()


def _everyone_was_told(company: Company) -> None:
    page = company.page_of(company.house.cast.amara)
    page.goto("/notifications")
    said = page.locator("main")
    wanted = ("Portside Cold Storage Ltd", "Lidgate Dairies Ltd", "Taff Vale Brewery Ltd", CERTIFICATION)
    company.wait(
        page,
        lambda: all(name in said.inner_text() for name in wanted),
        "the rep was not told of everything",
    )
    company.look(page, "notifications")
    page.get_by_role("link", name=re.compile("Taff Vale")).first.click()
    expect(page.get_by_text("We sell to this brewery ourselves.").first).to_be_visible()
    page.close()

    astrid = company.stranger()
    astrid.goto("/")
    astrid.get_by_label("E-mail").fill(ADMINISTRATOR)
    astrid.get_by_label("Password", exact=True).fill(PASSWORD)
    astrid.get_by_role("button", name="Sign in").click()
    astrid.get_by_role("link", name="Mail", exact=True).click()
    rows = astrid.get_by_role("row")

    def letters(to: str, about: str) -> bool:
        return any(to in text and about in text for text in rows.all_inner_texts())

    told = [
        ("amara@example.com", "Portside"),
        ("amara@example.com", "Lidgate"),
        ("amara@example.com", "Taff Vale"),
        ("amara@example.com", CERTIFICATION),
        ("dafydd@example.com", CERTIFICATION),
        ("jonas@example.com", "Portside"),
    ]
    company.wait(astrid, lambda: all(letters(*one) for one in told), f"no letter for one of {told}")
    company.look(astrid, "mail")
    astrid.get_by_role("link", name=re.compile("Taff Vale")).first.click()
    expect(astrid.locator("pre").get_by_text("We sell to this brewery ourselves.")).to_be_visible()
    astrid.context.close()


def _one_second_decides(company: Company, code: str) -> None:
    checked = company.stranger()
    told = checked.request.get(f"/verify/{code}.json").json()
    checked.context.close()
    ends = datetime.fromisoformat(told["expires_at"])
    company.house.stop_clock(ends - timedelta(seconds=1))
    page = company.page_of(company.house.cast.amara, anew=True)
    page.goto("/deals/new")
    _fill_deal(page, "Before Midnight Foods Ltd", "midnight.example")
    page.get_by_role("button", name="Submit for approval").click()
    expect(page.locator("main").get_by_text("Submitted").first).to_be_visible()
    accepted = page.url
    company.house.stop_clock(ends + timedelta(seconds=1))
    page = company.page_of(company.house.cast.amara, anew=True)
    page.goto("/deals/new")
    _fill_deal(page, "After Midnight Foods Ltd", "after.example")
    page.get_by_role("button", name="Submit for approval").click()
    expect(page.get_by_role("heading", name=re.compile("Cannot be submitted yet"))).to_be_visible()
    company.look(page, "deal-expired")
    customer = company.stranger()
    customer.goto(f"/verify/{code}")
    expect(customer.get_by_role("heading", name="This certificate has expired")).to_be_visible()
    company.look(customer, "verify-expired")
    # What was decided one second before still says what it said.
    jonas = company.page_of(company.house.cast.jonas, anew=True)
    jonas.goto(accepted.replace("/deals/", "/deals/queue/"))
    jonas.get_by_role("link", name="Replay the gate’s decision").first.click()
    expect(jonas.get_by_role("heading", name="The same answer from the stored facts")).to_be_visible()
    expect(jonas.locator("main").get_by_text("Yes", exact=True)).to_be_visible()
    company.look(jonas, "replay")
