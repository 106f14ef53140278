"""A person takes an exam in a real browser: by keyboard alone, through a lost network, and sees what it earned."""

from datetime import timedelta

from playwright.sync_api import Browser, Page, Route, expect
from sqlalchemy import select, update

from lms.kernel import clock
from lms.kernel.db import db
from lms.kernel.uow import unit_of_work
from lms.quizzes.attempts.models import AttemptRow, SlotRow
from lms.quizzes.values import Layout
from tests.quizzes.exams import enrol, set_up_exam
from tests.support.browser import axe, looked_at, page_in, shot, troubles_of
from tests.support.live import Live

SAVED = "Answer saved at "


def begin(live: Live, page: Page, **rules: object) -> None:
    course_id, exam = set_up_exam(minutes=40, attempts_allowed=3, pass_percent=70, **rules)  # type: ignore[arg-type]  # the rules of an exam alone
    enrol(live.cast.amara, course_id)
    db.session.remove()
    live.sign_in(page, live.cast.amara)
    page.goto(f"{live.url}/learn/exams/{exam.id}/start")


def given_answers() -> set[int]:
    """Return the numbers of the questions whose answers the server keeps."""
    with unit_of_work(read_only=True):
        return set(db.session.scalars(select(SlotRow.number).where(SlotRow.is_answered)))


def test_an_exam_by_keyboard_through_a_lost_network(chromium: Browser, live_server: Live) -> None:
    with page_in(chromium) as page:
        begin(live_server, page)
        page.get_by_role("button", name="Start the exam").press("Enter")
        expect(page.get_by_text("Question 1 of 6")).to_be_visible()
        saved = page.locator("[data-when=saved]")
        page.get_by_role("radio", name="Clear the room.").press("Space")
        expect(saved).to_contain_text(SAVED)
        expect(page.get_by_role("link", name="Question 1, answered")).to_be_visible()

        page.get_by_role("button", name="Flag to come back").press("Enter")
        expect(page.get_by_role("link", name="Question 1, answered, flagged")).to_be_visible()
        page.get_by_role("button", name="Next question").press("Enter")
        expect(page.get_by_text("Question 2 of 6")).to_be_visible()

        page.context.set_offline(True)
        page.get_by_role("checkbox", name="Earth").press("Space")
        waits = page.locator("[data-when=waiting]")
        expect(waits).to_be_visible()
        page.get_by_role("checkbox", name="Polarity").press("Space")
        page.get_by_role("button", name="Next question").press("Enter")
        stuck = page.get_by_text("Without a connection no other question can be shown.")
        expect(stuck).to_be_visible()
        expect(page.get_by_text("Question 2 of 6")).to_be_visible()
        page.context.set_offline(False)
        expect(saved).to_be_visible()
        expect(stuck).to_be_hidden()
        expect(saved).to_contain_text(SAVED)
        troubles_of(page).clear()  # the failed requests that this test provoked

        page.get_by_role("link", name="Question 4, no answer").press("Enter")
        answer = page.get_by_role("textbox", name="Your answer")
        answer.focus()
        page.keyboard.type("R744")
        answer.press("Enter")
        expect(page.get_by_text("Question 5 of 6")).to_be_visible()
        page.get_by_role("textbox", name="Your answer").focus()
        page.keyboard.type("273")
        expect(saved).to_contain_text(SAVED)
        page.get_by_role("button", name="Next question").press("Enter")
        for label, choice in (("Compressor", "raises pressure"), ("Condenser", "gives heat away")):
            page.get_by_role("combobox", name=label).select_option(choice)
        expect(page.get_by_role("link", name="Question 6, answered")).to_be_visible()

        page.get_by_role("button", name="Check and finish").press("Enter")
        dialog = page.get_by_role("dialog", name="Finish the exam?")
        expect(dialog.get_by_text("Not answered: 3")).to_be_visible()
        expect(dialog.get_by_text("Flagged to come back: 1")).to_be_visible()
        assert axe(page) == ""
        dialog.get_by_role("button", name="Finish and mark").press("Enter")
        # Six of the seven points: all but the question that was left out.
        expect(page.get_by_role("heading", name="You passed with 85%.")).to_be_visible()


def test_an_answer_survives_a_closed_page_and_is_sent_from_the_next(
    chromium: Browser, live_server: Live
) -> None:
    with page_in(chromium) as page:
        begin(live_server, page)
        page.get_by_role("button", name="Start the exam").click()
        expect(page.get_by_text("Question 1 of 6")).to_be_visible()
        address = page.url
        # The server is gone for answers alone: every one is lost on its way.
        page.route(
            "**/learn/exams/*/1",
            lambda route: route.abort() if route.request.method == "POST" else route.continue_(),
        )
        page.get_by_role("radio", name="Clear the room.").check()
        expect(page.locator("[data-when=waiting]")).to_be_visible()
        page.unroute_all()
        troubles_of(page).clear()
        page.on("dialog", lambda dialog: dialog.accept())
        page.goto(address)
        expect(page.get_by_role("radio", name="Clear the room.")).to_be_checked()
        expect(page.locator("[data-when=saved]")).to_contain_text(SAVED)
        page.reload()
        expect(page.get_by_role("link", name="Question 1, answered")).to_be_visible()
        troubles_of(page).clear()


def test_an_answer_given_before_the_script_arrived_is_saved_as_any_other(
    chromium: Browser, live_server: Live
) -> None:
    with page_in(chromium) as page:
        begin(live_server, page)
        held: list[Route] = []
        page.route("**/exam-*.js", lambda route: held.append(route))  # noqa: PLW0108  Playwright wants a function of Python
        page.get_by_role("button", name="Start the exam").click(no_wait_after=True)
        page.get_by_role("radio", name="Clear the room.").check()
        expect(page.locator("[data-when=saved]")).to_be_hidden()
        held[0].continue_()
        expect(page.locator("[data-when=saved]")).to_contain_text(SAVED)


