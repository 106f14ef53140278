"""Questions drawn by chance: everyone has values of their own, kept for ever, in all that is asked, right and said."""

import time
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.app.portal import Portal
from lms.identity.values import PersonId
from lms.kernel.uow import unit_of_work
from lms.quizzes.bank.service import as_asked, stored_as
from lms.quizzes.errors import NotNow
from lms.quizzes.facade import list_drawn
from lms.quizzes.kinds.chance import (
    DrawingFault,
    as_drawn,
    check,
    content_drawn,
    draw,
    kept,
    kept_from_json,
)
from lms.quizzes.kinds.numeric import Numeric
from lms.quizzes.remarking.rules import why_unfit
from lms.quizzes.values import (
    AttemptId,
    Computed,
    Drawing,
    Question,
    Text,
    TextFormat,
    Variable,
    question_to_json,
)
from tests.quizzes.drawn_by_chance import FAULTY, PIPE
from tests.quizzes.exams import (
    NUMBER,
    VALVE,
    actor_of,
    enrol,
    fill_bank,
    finish,
    fixed,
    give,
    set_up_exam,
    sitting,
    start,
)
from tests.quizzes.remarks import Case
from tests.support.portal import Cast, Visitor, counted_queries

ONE = Decimal(1)


def values_in(attempt: AttemptId, person: PersonId, slot: int = 1) -> dict[str, Decimal]:
    drawn = sitting(attempt, person).slots[slot - 1].drawn
    assert drawn is not None
    return {name: one for name, one in kept_from_json(drawn).items() if isinstance(one, Decimal)}


@given(st.integers(0, 10**6))
def test_a_seed_draws_the_same_for_ever_and_what_is_drawn_makes_a_question_whose_key_fits(seed: int) -> None:
    values = draw(PIPE.drawing, seed)
    assert values == draw(PIPE.drawing, seed) == kept_from_json(kept(values))
    count, each = values["count"], values["each"]
    assert isinstance(count, Decimal)
    assert isinstance(each, Decimal)
    assert count != 10
    asked = as_drawn(PIPE, values)
    assert isinstance(asked.body, Numeric)
    (answer,) = asked.body.answers
    assert (answer.value, answer.tolerance) == (count * each, count / 2)
    assert answer.feedback.source == f"{count} × {each}"
    assert asked.stem.source.startswith(f"{count} metres of pipe take {each} g a metre.")
    assert ("Mind the trap" in asked.stem.source) is (count > 20)
    assert "{" not in "".join(text.source for text in asked.texts)
    assert not asked.drawing
    assert as_drawn(PIPE, values, anew=True) == asked


def drawing(*variables: str, conditions: tuple[str, ...] = (), **computed: str) -> Question:
    made = [Variable(*one.split(" := ")) for one in variables]
    places = tuple(Computed(f"answers.a.{name}", formula) for name, formula in computed.items())
    return replace(NUMBER, drawing=Drawing(tuple(made), conditions, places))


@pytest.mark.parametrize(
    "question, part, says",
    [
        (drawing("a := b", "b := 1"), "variable-0-formula", "no “b” before"),
        (drawing("a := 1", "a := 2"), "variable-1-name", "this name"),
        (drawing("é := 1"), "variable-0-name", "letters"),
        (drawing("a := 1 +"), "variable-0-formula", "too early"),
        (drawing("a := 1 / whole(0, 1)"), "variable-0-formula", "divides by zero"),
        (drawing("a := whole(1, 9)", conditions=("a > 9",)), "condition-0-formula", "too rarely"),
        (drawing("a := whole(1, 9)", conditions=("a + 1",)), "condition-0-formula", "condition is expected"),
        (drawing("a := 1", value="whole(1, 2)"), "answers.a.value", "Only a variable"),
        (drawing("a := 'x'", tolerance="a"), "variables", "no question"),
        (drawing("a := 1", tolerance="0 - a"), "variables", "below zero"),
        (drawing("a := 1", weights="a"), "answers.a.weights", "belongs nowhere"),
        (drawing(*[f"a{n} := 1" for n in range(41)]), "variables", "at most 40"),
    ],
)
def test_what_cannot_be_drawn_is_refused_by_the_part_that_is_wrong(
    question: Question, part: str, says: str
) -> None:
    with pytest.raises(DrawingFault, match=says) as fault:
        check(question)
    assert fault.value.part == part


def test_nothing_that_is_drawn_passes_the_filter_of_html_by() -> None:
    question = replace(
        NUMBER,
        stem=Text('<p>{word}{#no}<img alt="{/no}<script>alert(1)</script>"></p>', TextFormat.HTML),
        drawing=Drawing((Variable("word", "'<b onclick=x>bold</b>'"), Variable("no", "false"))),
    )
    stored = as_asked(stored_as(question, {}), None)
    assert "<script" not in stored.stem
    assert "&lt;b onclick=x&gt;bold" in stored.stem
    plain = replace(question, stem=Text("{word}", TextFormat.MARKDOWN))
    assert "onclick" not in as_asked(stored_as(plain, {}), None).stem.replace("onclick=x&gt;", "")


