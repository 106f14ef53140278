"""Things are put in order and lines are ticked in a real browser: by keyboard, by mouse, offline, without script."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from lms.kernel.db import db
from lms.kernel.uow import unit_of_work
from lms.quizzes.attempts.models import SlotRow
from lms.quizzes.bank import queries
from lms.quizzes.values import Draw, Layout
from tests.quizzes.exams import SORTS, STEPS, enrol, fill_bank, set_up_exam
from tests.support.browser import axe, looked_at, page_in, troubles_of
from tests.support.live import Live

pytestmark = pytest.mark.browser
SAVED = "Answer saved at "


def begin(live: Live, page: Page, **rules: object) -> None:
    """Start an exam of an ordering and a matrix question."""
    bank_id = fill_bank((STEPS, SORTS))
    with unit_of_work(read_only=True):
        draws = [Draw(question_id=one) for one in queries.pool(bank_id, "")]
    course_id, exam = set_up_exam(draws, pass_percent=70, **rules)  # type: ignore[arg-type]  # the rules of an exam alone
    enrol(live.cast.amara, course_id)
    db.session.remove()
    live.sign_in(page, live.cast.amara)
    page.goto(f"{live.url}/learn/exams/{exam.id}/start")
    page.get_by_role("button", name="Start the exam").press("Enter")


def shown(page: Page) -> list[str]:
    return page.locator(".order-words").all_inner_texts()


def kept() -> list[object]:
    """Return what the server keeps of each answer."""
    with unit_of_work(read_only=True):
        rows = db.session.scalars(select(SlotRow).order_by(SlotRow.number)).all()
        return [(row.given or {}).get("places") or (row.given or {}).get("ticks") for row in rows]


def put_in_order(page: Page) -> None:
    """Move each thing up to its place with the buttons."""
    for place, words in enumerate(("Evacuate", "Hold the vacuum", "Charge by weight")):
        for _step in range(shown(page).index(words) - place):
            button = page.get_by_role("button", name=f"Move up {words}")
            button.press("Enter")
            expect(button).to_be_focused()


RIGHT_ORDER = [["a", 1], ["b", 2], ["c", 3]]
RIGHT_TICKS = [["a", ["y"]], ["b", ["n"]]]


def test_an_order_and_a_matrix_are_answered_by_keyboard_through_a_lost_network(
    chromium: Browser, live_server: Live
) -> None:
    with page_in(chromium) as page:
        begin(live_server, page)
        saved = page.locator("[data-when=saved]")
        expect(page.get_by_role("combobox")).to_have_count(0)
        assert shown(page) != ["Evacuate", "Hold the vacuum", "Charge by weight"]
        page.context.set_offline(True)
        put_in_order(page)
        expect(page.locator("[data-when=waiting]")).to_be_visible()
        # The last one moved is the first or the second, by how the attempt had shuffled them.
        expect(page.locator("[data-moved]")).to_have_text(re.compile(r"Now number [12] of 3\."))
        assert axe(page) == ""
        page.context.set_offline(False)
        expect(saved).to_contain_text(SAVED)
        troubles_of(page).clear()  # the failed requests that this test provoked
        page.reload()
        assert shown(page) == ["Evacuate", "Hold the vacuum", "Charge by weight"]

        page.get_by_role("button", name="Next question").press("Enter")
        page.get_by_role("radiogroup", name="Propane").get_by_role("radio", name="burns", exact=True).press(
            "Space"
        )
        expect(page.get_by_text("Still open: 1.")).to_be_visible()
        page.get_by_role("radiogroup", name="Carbon dioxide").get_by_role(
            "radio", name="does not burn"
        ).press("Space")
        expect(page.get_by_role("link", name="Question 2, answered")).to_be_visible()
        assert kept() == [RIGHT_ORDER, RIGHT_TICKS]
        page.get_by_role("button", name="Check and finish").press("Enter")
        page.get_by_role("button", name="Finish and mark").press("Enter")
        expect(page.get_by_text("You passed with 100%.")).to_be_visible()


def test_things_are_dragged_by_their_grip(chromium: Browser, live_server: Live) -> None:
    with page_in(chromium) as page:
        begin(live_server, page)
        first = shown(page)[0]
        grip = page.locator(".order-grip").first.bounding_box()
        last = page.locator(".order-item").last.bounding_box()
        assert grip is not None
        assert last is not None
        page.mouse.move(grip["x"] + 5, grip["y"] + 5)
        page.mouse.down()
        page.mouse.move(grip["x"] + 5, last["y"] + last["height"] - 4, steps=12)
        page.mouse.up()
        expect(page.locator(".order-words").last).to_have_text(first)
        expect(page.locator("[data-when=saved]")).to_contain_text(SAVED)


def test_both_are_answered_without_script(chromium: Browser, live_server: Live) -> None:
    with page_in(chromium, scripts=False) as page:
        begin(live_server, page, layout=Layout.ALL)
        for words, place in (("Evacuate", "1"), ("Hold the vacuum", "2"), ("Charge by weight", "3")):
            page.get_by_role("combobox", name=f"Position of: {words}").select_option(place)
        page.get_by_role("radiogroup", name="Propane").get_by_role("radio", name="burns", exact=True).check()
        page.get_by_role("radiogroup", name="Carbon dioxide").get_by_role(
            "radio", name="does not burn"
        ).check()
        page.get_by_role("button", name="Check and finish").click()
        assert kept() == [RIGHT_ORDER, RIGHT_TICKS]


@pytest.mark.parametrize("locale", ["en", "ar"])
def test_both_fit_and_are_accessible(live_server: Live, chromium: Browser, locale: str) -> None:
    with page_in(chromium) as page:
        page.context.add_cookies([{"name": "locale", "value": locale, "url": live_server.url}])
        bank_id = fill_bank((STEPS, SORTS))
        db.session.remove()
        live_server.sign_in(page, live_server.cast.tomas)
        with unit_of_work(read_only=True):
            paths = [f"/author/questions/items/{one}?solve=1" for one in queries.pool(bank_id, "")]
            paths += [f"/author/questions/items/{one}/edit" for one in queries.pool(bank_id, "")]
        db.session.remove()
        faults = []
        for number, path in enumerate(paths):
            page.goto(f"{live_server.url}{path}")
            page.wait_for_load_state("networkidle")
            assert page.locator("html").get_attribute("dir") == ("rtl" if locale == "ar" else "ltr")
            faults += looked_at(page, f"kinds-{locale}-{number}")
        assert faults == []
