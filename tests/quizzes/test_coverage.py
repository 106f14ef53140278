"""The blueprint of an exam: what every paper asks by objective and difficulty, what it may, and where nothing is."""

from collections.abc import Callable
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from lms.app.portal import Portal
from lms.kernel.db import new_id
from lms.quizzes.bank.rules.coverage import Cell, Covered, coverage
from lms.quizzes.values import BankId, Difficulty, Draw
from tests.quizzes.exams import VALVE, fill_bank
from tests.support.portal import Cast, Visitor

Visit = Callable[..., Visitor]
BANK = BankId(new_id())
EASY, HARD = ("Heat", Difficulty.EASY), ("Heat", Difficulty.HARD)
CELLS: list[Cell] = [EASY, HARD, ("", None)]


@given(st.dictionaries(st.sampled_from(CELLS), st.integers(1, 3), min_size=1), st.integers(1, 5))
def test_a_draw_covers_what_the_worst_and_the_best_chance_make_of_it(
    supply: dict[Cell, int], count: int
) -> None:
    flat = [cell for cell, many in supply.items() for _number in range(many)]
    count = min(count, len(flat))
    found = coverage([Draw(count=count, bank_id=BANK)], [supply], supply)
    papers = list(combinations(flat, count))
    for cell, one in found.items():
        asked = [paper.count(cell) for paper in papers]
        assert one == Covered(min(asked), max(asked), supply[cell])


def test_fixed_questions_are_certain_and_what_nothing_asks_is_a_gap() -> None:
    draws = [Draw(), Draw(count=2, bank_id=BANK, difficulty=Difficulty.HARD)]
    found = coverage(draws, [{EASY: 1}, {HARD: 4}], {EASY: 3, HARD: 4, ("Cold", Difficulty.EASY): 2})
    assert found == {
        ("Cold", Difficulty.EASY): Covered(0, 0, 2),
        EASY: Covered(1, 1, 3),
        HARD: Covered(2, 2, 4),
    }
    assert list(found) == [("Cold", Difficulty.EASY), EASY, HARD]
    assert [one.is_never_asked for one in found.values()] == [True, False, False]


def test_the_page_of_an_exam_says_what_it_covers(app: Portal, cast: Cast, visit: Visit) -> None:
    bank_id, key = fill_bank(), new_id()
    row = "section-0-draw-0"
    form = {"key": str(key), "title": "Exam", "pass_percent": "80", "layout": "one", "review": "marks"}
    form |= {"penalty": "33", "telling": "at_end", f"{row}-bank": str(bank_id), f"{row}-count": "2"}
    form |= {f"{row}-tag": VALVE.tags[0], f"{row}-count": "1"}
    tomas = visit(cast.tomas)
    assert tomas.post("/author/quizzes/new", form).status_code == 303
    page = tomas.get(f"/author/quizzes/{key}").text
    assert "What the exam covers" in page
    assert "No objective" in page
