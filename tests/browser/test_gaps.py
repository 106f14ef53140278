"""A text with gaps in a real browser: made of words by its author, filled by mouse, keys or lists."""

import pytest
from playwright.sync_api import Browser, Page, expect

from lms.kernel.db import db
from lms.quizzes.values import Draw, Layout
from tests.quizzes.exams import enrol, fill_bank, fixed, set_up_exam
from tests.quizzes.test_gap_fill import MIXED, WORDS
from tests.support.browser import axe, looked_at, overflow, page_in, shot, troubles_of
from tests.support.live import Live

pytestmark = pytest.mark.browser


def check(page: Page, name: str) -> None:
    shot(page, name)
    assert axe(page) == "", name
    assert overflow(page) <= 0, name


def begin(live: Live, page: Page, layout: Layout = Layout.ONE) -> None:
    """Start an exam of two texts with gaps."""
    bank_id = fill_bank([MIXED, WORDS])
    course_id, exam = set_up_exam(fixed(bank_id), layout=layout)
    enrol(live.cast.amara, course_id)
    db.session.remove()
    live.sign_in(page, live.cast.amara)
    page.goto(f"{live.url}/learn/exams/{exam.id}/start")
    page.get_by_role("button", name="Start the exam").click()


def test_an_author_makes_gaps_of_words_in_the_text(live_server: Live, chromium: Browser) -> None:
    bank_id = fill_bank()
    db.session.remove()
    with page_in(chromium, base_url=live_server.url) as page:
        live_server.sign_in(page, live_server.cast.tomas)
        page.goto(f"/author/questions/{bank_id}/new?type=gap_fill")
        text = page.get_by_label("What is asked")
        text.fill("A pump makes a vacuum of 2 mbar.")
        text.evaluate("(field) => field.setSelectionRange(15, 21)")
        page.get_by_role("button", name="Make a gap").click()
        expect(text).to_have_value("A pump makes a [[1]] of 2 mbar.")
        first = page.get_by_role("group", name="Gap 1", exact=True)
        expect(first.get_by_role("textbox", name="Answer 1", exact=True)).to_have_value("vacuum")
        expect(text).to_be_focused()
        seen = page.get_by_role("complementary", name="As a learner sees it")
        expect(seen.get_by_role("textbox", name="Gap 1")).to_be_visible()
        text.press("End")
        page.keyboard.type(" It has [[2]] kelvin.")
        second = page.get_by_role("group", name="Gap 2", exact=True)
        second.get_by_label("Filled by").select_option("number")
        expect(second.get_by_role("group", name="Accepted numbers")).to_be_visible()
        second.get_by_role("textbox", name="Number 1", exact=True).fill("8")
        check(page, "gaps-author")
        second.get_by_label("Filled by").select_option("drag")
        word = second.get_by_label("The word that belongs here")
        expect(word).to_have_value("8")
        first.get_by_label("Filled by").select_option("pick")
        expect(first.get_by_role("textbox", name="Choice 1", exact=True)).to_have_value("vacuum")
        first.get_by_role("textbox", name="Choice 2", exact=True).fill("pressure")
        word.fill("eight")
        page.get_by_role("textbox", name="Distractor 1", exact=False).fill("nine")
        expect(seen.get_by_role("combobox", name="Gap 1")).to_be_visible()
        expect(seen.get_by_role("button", name="nine")).to_be_visible()
        check(page, "gaps-author-bank")
        page.get_by_role("button", name="Save the question").last.click()
        expect(page.get_by_text("The question is in the bank.")).to_be_visible()
        page.get_by_role("button", name="Show the right answer").click()
        expect(page.get_by_text("Right", exact=True).first).to_be_visible()
        page.get_by_role("link", name="Edit").click()
        page.get_by_role("button", name="Remove gap 2").click()
        expect(page.get_by_role("group", name="Gap 2", exact=True)).to_have_count(0)
        expect(page.get_by_label("What is asked")).to_have_value(
            "A pump makes a [[1]] of 2 mbar. It has  kelvin."
        )


