"""What draws may choose from is taken along a ring of the bank: enough wherever it begins, unseen ones not missed."""

import pytest
from sqlalchemy import event

from lms.app.portal import Portal
from lms.kernel.db import db
from lms.kernel.uow import unit_of_work
from lms.quizzes.bank import queries
from lms.quizzes.kinds.true_false import TrueFalse
from lms.quizzes.values import BankId, Difficulty, Draw, Question, QuestionId, Text
from tests.quizzes.exams import fill_bank

MANY = 120


@pytest.fixture
def large(app: Portal) -> tuple[BankId, list[QuestionId]]:
    """A bank of more questions than a draw looks at."""
    bank_id = fill_bank(
        [
            Question(title=f"Question {number}", stem=Text(f"Is it {number}?"), body=TrueFalse(answer=True))
            for number in range(MANY)
        ]
    )
    with unit_of_work(read_only=True):
        return bank_id, list(queries.pool(bank_id, ""))


@pytest.mark.parametrize("at", [0, 1, queries.DICE_SIDES // 2, queries.DICE_SIDES - 1])
def test_wherever_it_begins_there_is_enough_and_not_the_whole_bank(
    large: tuple[BankId, list[QuestionId]], at: int
) -> None:
    bank_id, ids = large
    with unit_of_work(read_only=True):
        _fixed, (pool,) = queries.draw_pools([Draw(count=10, bank_id=bank_id)], {}, at=at)
    assert 10 <= len(set(pool.questions)) == len(pool.questions) < MANY
    assert set(pool.questions) <= set(ids)


def test_the_few_that_somebody_has_not_met_are_found_among_many_that_they_have(
    large: tuple[BankId, list[QuestionId]],
) -> None:
    bank_id, ids = large
    unseen = set(ids[::24])
    with unit_of_work(read_only=True):
        _fixed, (pool,) = queries.draw_pools(
            [Draw(count=5, bank_id=bank_id)], {}, seen=set(ids) - unseen, at=queries.DICE_SIDES // 2
        )
    assert unseen <= set(pool.questions)


def test_many_draws_ask_no_more_queries_than_two(large: tuple[BankId, list[QuestionId]]) -> None:
    bank_id, _ids = large
    few = [Draw(count=1, bank_id=bank_id), Draw(count=1, bank_id=bank_id, tag="a")]
    many = [
        *few,
        *(Draw(count=1, bank_id=bank_id, tag=f"tag {number}") for number in range(10)),
        *(Draw(count=1, bank_id=bank_id, difficulty=one) for one in Difficulty),
    ]
    asked: list[int] = []
    said: list[str] = []
    event.listen(db.engine, "before_cursor_execute", lambda *told: said.append(told[2]))
    for draws in (few, many):
        with unit_of_work(read_only=True):
            said.clear()
            queries.draw_pools(draws, {}, at=queries.DICE_SIDES - 1)
            asked.append(sum(one.startswith("SELECT") or "WITH" in one[:8] for one in said))
    assert asked == [3, 3]
