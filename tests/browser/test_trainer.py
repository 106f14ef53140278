"""A trainer's way from a file of questions to a published course with an exam, in a real browser."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from sqlalchemy import func, select

from lms.kernel.db import db
from lms.kernel.uow import unit_of_work
from lms.quizzes.attempts.models import AttemptRow
from lms.quizzes.bank import queries
from lms.quizzes.kinds import KINDS
from lms.quizzes.kinds.single_choice import SingleChoice
from lms.quizzes.values import Draw, QuestionId, QuestionType
from tests.courses.courses import write_course
from tests.quizzes.exams import BY_HAND, EVERY_KIND, SIX_KINDS, fill_bank, set_up_exam
from tests.support.browser import axe, looked_at, overflow, page_in, shot, troubles_of
from tests.support.live import Live

pytestmark = pytest.mark.browser

GOOD = "::Fill {number}:: How is loop {number} filled? {{=By weight ~By feel ~By the hour}}\n"


def written(folder: Path) -> Path:
    """Return a GIFT file of twenty good questions whose line 57 begins one that nobody could answer."""
    blocks = [GOOD.format(number=number) for number in range(1, 29)]
    blocks.append("::Hopeless:: Which of these is right? {~this ~that}\n")
    blocks += [GOOD.format(number=number) for number in range(29, 33)]
    text = "\n".join(blocks)
    assert text.splitlines()[56].startswith("::Hopeless::")
    file = folder / "questions.gift"
    file.write_text(text)
    return file


def press(place: Locator, key: str = "Enter") -> None:
    """Use something as somebody without a mouse does."""
    place.focus()
    place.press(key)


def type_over(page: Page, field: Locator, text: str) -> None:
    """Replace what stands in a field by typing."""
    field.focus()
    page.keyboard.press("Control+A")
    page.keyboard.type(text)


def check(page: Page, name: str) -> None:
    shot(page, name)
    assert axe(page) == "", name
    assert overflow(page) <= 0, name


def questions_of(bank_id: object) -> dict[QuestionType, QuestionId]:
    """Return one question of each kind."""
    with unit_of_work(read_only=True):
        ids = queries.pool(bank_id, "")  # type: ignore[arg-type]  # an id from fill_bank
        return {queries.get_question(one).line.type: one for one in ids}


def import_questions(page: Page, file: Path) -> None:
    """Make a bank and bring a file in; its bad question is named with its line, and the others are offered."""
    page.goto("/author/questions")
    type_over(page, page.get_by_label("Name of the bank"), "Filling")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="This bank is empty")).to_be_visible()
    page.set_input_files("input[type=file]", file)
    press(page.get_by_role("button", name="Look at the file"))
    expect(page.get_by_text("1 question cannot be taken")).to_be_visible()
    expect(page.get_by_role("row", name="57 Hopeless")).to_be_visible()
    check(page, "trainer-import")
    press(page.get_by_role("button", name="Add 32 questions"))
    expect(page.get_by_text("32 questions in use")).to_be_visible()


def edit_a_question(page: Page) -> None:
    """Reword the first question; what is wrong is told while it is typed, and rows come and go."""
    press(page.get_by_role("link", name="Fill 1", exact=True))
    press(page.get_by_role("link", name="Edit"))
    stem = page.get_by_label("What is asked")
    type_over(page, stem, "How is a loop filled **for good**?")
    seen = page.get_by_role("complementary", name="As a learner sees it")
    expect(seen.locator("strong")).to_have_text("for good")

    press(page.get_by_text("Feedback and part credit").nth(1))
    credit = page.get_by_label("Part credit for choice 2")
    type_over(page, credit, "half")
    wrong = page.get_by_text("Give a percentage from -100 to 100.")
    expect(wrong).to_be_visible()
    type_over(page, credit, "50")
    expect(wrong).to_be_hidden()

    press(page.get_by_role("button", name="Add a choice"))
    expect(page.get_by_role("textbox", name="Choice 4", exact=True)).to_be_focused()
    page.keyboard.type("Not at all")
    press(page.get_by_role("button", name="Remove choice 3"))
    expect(page.get_by_role("textbox", name="Choice 3", exact=True)).to_have_value("Not at all")
    expect(stem).to_have_value("How is a loop filled **for good**?")
    check(page, "trainer-edit")
    press(page.get_by_role("button", name="Save version 2").last)
    expect(page.get_by_text("Version 2 is saved.")).to_be_visible()
    press(page.get_by_role("radio", name="By feel"), "Space")
    press(page.get_by_role("button", name="Check my answer"))
    expect(page.get_by_text("Partly right")).to_be_visible()
    check(page, "trainer-question")


def add_the_exam(page: Page, course_id: object) -> None:
    """Give the course an exam that draws three questions of the bank."""
    page.goto(f"/author/courses/{course_id}")
    press(page.get_by_role("link", name="Add to this section").last)
    add = page.locator("#add")
    add.get_by_label("Kind").select_option(label="Exam")
    type_over(page, add.get_by_label("Title"), "Exam: filling")
    page.keyboard.press("Enter")
    page.get_by_label("Draw from").first.select_option(label="Filling (32)")
    type_over(page, page.get_by_label("How many").first, "3")
    check(page, "trainer-exam")
    press(page.get_by_role("button", name="Save the exam"))
    expect(page.get_by_text("The exam is saved.")).to_be_visible()


def try_the_exam(page: Page) -> None:
    """Look at the course as a learner, and take its exam: drawn, answered, marked, and never stored."""
    press(page.get_by_role("link", name="Preview"))
    press(page.get_by_role("link", name="Start", exact=True))
    expect(page.get_by_role("heading", name="This is a preview")).to_be_visible()
    for number in range(1, 4):
        expect(page.get_by_text(f"Question {number} of 3")).to_be_visible()
        press(page.get_by_role("radio", name="By weight"), "Space")
        if number == 1:
            check(page, "trainer-preview")
        onward = "Next question" if number < 3 else "Check my answers"
        press(page.get_by_role("button", name=onward).last)
    expect(page.get_by_role("heading", name="This would pass with 100%.")).to_be_visible()
    check(page, "trainer-preview-result")


def test_from_a_file_of_questions_to_a_published_exam_by_keyboard_alone(
    live_server: Live, chromium: Browser, tmp_path: Path
) -> None:
    course_id = write_course(publish=False)
    db.session.remove()
    with page_in(chromium, base_url=live_server.url) as page:
        live_server.sign_in(page, live_server.cast.tomas)
        import_questions(page, written(tmp_path))
        edit_a_question(page)
        add_the_exam(page, course_id)
        try_the_exam(page)
        page.goto(f"/author/courses/{course_id}")
        press(page.get_by_role("link", name="Publish …"))
        press(page.get_by_role("button", name="Publish version 1"))
        expect(page.get_by_text("everyone can take it now")).to_be_visible()
    with unit_of_work(read_only=True):
        assert db.session.scalar(select(func.count()).select_from(AttemptRow)) == 0


def test_a_question_is_edited_and_an_exam_tried_without_script(live_server: Live, chromium: Browser) -> None:
    bank_id = fill_bank()
    _course, exam = set_up_exam([Draw(count=1, bank_id=bank_id)])
    question = questions_of(bank_id)[SingleChoice.type]
    db.session.remove()
    with page_in(chromium, base_url=live_server.url, scripts=False) as page:
        live_server.sign_in(page, live_server.cast.tomas)
        page.goto(f"/author/questions/items/{question}/edit")
        page.get_by_label("What is asked").fill("Which way out?")
        page.get_by_role("button", name="Add a choice").click()
        page.get_by_role("textbox", name="Choice 4", exact=True).fill("The window")
        page.get_by_role("button", name="Check and show").click()
        expect(page.get_by_role("complementary", name="As a learner sees it")).to_contain_text("The window")
        page.get_by_label("What is asked").press("Control+A")
        page.get_by_label("What is asked").press("Delete")
        page.get_by_role("button", name="Save version 2").last.click()
        expect(page.get_by_role("link", name="Write the question.")).to_be_visible()
        troubles_of(page).clear()  # the refusal, as the console writes it
        page.get_by_label("What is asked").fill("Which way out?")
        page.get_by_label("Name in lists").press(
            "Enter"
        )  # which saves, whatever buttons stand before that one
        expect(page.get_by_text("Version 2 is saved.")).to_be_visible()
        page.goto(f"/author/quizzes/{exam.config['quiz_id']}/preview")
        page.get_by_role("button", name="Check my answers").last.click()
        expect(page.get_by_text("Not passed")).to_be_visible()


def test_a_stale_tab_is_told_and_keeps_what_was_typed(live_server: Live, chromium: Browser) -> None:
    question = questions_of(fill_bank())[SingleChoice.type]
    db.session.remove()
    with page_in(chromium, base_url=live_server.url) as page:
        live_server.sign_in(page, live_server.cast.tomas)
        edit = f"/author/questions/items/{question}/edit"
        page.goto(edit)
        page.get_by_label("What is asked").fill("Mine")
        other = page.context.new_page()
        other.goto(edit)
        other.get_by_label("What is asked").fill("Theirs")
        other.get_by_label("Name in lists").press("Enter")
        expect(other.get_by_text("Version 2 is saved.")).to_be_visible()
        page.get_by_role("button", name="Save version 2").last.click()
        expect(page.get_by_role("heading", name="Somebody else saved version 2 meanwhile")).to_be_visible()
        troubles_of(page).clear()  # the conflict, as the console writes it
        expect(page.get_by_label("What is asked")).to_have_value("Mine")
        check(page, "trainer-stale")
        page.get_by_role("button", name="Save version 3").last.click()
        expect(page.get_by_text("Version 3 is saved.")).to_be_visible()


@pytest.mark.timeout(600)
def test_every_page_of_questions_is_accessible_and_fits(live_server: Live, chromium: Browser) -> None:
    bank_id = fill_bank(EVERY_KIND)
    _course, exam = set_up_exam([Draw(count=3, bank_id=bank_id)])
    kinds = questions_of(bank_id)
    db.session.remove()
    paths = [f"/author/questions/{bank_id}{page}" for page in ("", "/new", "/export")]
    # A question is written and edited in the same form: of the empty ones a few.
    paths += [f"/author/questions/{bank_id}/new?type={kind}" for kind in (*KINDS,)[::5]]
    # The others have a look of their own: on pictures, in gaps and words, opinions, in order and by table.
    for name in {question.body.type for question in (*SIX_KINDS, *BY_HAND)}:
        question = kinds[name]
        paths += [f"/author/questions/items/{question}?solve=1", f"/author/questions/items/{question}/edit"]
    paths += [
        f"/author/quizzes/{exam.config['quiz_id']}",
        f"/author/quizzes/{exam.config['quiz_id']}/preview",
    ]
    with page_in(chromium, base_url=live_server.url) as page:
        live_server.sign_in(page, live_server.cast.tomas)
        faults = []
        for number, path in enumerate(paths):
            page.goto(path)
            page.wait_for_load_state("networkidle")
            faults += looked_at(page, f"questions-{number:02}")
        page.get_by_role("button", name="Check my answers").last.click()
        expect(page.get_by_text("Not passed")).to_be_visible()
        assert faults + looked_at(page, "questions-result") == []
