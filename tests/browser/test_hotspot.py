"""Places on a picture in a real browser: drawn by their author, chosen by mouse, keys or from the list alone."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from lms.kernel import clock
from lms.kernel.actor import SYSTEM, acting_as
from lms.kernel.db import db, new_id
from lms.kernel.uow import unit_of_work
from lms.quizzes.bank.service.pictures import keep_picture
from lms.quizzes.bank.service.questions import write_question
from lms.quizzes.values import BankId, QuestionId
from tests.quizzes.exams import enrol, fill_bank, fixed, set_up_exam
from tests.quizzes.test_hotspot import PLANT
from tests.support.browser import axe, looked_at, overflow, page_in, shot
from tests.support.live import Live

pytestmark = pytest.mark.browser


def picture(chromium: Browser) -> bytes:
    """Return a picture of a plant, as a browser paints it."""
    page = chromium.new_page(viewport={"width": 640, "height": 400})
    page.set_content(
        "<body style='margin:0;background:#cfd8dc'>"
        "<svg width=640 height=400 stroke='#37474f' stroke-width=6 fill='#fff'>"
        "<path d='M120 80H460V320H120Z' fill=none /><rect x=70 y=50 width=120 height=70 /><circle cx=450 cy=100 r=55 />"
        "<path d='M70 330h120l-60 60z' /><rect x=450 y=285 width=120 height=75 /></svg>"
    )
    taken = page.screenshot()
    page.close()
    return taken


def plant(chromium: Browser) -> tuple[BankId, QuestionId]:
    """Return a bank with a question about a picture, and the question."""
    bank_id = fill_bank([])
    with unit_of_work(), acting_as(SYSTEM):
        url = keep_picture(bank_id, "plant.png", picture(chromium))
        question = write_question(
            question_id=QuestionId(new_id()),
            bank_id=bank_id,
            question=PLANT,
            pictures={"plant.png": url},
            actor=SYSTEM,
            now=clock.now(),
        )
    return bank_id, question


def check(page: Page, name: str) -> None:
    shot(page, name)
    assert axe(page) == "", name
    assert overflow(page) <= 0, name


def drag(page: Page, start: tuple[float, float], end: tuple[float, float]) -> None:
    """Draw on the author's picture, from one share of it to another."""
    canvas = page.locator("[data-canvas]")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + start[0] * box["width"], box["y"] + start[1] * box["height"])
    page.mouse.down()
    page.mouse.move(box["x"] + end[0] * box["width"], box["y"] + end[1] * box["height"], steps=4)
    page.mouse.up()


def test_an_author_draws_places_on_a_picture(live_server: Live, chromium: Browser, tmp_path: Path) -> None:
    bank_id = fill_bank([])
    db.session.remove()
    file = tmp_path / "plant.png"
    file.write_bytes(picture(chromium))
    with page_in(chromium, base_url=live_server.url) as page:
        live_server.sign_in(page, live_server.cast.tomas)
        page.goto(f"/author/questions/{bank_id}/new?type=hotspot")
        page.get_by_label("What is asked").fill("Where is the valve?")
        page.set_input_files("input[name=picture-upload]", file)
        expect(page.locator("[data-canvas] img")).to_be_visible()
        page.get_by_label("What the picture shows").fill("A plant with four parts")
        drag(page, (0.1, 0.1), (0.3, 0.3))
        name = page.get_by_role("textbox", name="What place 1 is called")
        expect(name).to_be_focused()
        name.fill("Top left")
        width = page.get_by_role("textbox", name="Width").first
        assert 19 < float(width.input_value()) < 21
        page.get_by_role("checkbox", name="Place 1 is right").check()
        page.get_by_label("Shape of place 2").select_option("polygon")
        corners = page.get_by_role("textbox", name="Corners of place 2")
        corners.fill("60,60 80,60 70,80")
        page.get_by_role("textbox", name="What place 2 is called").fill("Bottom right")
        seen = page.get_by_role("complementary", name="As a learner sees it")
        expect(seen.get_by_role("checkbox", name="Bottom right")).to_be_visible()
        check(page, "hotspot-author")
        page.get_by_role("button", name="Save the question").last.click()
        expect(page.get_by_text("The question is in the bank.")).to_be_visible()
        expect(page.get_by_role("img", name="A plant with four parts")).to_be_visible()


def place_of(page: Page, label: str) -> Locator:
    """Return the place on the picture that a box of the list stands for."""
    name = page.get_by_role("checkbox", name=label).get_attribute("value")
    return page.locator(f"[data-place='{name}']")


def test_places_are_chosen_by_mouse_and_by_keys(live_server: Live, chromium: Browser) -> None:
    bank_id, _question = plant(chromium)
    course_id, exam = set_up_exam(fixed(bank_id))
    enrol(live_server.cast.amara, course_id)
    db.session.remove()
    with page_in(chromium) as page:
        live_server.sign_in(page, live_server.cast.amara)
        page.goto(f"{live_server.url}/learn/exams/{exam.id}/start")
        page.get_by_role("button", name="Start the exam").click()
        place_of(page, "Top left").click()
        expect(page.get_by_role("checkbox", name="Top left")).to_be_checked()
        page.get_by_role("checkbox", name="Top right").press("Space")
        expect(place_of(page, "Top right")).to_have_attribute("data-chosen", "")
        expect(page.locator("[data-when=saved]")).to_contain_text("Answer saved at ")
        check(page, "hotspot-asked")
        page.reload()
        expect(place_of(page, "Top left")).to_have_attribute("data-chosen", "")
        page.get_by_role("button", name="Check and finish").click()
        page.get_by_role("button", name="Finish and mark").click()
        expect(page.get_by_text("You passed with 100%.")).to_be_visible()
        check(page, "hotspot-result")


def test_places_are_ticked_without_script(live_server: Live, chromium: Browser) -> None:
    _bank_id, question = plant(chromium)
    db.session.remove()
    with page_in(chromium, base_url=live_server.url, scripts=False) as page:
        live_server.sign_in(page, live_server.cast.tomas)
        page.goto(f"/author/questions/items/{question}")
        page.get_by_role("checkbox", name="Top left").check()
        page.get_by_role("checkbox", name="Top right").check()
        page.get_by_role("button", name="Check my answer").click()
        expect(page.get_by_text("1 of 1 point")).to_be_visible()
        shot(page, "hotspot-no-script")


def test_every_page_of_places_is_accessible_and_fits(live_server: Live, chromium: Browser) -> None:
    _bank_id, question = plant(chromium)
    db.session.remove()
    with page_in(chromium, base_url=live_server.url) as page:
        live_server.sign_in(page, live_server.cast.tomas)
        faults = []
        for part in ("?solve=1", "/edit"):
            page.goto(f"/author/questions/items/{question}{part}")
            page.wait_for_load_state("networkidle")
            faults += looked_at(page, f"hotspot-{part.strip('/?=1')}")
        page.goto(f"/author/questions/items/{question}")
        page.evaluate("document.documentElement.dir = 'rtl'")
        assert faults + looked_at(page, "hotspot-rtl") == []
