"""Authors write variables and formulas beside a question, see some draws at once, and are told which field is wrong."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from lms.app.portal import Portal
from lms.kernel.db import new_id
from lms.kernel.uow import unit_of_work
from lms.quizzes.bank import queries
from lms.quizzes.kinds.chance import settled
from lms.quizzes.values import Computed, Drawing, Question, QuestionId, Variable
from tests.quizzes.drawn_by_chance import PIPE
from tests.quizzes.exams import GAPS, fill_bank
from tests.quizzes.test_question_pages import fields_on, ids_in, version_count
from tests.support.portal import Cast, Visitor


@pytest.fixture
def tomas(cast: Cast, visit: Callable[..., Visitor]) -> Visitor:
    return visit(cast.tomas)


def question_of(question_id: QuestionId) -> Question:
    with unit_of_work(read_only=True):
        return queries.get_question(question_id).question


def test_a_question_is_written_with_variables_and_its_key_is_a_formula(app: Portal, tomas: Visitor) -> None:
    bank_id = fill_bank(())
    page = f"/author/questions/{bank_id}/new?type=numeric"
    sent = {
        "key": str(new_id()),
        "seen": "0",
        "stem": "What are {a} times {b}?",
        "marks": "1",
        "variable-0-name": "a",
        "variable-0-formula": "whole(2, 9)",
        "variable-1-name": "b",
        "variable-1-formula": "a + whole(1,",
        "condition-0-formula": "a <> b",
        "answer-0-value": "=a * b",
        "answer-0-tolerance": "=a / 10",
        "folder": "none",
        "difficulty": "none",
        "status": "reviewed",
    }
    refused = tomas.post(page, sent)
    assert refused.status_code == 422
    assert '<a href="#variable-1-formula">The formula ends too early.</a>' in refused.text
    assert 'value="=a * b"' in refused.text
    sent["variable-1-formula"] = "whole(2, 9)"
    refused = tomas.post(page, {**sent, "answer-0-value": "=a * c"})
    assert '<a href="#answer-0-value">There is no “c” before this.</a>' in refused.text
    looked = tomas.post(page, {**sent, "do": "check"}).text
    assert "As it may be drawn" in looked
    assert "{a}" not in looked[looked.index("data-seen") :]
    assert "What are" in looked[looked.index("data-seen") :]
    added = tomas.post(page, {**sent, "do": "add:condition"}).text
    assert 'name="condition-1-formula"' in added
    saved = tomas.post(page, sent)
    assert saved.status_code == 303, saved.text
    (question_id,) = ids_in(bank_id)
    made = question_of(question_id)
    assert made.drawing == Drawing(
        (Variable("a", "whole(2, 9)"), Variable("b", "whole(2, 9)")),
        ("a <> b",),
        (Computed("answers.a.value", "a * b"), Computed("answers.a.tolerance", "a / 10")),
    )
    assert "drawn by chance" in tomas.get(f"/author/questions/{bank_id}").text
    shown = tomas.get(saved.location).text
    assert "Drawn by chance" in shown
    assert "{a}" not in shown.replace("What are {a} times {b}?", "")


def test_a_form_that_is_sent_as_it_came_changes_nothing_of_what_is_drawn(app: Portal, tomas: Visitor) -> None:
    kept = settled(
        replace(
            GAPS,
            drawing=Drawing(
                (Variable("n", "whole(1, 5)"),), (), (Computed("gaps.1.choices.a.weight", "if(n > 9, 0, 1)"),)
            ),
        )
    )
    for question_id in ids_in(fill_bank((PIPE, kept))):
        page = f"/author/questions/items/{question_id}/edit"
        before = question_of(question_id)
        fields = fields_on(tomas.get(page).text)
        answered = tomas.post(page, fields)
        assert answered.status_code == 303, answered.text
        assert question_of(question_id) == before
        assert version_count(question_id) == 1
        assert tomas.post(page, {**fields, "variable-0-formula": "whole(4, 8)"}).status_code == 303
        compared = tomas.get(f"/author/questions/items/{question_id}/compare?old=1&new=2").text
        assert "Drawn by chance" in compared