def test_words_go_into_gaps_by_keys_and_by_mouse(live_server: Live, chromium: Browser) -> None:
    with page_in(chromium) as page:
        begin(live_server, page)
        saved = page.locator("[data-when=saved]")
        page.get_by_role("combobox", name="Gap 1").select_option("raises")
        page.get_by_role("textbox", name="Gap 2").fill("presure")
        page.get_by_role("textbox", name="Gap 3").fill("27")
        expect(page.get_by_text("Gap 3: Give the unit too: bar.")).to_be_visible()
        page.get_by_role("textbox", name="Gap 3").fill("27 bar")
        expect(page.get_by_role("link", name="Question 1, answered")).to_be_visible()
        check(page, "gaps-asked")
        page.get_by_role("button", name="Next question").click()

        page.get_by_role("button", name="charge").press("Enter")
        expect(page.get_by_role("button", name="charge")).to_have_attribute("aria-pressed", "true")
        page.get_by_role("button", name="Gap 1: empty").press("Space")
        expect(page.locator("[data-told]")).to_have_text("charge is in gap 1.")
        expect(saved).to_contain_text("Answer saved at ")
        page.get_by_role("button", name="vacuum").drag_to(page.get_by_role("button", name="Gap 1: charge"))
        expect(page.get_by_role("button", name="Gap 1: vacuum")).to_be_visible()
        page.get_by_role("button", name="charge", exact=True).drag_to(
            page.get_by_role("button", name="Gap 2: empty")
        )
        expect(page.get_by_role("link", name="Question 2, answered")).to_be_visible()
        check(page, "gaps-dragged")
        page.reload()
        expect(page.get_by_role("button", name="Gap 2: charge")).to_be_visible()
        page.get_by_role("button", name="Gap 2: charge").press("Enter")
        expect(page.get_by_role("button", name="Gap 2: empty")).to_be_focused()
        expect(page.locator("[data-told]")).to_have_text("charge is back among the words.")
        page.get_by_role("button", name="charge", exact=True).press("Enter")
        page.get_by_role("button", name="Gap 2: empty").press("Enter")
        expect(page.get_by_role("link", name="Question 2, answered")).to_be_visible()
        page.get_by_role("button", name="Check and finish").click()
        page.get_by_role("button", name="Finish and mark").click()
        expect(page.get_by_text("You passed with 100%.")).to_be_visible()
        check(page, "gaps-result")


def test_what_was_dragged_without_a_network_is_there_and_sent_when_it_is_back(
    live_server: Live, chromium: Browser
) -> None:
    with page_in(chromium) as page:
        begin(live_server, page, layout=Layout.ALL)
        # Only what is sent is held back: the page itself has to come again while its answer waits on the device.
        page.route(
            "**/learn/exams/**",
            lambda route: route.abort() if route.request.method == "POST" else route.continue_(),
        )
        page.get_by_role("button", name="vacuum").click()
        page.get_by_role("button", name="Gap 1: empty").click()
        expect(page.locator("[data-when=waiting]")).to_be_visible()
        page.reload()
        expect(page.get_by_role("button", name="Gap 1: vacuum")).to_be_visible()
        page.unroute_all()
        expect(page.locator("[data-when=saved]")).to_contain_text("Answer saved at ")
        troubles_of(page).clear()  # the failed requests that this test provoked


def test_gaps_are_filled_from_lists_without_script(live_server: Live, chromium: Browser) -> None:
    with page_in(chromium, scripts=False) as page:
        begin(live_server, page)
        page.get_by_role("textbox", name="Gap 2").fill("pressure")
        page.get_by_role("button", name="Next question").click()
        page.get_by_role("combobox", name="Gap 1").select_option("vacuum")
        page.get_by_role("combobox", name="Gap 2").select_option("vacuum")
        page.get_by_role("button", name="Question 1").first.click()
        expect(page.get_by_role("textbox", name="Gap 2")).to_have_value("pressure")
        page.get_by_role("button", name="Next question").click()
        expect(page.get_by_text("“vacuum” stands in more than one gap.")).to_be_visible()
        shot(page, "gaps-no-script")


def test_every_page_of_a_text_with_gaps_is_accessible_and_fits(live_server: Live, chromium: Browser) -> None:
    bank_id = fill_bank([MIXED, WORDS])
    _course, exam = set_up_exam([Draw(count=2, bank_id=bank_id)], layout=Layout.ALL)
    questions = [draw.question_id for draw in fixed(bank_id)]
    db.session.remove()
    with page_in(chromium, base_url=live_server.url) as page:
        live_server.sign_in(page, live_server.cast.tomas)
        faults = []
        for number, question in enumerate(questions):
            for part in ("?solve=1", "/edit"):
                page.goto(f"/author/questions/items/{question}{part}")
                page.wait_for_load_state("networkidle")
                faults += looked_at(page, f"gaps-{number}-{part.strip('/?=1')}")
        page.goto(f"/author/quizzes/{exam.config['quiz_id']}/preview")
        page.wait_for_load_state("networkidle")
        faults += looked_at(page, "gaps-preview")
        page.evaluate("document.documentElement.dir = 'rtl'")
        assert faults + looked_at(page, "gaps-preview-rtl") == []
