"""Choices up to a limit, a number on a slider and words in a text, in a real browser: by keyboard, offline, small."""

from decimal import Decimal

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from lms.kernel.db import db
from lms.kernel.uow import unit_of_work
from lms.quizzes.attempts.models import SlotRow
from lms.quizzes.bank import queries
from lms.quizzes.kinds.choices import Choice
from lms.quizzes.kinds.multiple_choice import MultipleChoice
from lms.quizzes.kinds.numeric import Numeric, NumericAnswer, Slider
from lms.quizzes.values import Draw, Layout, Question, Text
from tests.quizzes.exams import FOUND, enrol, fill_bank, set_up_exam
from tests.support.browser import looked_at, page_in, troubles_of
from tests.support.live import Live

pytestmark = pytest.mark.browser
HALF = Decimal("0.5")
LIMITED = Question(
    title="Two of them",
    stem=Text("Which two of these burn at <math><msub><mi>T</mi><mn>0</mn></msub></math>?"),
    body=MultipleChoice(
        (
            Choice("a", Text("Propane"), HALF),
            Choice("b", Text("Ammonia"), HALF),
            Choice("c", Text("Carbon dioxide")),
            Choice("d", Text("Water, <math><mi>H</mi></math>")),
        ),
        most=2,
    ),
)
SET = Question(
    title="Superheat",
    stem=Text("How many kelvin of superheat are usual?"),
    body=Numeric((NumericAnswer("a", Decimal(6), Decimal(1)),), slider=Slider(Decimal(0), Decimal(20))),
)


def begin(live: Live, page: Page) -> None:
    bank_id = fill_bank((LIMITED, SET, FOUND))
    with unit_of_work(read_only=True):
        draws = [Draw(question_id=one) for one in queries.pool(bank_id, "")]
    course_id, exam = set_up_exam(draws, layout=Layout.ALL)
    enrol(live.cast.amara, course_id)
    db.session.remove()
    live.sign_in(page, live.cast.amara)
    page.goto(f"{live.url}/learn/exams/{exam.id}/start")
    page.get_by_role("button", name="Start the exam").press("Enter")
    expect(page.get_by_role("checkbox", name="Propane")).to_be_visible()


def kept() -> list[object]:
    """Return what the server keeps of each answer."""
    with unit_of_work(read_only=True):
        rows = db.session.scalars(select(SlotRow).order_by(SlotRow.number)).all()
        return [(row.given or {}).get("keys") or (row.given or {}).get("text") for row in rows]


def answer(page: Page) -> None:
    for name in ("Propane", "Ammonia"):
        page.get_by_role("checkbox", name=name).press("Space")
    slider = page.get_by_role("slider")
    expect(slider).to_have_attribute("aria-valuetext", "not set yet")
    slider.focus()
    for _step in range(4):
        slider.press("ArrowLeft")
    page.get_by_role("radio", name="fills").press("Space")


def test_limits_sliders_and_words_are_answered_by_keyboard_through_a_lost_network(
    chromium: Browser, live_server: Live
) -> None:
    with page_in(chromium) as page:
        begin(live_server, page)
        page.context.set_offline(True)
        answer(page)
        expect(page.locator("[data-when=waiting]")).to_be_visible()
        expect(page.get_by_role("checkbox", name="Water")).to_be_disabled()
        expect(page.get_by_text("2 of 2 chosen: take one back to choose another.")).to_be_visible()
        expect(page.get_by_label("Your answer", exact=True)).to_have_value("6")
        page.context.set_offline(False)
        expect(page.locator("[data-when=saved]")).to_contain_text("Answer saved at ")
        troubles_of(page).clear()  # the failed requests that this test provoked
        # Three answers were waiting: the page goes on once the last of them is kept.
        page.get_by_role("button", name="Check and finish").press("Enter")
        expect(page.get_by_role("dialog")).to_be_visible()
        assert kept() == [["a", "b"], "6", ["b"]]
        page.reload()
        expect(page.get_by_role("checkbox", name="Water")).to_be_disabled()
        expect(page.get_by_role("slider")).to_have_value("6")
        expect(page.get_by_role("radio", name="fills")).to_be_checked()
        expect(page.locator("math msub")).to_be_visible()
        page.get_by_role("checkbox", name="Ammonia").press("Space")
        expect(page.get_by_role("checkbox", name="Water")).to_be_enabled()
        page.get_by_label("Your answer", exact=True).fill("7")
        expect(page.get_by_role("slider")).to_have_value("7")
        assert looked_at(page, "within-limits") == []


def test_without_script_they_are_forms(chromium: Browser, live_server: Live) -> None:
    with page_in(chromium, scripts=False) as page:
        begin(live_server, page)
        expect(page.get_by_role("slider")).to_have_count(0)
        for name in ("Propane", "Ammonia"):
            page.get_by_role("checkbox", name=name).check()
        page.get_by_label("Your answer", exact=True).fill("6")
        page.get_by_role("radio", name="fills").check()
        page.get_by_role("button", name="Check and finish").click()
        assert kept() == [["a", "b"], "6", ["b"]]


@pytest.mark.parametrize("locale", ["en", "ar"])
def test_they_fit_and_are_accessible_for_authors_too(
    live_server: Live, chromium: Browser, locale: str
) -> None:
    with page_in(chromium) as page:
        page.context.add_cookies([{"name": "locale", "value": locale, "url": live_server.url}])
        bank_id = fill_bank((LIMITED, SET, FOUND))
        db.session.remove()
        live_server.sign_in(page, live_server.cast.tomas)
        with unit_of_work(read_only=True):
            listed = queries.pool(bank_id, "")
        db.session.remove()
        faults = []
        for number, question in enumerate(listed):
            for name in ("?solve=1", "/edit"):
                page.goto(f"{live_server.url}/author/questions/items/{question}{name}")
                faults += looked_at(page, f"within-limits-{locale}-{number}{name[1]}")
        assert faults == []