@pytest.mark.parametrize(
    "source, shown",
    [
        ("{#yes}a{/yes}{#no}b{/no}c", "ac"),
        ("{^yes}a{/yes}{^no}b{/no}c", "bc"),
        ("1{#yes}2{#no}3{#yes}4{/yes}{/no}5{/yes}6", "1256"),
        ("{#no}1{#yes}2{/yes}3{/no}4", "4"),
        ("{#other}1{/other} {n} {m} {", "{#other}1{/other} 7 {m} {"),
        ("{#yes}1", "{#yes}1"),
        ("{/no}1{#no}", "{/no}1{#no}"),
        ("{#yes}" * 20_000 + "{n}", "{#yes}" * 20_000 + "7"),
    ],
)
def test_parts_of_a_text_are_there_or_not_and_what_is_no_mark_stays(source: str, shown: str) -> None:
    variables = (Variable("yes", "true"), Variable("no", "false"), Variable("n", "7"))
    question = replace(NUMBER, stem=Text(f"x{source}"), drawing=Drawing(variables))
    began = time.process_time()
    assert as_drawn(question, draw(question.drawing, 1)).stem.source == f"x{shown}"
    assert time.process_time() - began < 1


def test_what_draws_nothing_is_not_even_read() -> None:
    content = question_to_json(VALVE)
    assert "drawing" not in content
    assert content_drawn(content, None) is content


def test_each_attempt_keeps_its_own_values_and_is_graded_by_them_whatever_becomes_of_the_question(
    app: Portal, cast: Cast
) -> None:
    bank_id = fill_bank((PIPE,))
    with unit_of_work(read_only=True):
        draws = fixed(bank_id)
    course_id, exam = set_up_exam(draws, pass_percent=100)
    attempts = {}
    for person in (cast.amara, cast.dafydd):
        enrol(person, course_id)
        attempts[person] = start(exam.id, person)
    drawn = {person: values_in(attempt, person) for person, attempt in attempts.items()}
    case = Case.__new__(Case)
    case.question_id = draws[0].question_id  # type: ignore[assignment]
    case.mend(VALVE_LIKE)
    assert {person: values_in(attempt, person) for person, attempt in attempts.items()} == drawn
    with unit_of_work(read_only=True):
        ((_number, asked),) = list_drawn(attempts[cast.amara], actor_of(cast.amara))
    count, each = drawn[cast.amara]["count"], drawn[cast.amara]["each"]
    assert asked.stem.source.startswith(f"{count} metres of pipe take {each} g")
    give(attempts[cast.amara], 1, {"answer": [str(count * each + count / 2)]}, cast.amara)
    give(attempts[cast.dafydd], 1, {"answer": ["1"]}, cast.dafydd)
    scores = []
    for person, attempt in attempts.items():
        finish(attempt, person)
        scores.append(sitting(attempt, person).attempt.score)
    assert scores == [ONE, Decimal(0)]


VALVE_LIKE = replace(PIPE, stem=Text("{count} and {each}: how many grams?"))


def test_marked_anew_an_answer_is_held_against_the_other_formula_with_its_own_values(
    app: Portal, cast: Cast
) -> None:
    bank_id = fill_bank((FAULTY,))
    with unit_of_work(read_only=True):
        draws = fixed(bank_id)
    case = Case.__new__(Case)
    case.question_id = draws[0].question_id  # type: ignore[assignment]
    case.course_id, case.exam = set_up_exam(draws, pass_percent=100)
    enrol(cast.amara, case.course_id)
    attempt = start(case.exam.id, cast.amara)
    drawn = values_in(attempt, cast.amara)
    give(attempt, 1, {"answer": [str(drawn["count"] * drawn["each"])]}, cast.amara)
    finish(attempt, cast.amara)
    assert sitting(attempt, cast.amara).attempt.score == 0
    case.mend(PIPE)
    case.mark()
    assert sitting(attempt, cast.amara).attempt.score == ONE
    assert values_in(attempt, cast.amara) == drawn
    more = replace(
        PIPE, drawing=replace(PIPE.drawing, variables=(Variable("d", "whole(1, 2)"), *PIPE.drawing.variables))
    )
    assert "other variables" in str(why_unfit(PIPE, more))


def test_an_exam_whose_question_cannot_be_drawn_begins_for_nobody(app: Portal, cast: Cast) -> None:
    never = replace(PIPE, drawing=replace(PIPE.drawing, conditions=("count > 99",)))
    bank_id = fill_bank((never,))
    with unit_of_work(read_only=True):
        draws = fixed(bank_id)
    course_id, exam = set_up_exam(draws)
    enrol(cast.amara, course_id)
    with pytest.raises(NotNow, match="cannot be drawn"):
        start(exam.id, cast.amara)


def test_pages_show_the_values_and_a_drawn_question_costs_no_query_more(
    app: Portal, cast: Cast, visit: Callable[..., Visitor]
) -> None:
    counts = []
    for slug, question in (("plain", NUMBER), ("drawn", PIPE)):
        bank_id = fill_bank((question,), name=slug)
        with unit_of_work(read_only=True):
            draws = fixed(bank_id)
        course_id, exam = set_up_exam(draws, slug=slug, pass_percent=0, review="answers")
        enrol(cast.amara, course_id)
        amara = visit(cast.amara)
        with counted_queries() as starting:
            attempt = start(exam.id, cast.amara)
        with counted_queries() as saving:
            give(attempt, 1, {"answer": ["7"]}, cast.amara)
        with counted_queries() as asking:
            page = amara.get(f"/learn/exams/{attempt}/1").text
        finish(attempt, cast.amara)
        with counted_queries() as reading:
            result = amara.get(f"/learn/exams/{attempt}/result").text
        counts.append([len(one) for one in (starting, saving, asking, reading)])
        if question is PIPE:
            drawn = values_in(attempt, cast.amara)
            count, each = drawn["count"], drawn["each"]
            assert f"{count} metres of pipe take {each} g" in page
            assert f"It is {count} × {each}." in result
            assert str(count * each) in result
            assert f"{count} × {each}" not in page
            assert "{count}" not in page + result
    assert counts[0] == counts[1]
