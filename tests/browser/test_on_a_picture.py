"""Labels, points, orders and pairs on a picture in a real browser: by mouse, by keys, from the lists alone."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

import lms.app.demo
from lms.courses.values.marking import FileKind
from lms.kernel import clock
from lms.kernel.actor import SYSTEM, acting_as
from lms.kernel.db import db
from lms.kernel.uow import unit_of_work
from lms.quizzes.attempts.models import SlotRow
from lms.quizzes.bank import queries, service
from lms.quizzes.kinds.file_hand_in import FileHandIn
from lms.quizzes.values import Attachment, Draw, ImportedQuestion, Question, Text
from tests.quizzes.exams import JOINED, LABELLED, NUMBERED, POINTED, enrol, fill_bank, set_up_exam
from tests.support.browser import axe, looked_at, overflow, page_in, shot
from tests.support.live import Live

pytestmark = pytest.mark.browser
DRAWING = (Path(lms.app.demo.__file__).parent / "drawings/plant.png").read_bytes()
DRAWN = Question(
    title="Mark the leak",
    stem=Text("Circle where the oil came out."),
    body=FileHandIn(kinds=(FileKind.PICTURES,), drawn_on="plant.png", drawn_alt="A plant"),
)
SAVED = "Answer saved at "


def begin(live: Live, page: Page, question: Question) -> None:
    """Start an exam of one question on the drawing of a plant."""
    bank_id = fill_bank([])
    with unit_of_work(), acting_as(SYSTEM):
        service.add_questions(
            bank_id=bank_id,
            imported=[ImportedQuestion(question, (Attachment("plant.png", DRAWING),))],
            actor=SYSTEM,
            now=clock.now(),
        )
    with unit_of_work(read_only=True):
        draws = [Draw(question_id=one) for one in queries.pool(bank_id, "")]
    course_id, exam = set_up_exam(draws, pass_percent=100)
    enrol(live.cast.amara, course_id)
    db.session.remove()
    live.sign_in(page, live.cast.amara)
    page.goto(f"{live.url}/learn/exams/{exam.id}/start")
    page.get_by_role("button", name="Start the exam").press("Enter")
    expect(page.get_by_role("button", name="Check and finish")).to_be_visible()


def kept() -> dict[str, object]:
    """Return what the server keeps of the answer."""
    with unit_of_work(read_only=True):
        given = db.session.scalar(select(SlotRow.given)) or {}
        db.session.remove()
    return {name: value for name, value in given.items() if name != "type"}


def settled(page: Page) -> None:
    expect(page.locator("[data-when=saved]")).to_contain_text(SAVED)


def finished(page: Page) -> None:
    """Hand it in: all of it was right."""
    page.get_by_role("button", name="Check and finish").click()
    page.get_by_role("button", name="Finish and mark").click()
    expect(page.get_by_text("You passed with 100%.")).to_be_visible()


def check(page: Page, name: str) -> None:
    shot(page, name)
    assert axe(page) == "", name
    assert overflow(page) <= 0, name


def middle(page: Page, selector: str) -> tuple[float, float]:
    box = page.locator(selector).first.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def test_labels_are_dragged_clicked_and_picked(live_server: Live, chromium: Browser) -> None:
    with page_in(chromium) as page:
        begin(live_server, page, LABELLED)
        page.mouse.move(*middle(page, "[data-bank] >> text=Condenser"))
        page.mouse.down()
        page.mouse.move(*middle(page, "[data-place='a']"), steps=6)
        page.mouse.up()
        expect(page.get_by_role("combobox", name="Top left")).to_have_value(label(page, "Condenser"))
        # Dragged on to where it belongs, and the other clicked.
        page.mouse.move(*middle(page, "[data-put='a'] [data-label]"))
        page.mouse.down()
        page.mouse.move(*middle(page, "[data-place='b']"), steps=6)
        page.mouse.up()
        expect(page.get_by_role("combobox", name="Top left")).to_have_value("")
        page.locator("[data-bank] >> text=Compressor").click()
        page.mouse.click(*middle(page, "[data-place='a']"))
        settled(page)
        check(page, "picture-labels")
        page.reload()
        expect(page.locator("[data-put='b']")).to_have_text("Condenser")
        # By keys the lists do the same.
        page.get_by_role("combobox", name="Top left").select_option("")
        expect(page.locator("[data-put='a']")).to_be_hidden()
        page.get_by_role("combobox", name="Top left").select_option(label="Compressor")
        settled(page)
        assert looked_at(page, "picture-labels-asked") == []
        finished(page)
        check(page, "picture-labels-result")
    assert kept() == {"placed": [["a", ["x"]], ["b", ["y"]]]}


def label(page: Page, words: str) -> str:
    return page.locator("[data-bank] [data-label]", has_text=words).get_attribute("data-label") or ""


def test_a_point_is_marked_by_a_click_and_by_a_crosshair(live_server: Live, chromium: Browser) -> None:
    with page_in(chromium) as page:
        begin(live_server, page, POINTED)
        canvas = page.locator("[data-canvas]")
        canvas.click(position={"x": 300, "y": 200})
        expect(page.locator("[data-mark]")).to_be_visible()
        settled(page)
        aim = page.get_by_role("button", name="Crosshair")
        aim.focus()
        for _step in range(2):
            aim.press("Shift+ArrowLeft")
            aim.press("Shift+ArrowUp")
        expect(page.locator("[data-told]")).to_contain_text("from the left")
        left = page.get_by_role("textbox", name="From the left")
        was = left.input_value()
        aim.press("Enter")
        expect(left).not_to_have_value(was)
        expect(page.locator("[data-told]")).to_have_text("Point 1 is marked.")
        check(page, "picture-points")
        # In words alone: two numbers.
        left.fill("20")
        page.get_by_role("textbox", name="From the top").fill("20")
        left.press("Tab")
        settled(page)
        page.reload()
        expect(page.locator("[data-mark]")).to_be_visible()
        assert looked_at(page, "picture-points-asked") == []
        finished(page)
    assert kept() == {"points": [["20", "20"]]}


def test_places_are_numbered_on_the_picture_and_in_the_list(live_server: Live, chromium: Browser) -> None:
    with page_in(chromium) as page:
        begin(live_server, page, NUMBERED)
        for name in ("Below", "Top left"):
            field = page.get_by_role("combobox", name=name)
            page.locator(f"[data-place='{field.get_attribute('data-number')}']").click()
        expect(page.get_by_role("combobox", name="Below")).to_have_value("1")
        page.get_by_role("combobox", name="Top left").select_option("3")
        page.get_by_role("combobox", name="Top right").select_option("2")
        expect(page.locator("[data-badge]")).to_have_count(3)
        settled(page)
        page.reload()
        expect(page.locator("[data-badge]")).to_have_count(3)
        assert looked_at(page, "picture-order-asked") == []
        finished(page)
    assert kept() == {"numbers": [["a", 1], ["b", 2], ["c", 3]]}


def test_places_are_joined_on_the_picture_and_in_the_list(live_server: Live, chromium: Browser) -> None:
    with page_in(chromium) as page:
        begin(live_server, page, JOINED)
        box = page.get_by_role("checkbox", name="Top left – Top right")
        ends = (box.get_attribute("data-ends") or "").split()
        for end in ends:
            page.locator(f"[data-place='{end}']").click()
        expect(box).to_be_checked()
        page.get_by_role("checkbox", name="Top left – Below").press("Space")
        expect(page.locator("[data-line][data-chosen]")).to_have_count(2)
        page.get_by_role("checkbox", name="Top left – Below").press("Space")
        settled(page)
        page.reload()
        expect(page.locator("[data-line][data-chosen]")).to_have_count(1)
        assert looked_at(page, "picture-pairs-asked") == []
        finished(page)
    assert kept() == {"keys": ["a-b"]}


@pytest.mark.parametrize("question", [LABELLED, POINTED, NUMBERED, JOINED], ids=lambda one: one.type)
def test_without_script_all_is_answered_below_the_picture(
    live_server: Live, chromium: Browser, question: Question
) -> None:
    with page_in(chromium, scripts=False) as page:
        begin(live_server, page, question)
        if question is LABELLED:
            page.get_by_role("combobox", name="Top left").select_option(label="Compressor")
            page.get_by_role("combobox", name="Top right").select_option(label="Condenser")
        elif question is POINTED:
            page.get_by_role("textbox", name="From the left").fill("20")
            page.get_by_role("textbox", name="From the top").fill("20")
        elif question is NUMBERED:
            for number, name in enumerate(("Below", "Top right", "Top left"), 1):
                page.get_by_role("combobox", name=name).select_option(str(number))
        else:
            page.get_by_role("checkbox", name="Top left – Top right").check()
        page.get_by_role("button", name="Check and finish").click()
        page.get_by_role("button", name="Finish and mark").click()
        expect(page.get_by_text("You passed with 100%.")).to_be_visible()


@pytest.mark.parametrize("locale", ["en", "ar"])
def test_all_are_accessible_and_fit_for_authors_too(
    live_server: Live, chromium: Browser, locale: str
) -> None:
    bank_id = fill_bank([])
    with unit_of_work(), acting_as(SYSTEM):
        service.add_questions(
            bank_id=bank_id,
            imported=[
                ImportedQuestion(one, (Attachment("plant.png", DRAWING),))
                for one in (LABELLED, POINTED, NUMBERED, JOINED)
            ],
            actor=SYSTEM,
            now=clock.now(),
        )
    with unit_of_work(read_only=True):
        ids = queries.pool(bank_id, "")
    db.session.remove()
    with page_in(chromium, base_url=live_server.url) as page:
        page.context.add_cookies([{"name": "locale", "value": locale, "url": live_server.url}])
        live_server.sign_in(page, live_server.cast.tomas)
        faults = []
        for number, one in enumerate(ids):
            for path in ("?solve=1", "/edit"):
                page.goto(f"/author/questions/items/{one}{path}")
                page.wait_for_load_state("networkidle")
                faults += looked_at(page, f"picture-{locale}-{number}-{path[1:5]}")
        assert faults == []


def test_a_drawing_is_made_on_a_picture_and_handed_in(live_server: Live, chromium: Browser) -> None:
    with page_in(chromium) as page:
        begin(live_server, page, DRAWN)
        canvas = page.locator("drawn-picture canvas")
        box = canvas.bounding_box()
        assert box is not None
        page.get_by_label("Colour").select_option("Blue")
        for way in range(2):
            page.mouse.move(box["x"] + 40, box["y"] + 40 + 50 * way)
            page.mouse.down()
            page.mouse.move(box["x"] + 200, box["y"] + 90, steps=5)
            page.mouse.up()
        page.get_by_role("button", name="Undo").click()
        page.get_by_role("button", name="Hand in the drawing").click()
        expect(page.get_by_role("link", name="drawing.png")).to_be_visible()
        page.get_by_role("button", name="Hand in the drawing").click()
        expect(page.get_by_text("Take a file out first")).to_be_visible()
        assert looked_at(page, "picture-drawn") == []
    given = kept()["files"]
    assert isinstance(given, list)
    assert len(given) == 1
