"""A question that is drawn by chance, written by its author and answered by a learner, in a real browser."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from lms.kernel.db import db
from lms.kernel.uow import unit_of_work
from lms.quizzes.bank import queries
from lms.quizzes.values import BankId, Draw
from tests.quizzes.exams import enrol, fill_bank, set_up_exam
from tests.support.browser import looked_at, page_in
from tests.support.live import Live

pytestmark = pytest.mark.browser


def write(live: Live, page: Page, bank_id: BankId) -> None:
    """Write the question: with a slip that is named beside its field, and draws to look at once it is mended."""
    live.sign_in(page, live.cast.tomas)
    page.goto(f"{live.url}/author/questions/{bank_id}/new?type=numeric")
    page.get_by_label("What is asked").fill("{count} fans of {power} W: how many watts?")
    page.locator("summary").filter(has_text="Drawn by chance").press("Enter")
    page.get_by_label(re.compile(r"^Variable 1\b")).fill("count")
    page.get_by_label("Value of variable 1").fill("whole(2, 9")
    page.get_by_role("button", name="Add a variable").press("Enter")
    expect(page.get_by_label(re.compile(r"^Variable 2\b"))).to_be_focused()
    page.get_by_label(re.compile(r"^Variable 2\b")).fill("power")
    page.get_by_label("Value of variable 2").fill("pick(40, 60)")
    page.get_by_label("Number 1", exact=True).fill("=count * power")
    expect(page.locator("[data-fault=variable-0-formula]")).to_have_text("“)” is missing.")
    page.get_by_label("Value of variable 1").fill("whole(2, 9)")
    draws = page.locator("[data-draws] li")
    expect(draws).to_have_count(4)
    expect(page.locator("[data-seen]")).to_contain_text(re.compile(r"[2-9] fans of [46]0 W"))
    expect(page.locator("[data-fault=variable-0-formula]")).to_be_hidden()
    assert looked_at(page, "drawn-form") == []
    page.get_by_role("button", name="Save the question").press("Enter")
    expect(page.get_by_text("The question is in the bank.")).to_be_visible()
    assert looked_at(page, "drawn-question") == []


def test_a_question_is_written_with_variables_and_answered_with_values_of_ones_own(
    chromium: Browser, live_server: Live
) -> None:
    bank_id = fill_bank(())
    with page_in(chromium) as page:
        write(live_server, page, bank_id)
    with unit_of_work(read_only=True):
        draws = [Draw(question_id=one) for one in queries.pool(bank_id, "")]
    course_id, exam = set_up_exam(draws, pass_percent=100, review="answers")
    enrol(live_server.cast.amara, course_id)
    db.session.remove()
    with page_in(chromium) as page:
        live_server.sign_in(page, live_server.cast.amara)
        page.goto(f"{live_server.url}/learn/exams/{exam.id}/start")
        page.get_by_role("button", name="Start the exam").press("Enter")
        asked = page.get_by_text(re.compile(r"\d fans of \d+ W"))
        expect(asked).to_be_visible()
        found = re.search(r"(\d) fans of (\d+) W", asked.inner_text())
        assert found is not None
        page.reload()
        expect(asked).to_contain_text(found[0])
        page.get_by_label("Your answer").fill(str(int(found[1]) * int(found[2])))
        expect(page.locator("[data-when=saved]")).to_be_visible()
        page.get_by_role("button", name="Finish").first.press("Enter")
        page.get_by_role("button", name="Finish and mark").press("Enter")
        expect(page.get_by_text("100").first).to_be_visible()
        expect(page.get_by_text(found[0]).first).to_be_visible()
