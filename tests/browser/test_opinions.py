"""Opinions are given in a real browser: by keyboard, counted aloud, through a lost network, right to left."""

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from lms.kernel.db import db
from lms.kernel.uow import unit_of_work
from lms.quizzes.attempts.models import SlotRow
from lms.quizzes.bank import queries
from lms.quizzes.kinds.likert import Likert, LikertScale, LikertStatement
from lms.quizzes.values import Draw, Layout, Question, Review, Text
from tests.quizzes.exams import OPINIONS, enrol, fill_bank, set_up_exam
from tests.support.browser import SMALL, axe, looked_at, page_in, shot, troubles_of
from tests.support.live import Live

pytestmark = pytest.mark.browser
PROMOTER = Question(
    title="Recommend",
    stem=Text("How likely are you to recommend it?"),
    body=Likert((LikertStatement("a", Text("To a colleague")),), LikertScale.LIKELIHOOD),
)
ALL = (*OPINIONS, PROMOTER)


def begin(live: Live, page: Page) -> None:
    """Start an exam of opinions alone, all on one page."""
    bank_id = fill_bank(ALL)
    with unit_of_work(read_only=True):
        draws = [Draw(question_id=one) for one in queries.pool(bank_id, "")]
    course_id, exam = set_up_exam(draws, pass_percent=0, layout=Layout.ALL, review=Review.ANSWERS)
    enrol(live.cast.amara, course_id)
    db.session.remove()
    live.sign_in(page, live.cast.amara)
    page.goto(f"{live.url}/learn/exams/{exam.id}/start")
    page.get_by_role("button", name="Start the exam").press("Enter")


def kept() -> list[object]:
    """Return what the server keeps of each answer."""
    with unit_of_work(read_only=True):
        rows = db.session.scalars(select(SlotRow).order_by(SlotRow.number)).all()
        return [(row.given or {}).get("picks") or (row.given or {}).get("text") for row in rows]


def test_opinions_are_given_by_keyboard_and_characters_are_counted(
    chromium: Browser, live_server: Live
) -> None:
    with page_in(chromium, width=SMALL) as page:
        begin(live_server, page)
        saved = page.locator("[data-when=saved]")
        first = page.get_by_role("radiogroup", name="The exercises were close to my work.")
        first.get_by_role("radio", name="Strongly disagree").press("Space")
        page.keyboard.press("ArrowDown")
        expect(first.get_by_role("radio", name="Disagree", exact=True)).to_be_checked()
        expect(page.get_by_text("Still open: 1.")).to_be_visible()
        second = page.get_by_role("radiogroup", name="I had enough time.")
        second.get_by_role("radio", name="Not applicable").press("Space")
        page.get_by_role("radio", name="10, extremely likely").press("Space")
        expect(saved).to_be_visible()

        field = page.get_by_role("textbox", name="Your answer")
        page.context.set_offline(True)
        field.press_sequentially("More time.")
        field.press("Enter")
        field.press_sequentially("Fewer slides.")
        expect(page.locator("[data-when=waiting]")).to_be_visible()
        expect(page.locator("counted-text [role=status]")).to_have_text("Characters left: 176")
        page.context.set_offline(False)
        expect(saved).to_be_visible()
        troubles_of(page).clear()  # the failed requests that this test provoked
        assert kept() == [[["a", "2"], ["b", "na"]], "More time.\nFewer slides.", [["a", "10"]]]
        page.reload()
        expect(page.locator("[data-count]")).to_have_text("Characters left: 176")

        # What is pasted is not cut off without a word: it is all there, and the page says what is too much.
        field.fill("x" * 203)
        expect(page.locator("[data-count]")).to_have_text("Characters too many: 3")
        expect(page.get_by_text("An answer has at most 200 characters.")).to_be_visible()
        assert len(field.input_value()) == 203
        troubles_of(page).clear()  # the refusal
        field.fill("Fewer slides.")
        expect(saved).to_be_visible()
        assert axe(page) == ""
        page.get_by_role("button", name="Check and finish").press("Enter")
        page.get_by_role("button", name="Finish and mark").press("Enter")
        expect(page.get_by_role("heading", name="The answers are in.")).to_be_visible()
        assert axe(page) == ""
        shot(page, "opinions-result")


def test_opinions_are_given_without_script(chromium: Browser, live_server: Live) -> None:
    with page_in(chromium, scripts=False) as page:
        begin(live_server, page)
        statement = page.get_by_role("radiogroup", name="I had enough time.")
        statement.get_by_role("radio", name="Agree", exact=True).check()
        assert page.get_by_role("textbox", name="Your answer").get_attribute("maxlength") == "200"
        page.get_by_role("textbox", name="Your answer").fill("Nothing")
        page.get_by_role("button", name="Check and finish").click()
        assert kept() == [[["b", "4"]], "Nothing", None]


@pytest.mark.parametrize("locale", ["en", "ar"])
def test_opinions_fit_and_are_accessible(live_server: Live, chromium: Browser, locale: str) -> None:
    with page_in(chromium) as page:
        page.context.add_cookies([{"name": "locale", "value": locale, "url": live_server.url}])
        bank_id = fill_bank(ALL)
        db.session.remove()
        live_server.sign_in(page, live_server.cast.tomas)
        with unit_of_work(read_only=True):
            drawn = queries.pool(bank_id, "")
        db.session.remove()
        tried = ("q1-a=2&q1-b=na", "q1=More+time", "q1-a=9")
        paths = [
            f"/author/questions/items/{one}?try=1&{said}" for one, said in zip(drawn, tried, strict=True)
        ]
        paths += [f"/author/questions/items/{one}/edit" for one in drawn]
        faults = []
        for number, path in enumerate(paths):
            page.goto(f"{live_server.url}{path}")
            page.wait_for_load_state("networkidle")
            assert page.locator("html").get_attribute("dir") == ("rtl" if locale == "ar" else "ltr")
            faults += looked_at(page, f"opinions-{locale}-{number}")
        assert faults == []
