"""A question with a sound and a picture, put into its text by its author and met in the exam, in a real browser."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from lms.kernel.db import db
from lms.kernel.uow import unit_of_work
from lms.quizzes.bank import queries
from lms.quizzes.values import Draw
from tests.quizzes.exams import enrol, fill_bank, set_up_exam
from tests.quizzes.sounds import sound
from tests.support.browser import looked_at, page_in
from tests.support.live import Live

pytestmark = pytest.mark.browser


def test_an_author_puts_a_sound_and_a_picture_where_the_cursor_is_and_a_learner_plays_it(
    chromium: Browser, live_server: Live, tmp_path: Path
) -> None:
    bank_id = fill_bank(())
    (hiss := tmp_path / "Valve hiss.wav").write_bytes(sound())
    (drawing := tmp_path / "valve.svg").write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><circle cx="4" cy="4" r="4"/></svg>'
    )
    with page_in(chromium) as page:
        live_server.sign_in(page, live_server.cast.tomas)
        page.goto(f"{live_server.url}/author/questions/{bank_id}/new?type=true_false")
        page.get_by_label("What is asked").fill("Is this valve tight?")
        page.locator("[name=holds][value=true]").check()
        page.locator("summary").filter(has_text="Pictures, films and sounds").press("Enter")
        page.locator("#media-upload").set_input_files(hiss)
        insert = page.get_by_role("button", name="Insert valve-hiss.wav where the cursor was")
        expect(page.get_by_text("In no text yet")).to_be_visible()
        insert.press("Enter")
        stem = page.get_by_label("What is asked")
        expect(stem).to_be_focused()
        expect(stem).to_have_value(
            re.compile(r"^Is this valve tight\?\n\n::: video attachment:valve-hiss\.wav")
        )
        expect(page.get_by_text("Shown in a text")).to_be_visible()
        expect(page.locator("[data-seen] audio")).to_be_visible()
        page.locator("#media-upload").set_input_files(drawing)
        page.get_by_role("button", name="Insert valve.svg where the cursor was").press("Enter")
        page.keyboard.type("A round valve")
        expect(page.locator("[data-seen]").get_by_role("img", name="A round valve")).to_be_visible()
        page.locator("#media-upload").set_input_files(
            {"name": "plan.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7"}
        )
        expect(page.locator("[data-fault=media]")).to_contain_text("This is nothing that browsers show")
        expect(page.get_by_text("Shown in a text")).to_have_count(2)
        assert looked_at(page, "question-media") == []
        page.get_by_role("button", name="Save the question").press("Enter")
        expect(page.get_by_text("The question is in the bank.")).to_be_visible()
    with unit_of_work(read_only=True):
        draws = [Draw(question_id=one) for one in queries.pool(bank_id, "")]
    course_id, exam = set_up_exam(draws, pass_percent=100, review="answers")
    enrol(live_server.cast.amara, course_id)
    db.session.remove()
    with page_in(chromium) as page:
        live_server.sign_in(page, live_server.cast.amara)
        page.goto(f"{live_server.url}/learn/exams/{exam.id}/start")
        page.get_by_role("button", name="Start the exam").press("Enter")
        heard = page.locator("audio")
        expect(heard).to_have_attribute("aria-label", "valve-hiss")
        expect(page.get_by_role("img", name="A round valve")).to_be_visible()
        ended = """async (one) => {
            await one.play();
            await new Promise((done) => { one.onended = done; });
            return one.ended;
        }"""
        assert heard.evaluate(ended)
        assert looked_at(page, "question-media-asked") == []