def test_every_page_of_an_exam_is_accessible_and_fits(chromium: Browser, live_server: Live) -> None:
    with page_in(chromium) as page:
        begin(live_server, page, review="answers", honour="I answer alone and without help.")

        def look(name: str) -> None:
            assert looked_at(page, f"exam-{name}") == []

        look("start")
        page.get_by_role("checkbox", name="I agree to this").check()
        page.get_by_role("button", name="Start the exam").click()
        for number in range(1, 7):
            expect(page.get_by_text(f"Question {number} of 6")).to_be_visible()
            if number == 1:
                page.get_by_role("radio", name="Clear the room.").check()
                expect(page.locator("[data-when=saved]")).to_contain_text(SAVED)
            look(f"question-{number}")
            page.get_by_role(
                "button", name="Next question" if number < 6 else "Check and finish"
            ).last.click()
        look("dialog")
        page.get_by_role("dialog").get_by_role("button", name="Finish and mark").click()
        expect(page.get_by_text("Not passed")).to_be_visible()
        look("result")


def test_a_sign_in_in_another_tab_sends_what_was_answered_meanwhile_and_only_as_its_own_persons(
    chromium: Browser, live_server: Live
) -> None:
    with page_in(chromium) as page:
        begin(live_server, page, layout=Layout.ALL)
        page.get_by_role("button", name="Start the exam").click()
        expect(page.get_by_text("Question 1 of 6")).to_be_visible()
        page.get_by_role("radio", name="Clear the room.").check()
        expect(page.locator("[data-when=saved]")).to_contain_text(SAVED)
        asleep = page.locator("[data-when=asleep]")

        page.context.clear_cookies()
        page.get_by_role("checkbox", name="Earth").check()
        expect(asleep).to_contain_text("You were signed out. Sign in again in another tab")
        live_server.sign_in(page, live_server.cast.dafydd)
        expect(asleep).to_contain_text("Somebody else is signed in", timeout=10_000)
        assert given_answers() == {1}

        live_server.sign_in(page, live_server.cast.amara)
        expect(page.locator("[data-when=saved]")).to_be_visible(timeout=10_000)
        assert given_answers() == {1, 2}
        # The other buttons of the page hold again too.
        page.get_by_role("button", name="Flag to come back").first.click()
        expect(page.get_by_role("link", name="Question 1, answered, flagged")).to_be_visible()
        troubles_of(page).clear()  # the refused requests that this test provoked


def test_an_answer_that_cannot_be_kept_is_told_at_its_question_and_holds_up_no_other(
    chromium: Browser, live_server: Live
) -> None:
    with page_in(chromium) as page:
        begin(live_server, page, layout=Layout.ALL)
        page.get_by_role("button", name="Start the exam").click()
        expect(page.get_by_text("Question 1 of 6")).to_be_visible()
        text = page.locator("#q4 input[type=text]")
        text.evaluate(
            "(field) => { field.value = 'R\\u0000744'; field.dispatchEvent(new Event('input', {bubbles: true})); }"
        )
        told = page.locator("#q4 [data-refused]")
        expect(told).to_contain_text("Here is a zero byte, or half a character.")
        assert axe(page) == ""
        page.get_by_role("radio", name="Clear the room.").check()
        expect(page.locator("[data-when=saved]")).to_be_visible()
        expect(page.locator("[data-when=asleep]")).to_be_hidden()
        expect(told).to_be_visible()
        assert given_answers() == {1}
        text.fill("R744")
        expect(told).to_be_hidden()
        assert given_answers() == {1, 4}
        troubles_of(page).clear()


def test_who_has_no_network_at_the_end_keeps_the_page_and_is_led_on_once_it_is_back(
    chromium: Browser, live_server: Live
) -> None:
    with page_in(chromium) as page:
        begin(live_server, page, layout=Layout.ALL)
        page.get_by_role("button", name="Start the exam").click()
        expect(page.get_by_text("Question 1 of 6")).to_be_visible()
        here = page.url
        finish = page.get_by_role("dialog", name="Finish the exam?")
        waits = page.get_by_role("dialog", name="No connection")

        page.context.set_offline(True)
        page.get_by_role("radio", name="Clear the room.").check()
        page.get_by_role("button", name="Check and finish").click()
        finish.get_by_role("button", name="Finish and mark").click()
        expect(waits).to_contain_text("What you answered is kept on this device and is handed in as soon as")
        assert axe(page) == ""
        waits.get_by_role("button", name="Not yet, keep going").click()
        expect(waits).to_be_hidden()
        page.context.set_offline(False)
        expect(page.locator("[data-when=saved]")).to_contain_text(SAVED)
        # Whoever took it back is not handed in.
        assert page.url == here
        assert given_answers() == {1}

        with unit_of_work():
            db.session.execute(update(AttemptRow).values(deadline_at=clock.now() + timedelta(seconds=4)))
        page.reload()
        page.get_by_role("checkbox", name="Earth").check()
        expect(page.locator("[data-when=saved]")).to_contain_text(SAVED)
        page.context.set_offline(True)
        expect(waits).to_contain_text("The time is up.", timeout=10_000)
        assert page.url == here
        shot(page, "exam-time-up-offline")
        page.context.set_offline(False)
        expect(page.get_by_text("Not passed")).to_be_visible(timeout=10_000)
        troubles_of(page).clear()  # the failed requests that this test provoked
