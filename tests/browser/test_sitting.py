"""One attempt, two devices and a trainer: a code hands it over, and what the first one kept goes to a person."""

from playwright.sync_api import Browser, expect
from sqlalchemy import select

from lms.kernel.db import db
from lms.kernel.uow import unit_of_work
from lms.quizzes.attempts.models import AbsenceRow, LateAnswerRow
from lms.quizzes.values import SittingRules, Why
from tests.quizzes.exams import enrol, set_up_exam
from tests.support.browser import SMALL, axe, overflow, page_in, shot, troubles_of
from tests.support.live import Live

RULES = SittingRules(one_device=True, logs_focus=True, discourages_copying=True, needs_supervisor=True)


def test_an_exam_is_watched_over_handed_to_another_device_and_what_the_first_kept_is_not_lost(
    chromium: Browser, live_server: Live
) -> None:
    course_id, exam = set_up_exam(minutes=40, sitting=RULES)
    enrol(live_server.cast.amara, course_id)
    db.session.remove()
    author = f"{live_server.url}/author/quizzes/{exam.config['quiz_id']}"
    with (
        page_in(chromium, width=SMALL) as tomas,
        page_in(chromium, width=SMALL) as laptop,
        page_in(chromium, width=SMALL) as phone,
    ):
        live_server.sign_in(tomas, live_server.cast.tomas)
        for name in ("sitting", "extra-time", "under-way"):
            tomas.goto(f"{author}/{name}")
            assert (axe(tomas), overflow(tomas)) == ("", 0), name
            shot(tomas, f"sitting-{name}-{SMALL}")
        tomas.get_by_role("button", name="Code of the day").click()
        said = tomas.get_by_text("the exam begins with the code")
        expect(said).to_be_visible()
        code = (said.text_content() or "").split("the code ")[1][:9]

        live_server.sign_in(laptop, live_server.cast.amara)
        laptop.goto(f"{live_server.url}/learn/exams/{exam.id}/start")
        assert (axe(laptop), overflow(laptop)) == ("", 0)
        shot(laptop, f"sitting-start-{SMALL}")
        laptop.get_by_role("textbox", name="Code of whoever watches").fill(code)
        laptop.get_by_role("button", name="Start the exam").click()
        expect(laptop.get_by_text("Question 1 of 6")).to_be_visible()
        with laptop.expect_response("**/away"):
            laptop.evaluate("dispatchEvent(new Event('blur')); dispatchEvent(new Event('focus'))")

        live_server.sign_in(phone, live_server.cast.amara)
        phone.goto(laptop.url)
        expect(phone.get_by_role("heading", name="under way on another device")).to_be_visible()
        assert (axe(phone), overflow(phone)) == ("", 0)
        shot(phone, f"sitting-elsewhere-{SMALL}")
        troubles_of(phone).clear()  # the page that is refused

        with laptop.context.new_page() as tab:
            tab.goto(laptop.url)
            tab.get_by_role("link", name="Hand over").click()
            tab.get_by_role("button", name="Show a code").click()
            shown = tab.locator("[data-code]")
            expect(shown).to_be_visible()
            assert (axe(tab), overflow(tab)) == ("", 0)
            handed = shown.text_content() or ""
        phone.get_by_role("textbox", name="Code").fill(handed)
        phone.get_by_role("button", name="Go on here").click()
        expect(phone.get_by_text("Question 1 of 6")).to_be_visible()

        with laptop.expect_response(lambda answer: answer.request.method == "POST" and answer.status == 409):
            laptop.get_by_role(
                "radio", name="Clear the room."
            ).click()  # the page is left before it is checked
        expect(laptop.get_by_role("heading", name="under way on another device")).to_be_visible()
        troubles_of(laptop).clear()  # the answer that was refused, and the page

        phone.get_by_role("radio", name="Tighten the valve.").check()
        expect(phone.locator("[data-when=saved]")).to_contain_text("Answer saved at ")
    with unit_of_work(read_only=True):
        assert [one.why for one in db.session.scalars(select(LateAnswerRow))] == [Why.DEVICE]
        assert len(db.session.scalars(select(AbsenceRow.seconds)).all()) == 1
