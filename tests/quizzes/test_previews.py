"""Trainers try an exam as a learner would: the real paper, the real marking, and nothing of it is kept."""

import re
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from sqlalchemy import func, select

from lms.app.portal import Portal
from lms.kernel.db import Model, db
from lms.kernel.uow import unit_of_work
from lms.quizzes.bank import queries
from lms.quizzes.values import Draw, Layout, QuizId
from tests.quizzes.exams import VALVE, fill_bank, set_up_exam
from tests.quizzes.test_exam_pages import named
from tests.support.portal import Cast, Visitor, counted_queries

Visit = Callable[..., Visitor]


@pytest.fixture
def tomas(cast: Cast, visit: Visit) -> Visitor:
    return visit(cast.tomas)


def set_up(draws: list[Draw] | None = None, **rules: object) -> str:
    """Return the address of an exam's preview."""
    _course_id, exam = set_up_exam(draws, **rules)  # type: ignore[arg-type]  # the rules of an exam alone
    return f"/author/quizzes/{exam.config['quiz_id']}/preview"


def carried(page: str) -> dict[str, str]:
    """Return the hidden fields of a preview's form."""
    form = page[page.index('id="paper"') : page.index("</form>", page.index('id="paper"'))]
    hidden = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', form)
    return {name: value for name, value in hidden if name not in {"csrf_token", "slot"}}


def everything() -> Mapping[str, int]:
    """Return how many rows each table has."""
    with unit_of_work(read_only=True):
        return {
            name: db.session.scalar(select(func.count()).select_from(table)) or 0
            for name, table in Model.metadata.tables.items()
        }


def test_a_preview_asks_page_by_page_marks_and_stores_nothing(
    app: Portal, cast: Cast, tomas: Visitor
) -> None:
    address = set_up()
    page = tomas.get(address)
    before = everything()
    assert "This is a preview" in page.text
    assert "Question 1 of 6" in page.text
    sent: dict[str, Any] = carried(page.text)
    for number in range(1, 7):
        go = str(number + 1) if number < 6 else "check"
        page = tomas.post(address, {**sent, **named(number), "go": go})
        assert page.status_code == 200
        if number < 6:
            assert f"Question {number + 1} of 6" in page.text
            sent = {**sent, **named(number)}
            assert set(carried(page.text)) == set(sent), "what was answered travels along"
    assert "This would pass with 100%." in page.text
    assert "People come first." in page.text, "feedback is shown for each question"
    assert "This is a preview" in page.text
    assert everything() == before


def test_wrong_and_missing_answers_are_marked_as_in_the_real_exam(
    app: Portal, cast: Cast, tomas: Visitor
) -> None:
    address = set_up(layout=Layout.ALL)
    page = tomas.get(address).text
    assert 'name="q6-a"' in page, "one page asks all"
    # A tick too many: 2 points become 1; one of two pairs: half a point; the others are open.
    answers = {"q1": "a", "q2": ["a", "b", "c"], "q6-a": "x"}
    result = tomas.post(address, {**carried(page), **answers, "go": "check"}).text
    assert "Not passed" in result
    assert "This would reach 21%" in result
    assert "Partly right" in result
    assert "Not answered" in result
    assert "1.5 of 7" in result


def test_a_preview_draws_as_a_learner_would_be_drawn_for(app: Portal, cast: Cast, tomas: Visitor) -> None:
    address = set_up([Draw(count=3, bank_id=fill_bank())])
    drawn = {carried(tomas.get(address).text)["drawn"] for _ in range(12)}
    assert len(drawn) > 1, "each preview is a new draw"
    first = tomas.get(f"{address}?seed=7").text
    assert carried(first)["drawn"] == carried(tomas.get(f"{address}?seed=7").text)["drawn"]


def test_a_bank_that_changes_under_a_preview_starts_it_anew(app: Portal, cast: Cast, tomas: Visitor) -> None:
    bank_id = fill_bank([VALVE])
    address = set_up([Draw(count=1, bank_id=bank_id)])
    sent = carried(tomas.get(address).text)
    with unit_of_work(read_only=True):
        question = queries.pool(bank_id, "")[0]
    edit = f"/author/questions/items/{question}/edit"
    form = {"stem": "Reworded?", "choice-0-text": "Yes", "choice-1-text": "No", "right": "0", "seen": "1"}
    assert tomas.post(edit, form).status_code == 303
    moved = tomas.post(address, {**sent, "q1": "b", "go": "check"})
    assert moved.status_code == 303
    assert "Reworded?" in tomas.get(moved.location).text


def test_an_exam_that_asks_more_than_its_bank_has_says_so_instead(
    app: Portal, cast: Cast, tomas: Visitor
) -> None:
    bank_id = fill_bank([VALVE])
    address = set_up([Draw(count=1, bank_id=bank_id)])
    with unit_of_work(read_only=True):
        question = queries.pool(bank_id, "")[0]
    assert tomas.post(f"/author/questions/items/{question}/retire").status_code == 303
    moved = tomas.get(address)
    assert moved.status_code == 303
    assert "not complete" in tomas.get(moved.location).text


def test_an_answer_no_page_could_send_is_refused(app: Portal, cast: Cast, tomas: Visitor) -> None:
    address = set_up()
    sent = carried(tomas.get(address).text)
    assert tomas.post(address, {**sent, "q1": "zz", "go": "check"}).status_code == 422


def test_trainers_preview_auditors_look_and_learners_do_not(app: Portal, cast: Cast, visit: Visit) -> None:
    address = set_up()
    look = visit(cast.odd).get(address)
    assert look.status_code == 200
    assert "Check my answers" not in look.text
    # The whole paper at once: no button leads on to a refusal.
    assert 'method="post" action="/author/' not in look.text
    assert all(f"Question {number} of 6" in look.text for number in range(1, 7))
    assert visit(cast.odd).post(address, {"go": "check"}).status_code == 403
    for learner in (cast.amara, cast.ruth):
        assert visit(learner).get(address).status_code == 403
        assert visit(learner).post(address, {"go": "check"}).status_code == 403


def test_a_preview_costs_the_same_however_many_questions_it_has(
    app: Portal, cast: Cast, tomas: Visitor
) -> None:
    few, many = set_up([Draw(count=1, bank_id=fill_bank([VALVE], name="Few"))], slug="few"), set_up()

    def cost(address: str) -> int:
        tomas.get(address)
        with counted_queries() as seen:
            assert tomas.get(address).status_code == 200
        return len(seen)

    # A random draw looks into its bank; questions that are fixed cost nothing each.
    assert cost(many) <= cost(few)


def test_the_exam_of_a_course_opens_as_a_preview_from_the_courses_own(
    app: Portal, cast: Cast, tomas: Visitor
) -> None:
    course_id, exam = set_up_exam()
    page = tomas.get(f"/author/courses/{course_id}/preview/{exam.key}").text
    assert f"/author/quizzes/{QuizId(exam.config['quiz_id'])}/preview" in page
    assert "cannot be opened" not in page
