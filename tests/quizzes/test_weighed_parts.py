"""Parts that count otherwise: pairs, gaps filled wrongly, an order up to its first mistake, a number on a slider."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest
from flask import Flask

from lms.quizzes.bank.forms import QuestionForm
from lms.quizzes.formats import GIFT, MOODLE_XML
from lms.quizzes.kinds import kind_of
from lms.quizzes.kinds.gap_fill import BankWord, Gap, GapFill, GapFillResponse, GapWay
from lms.quizzes.kinds.matching import Matching, MatchingResponse
from lms.quizzes.kinds.numeric import Numeric, NumericAnswer, NumericResponse, Slider, Unit, UnitRule
from lms.quizzes.kinds.ordering import OrderGrading, Ordering, OrderingResponse, OrderItem
from lms.quizzes.values import ImportedQuestion, Question, Text, question_to_json
from tests.quizzes.exams import NUMBER, PAIRS
from tests.quizzes.test_asking import page_of

ONE = Decimal(1)
assert isinstance(PAIRS.body, Matching)
WEIGHED = replace(PAIRS, body=replace(PAIRS.body, weights=(3, 1)))


@pytest.mark.parametrize(
    "pairs, earned, parts",
    [
        ((), "0", []),
        ((("a", "x"),), "0.75", ["0.75"]),
        ((("b", "y"),), "0.25", ["0.25"]),
        ((("a", "y"), ("b", "y")), "0.25", ["0", "0.25"]),
        ((("a", "x"), ("b", "y")), "1", ["0.75", "0.25"]),
    ],
)
def test_pairs_count_as_many_times_as_they_say(
    pairs: tuple[tuple[str, str], ...], earned: str, parts: list[str]
) -> None:
    graded = kind_of(WEIGHED).grade(WEIGHED, MatchingResponse(pairs))
    assert graded.fraction == Decimal(earned)
    assert [part.fraction for part in graded.parts] == [Decimal(one) for one in parts]


@pytest.mark.parametrize("weights", [(1,), (1, 0), (1, 101), (1, 1, 1)])
def test_a_pair_counts_a_whole_number_of_times(weights: tuple[int, ...]) -> None:
    assert isinstance(PAIRS.body, Matching)
    with pytest.raises(ValueError, match="whole number of times"):
        replace(PAIRS.body, weights=weights)


def test_pairs_that_all_count_the_same_are_stored_as_before() -> None:
    fields = {**QuestionForm.filled(WEIGHED, seen=1).fields, "pair-0-weight": "2", "pair-1-weight": "2"}
    form = QuestionForm.posted(PAIRS.type, fields)
    made = form.read(None)
    assert made is not None
    assert made.body == PAIRS.body
    assert "weights" not in question_to_json(made)["body"]
    broken = QuestionForm.posted(PAIRS.type, {**fields, "pair-1-weight": "half"})
    assert broken.read(None) is None
    assert broken.faults["pair-1-weight"] == "Give a whole number."


GAPS = Question(
    title="Quote",
    stem=Text("Now is the [[1]] of our discontent, made glorious [[2]]."),
    body=GapFill(
        (Gap("1", GapWay.DRAG, word="a"), Gap("2", GapWay.DRAG, word="b", weight=2)),
        (BankWord("a", "winter"), BankWord("b", "summer"), BankWord("c", "spring")),
        wrong_costs=Decimal("0.25"),
    ),
)


@pytest.mark.parametrize(
    "filled, earned",
    [
        ((("1", "a"), ("2", "b")), ONE),
        ((("2", "b"),), Decimal(2) / 3),
        ((("1", "c"), ("2", "b")), Decimal(2) / 3 - Decimal("0.25")),
        ((("1", "c"), ("2", "a")), Decimal(0)),
        ((), Decimal(0)),
    ],
)
def test_a_gap_filled_wrongly_costs_and_an_open_one_does_not(
    filled: tuple[tuple[str, str], ...], earned: Decimal
) -> None:
    assert kind_of(GAPS).grade(GAPS, GapFillResponse(filled)).fraction == pytest.approx(earned)


RACE = Question(
    title="Race",
    stem=Text("Who came first?"),
    body=Ordering(tuple(OrderItem(key, Text(key)) for key in "abcd"), OrderGrading.UNTIL_FIRST_MISTAKE),
)


@pytest.mark.parametrize(
    "order, earned",
    [("abcd", ONE), ("abdc", Decimal(2) / 3), ("acbd", ONE / 3), ("bacd", Decimal(0)), ("dcba", Decimal(0))],
)
def test_an_order_earns_up_to_its_first_mistake(order: str, earned: Decimal) -> None:
    places = tuple(sorted((key, place) for place, key in enumerate(order, 1)))
    graded = kind_of(RACE).grade(RACE, OrderingResponse(places))
    assert graded.fraction == pytest.approx(earned)
    assert sum(part.fraction for part in graded.parts) == pytest.approx(graded.fraction)


def test_what_other_formats_lose_of_them_is_said() -> None:
    for form in (GIFT, MOODLE_XML):
        assert form.losses(ImportedQuestion(WEIGHED)) == ("how much each pair counts",)
        assert form.losses(ImportedQuestion(RACE)) == (
            "that only what stands before the first mistake earns",
        )
        assert form.losses(ImportedQuestion(SET)) == ("that the number is set with a slider",)
        (read,) = form.parse(form.write([ImportedQuestion(RACE)])).questions
        assert read.question.body == replace(RACE.body, grading=OrderGrading.ABSOLUTE_POSITION)  # type: ignore[type-var]
    assert "what a wrong gap costs" in MOODLE_XML.losses(ImportedQuestion(GAPS))


assert isinstance(NUMBER.body, Numeric)
SET = replace(NUMBER, body=replace(NUMBER.body, slider=Slider(Decimal(200), Decimal(300), Decimal("0.5"))))


def test_a_number_on_a_slider_is_set_or_typed_and_never_given_away(app: Flask) -> None:
    kind = kind_of(SET)
    assert kind.hint(SET) == "Answer with a number from 200 to 300."
    assert kind.remark(SET, NumericResponse("301")) == "The slider goes from 200 to 300."
    assert kind.remark(SET, NumericResponse("2..")) == "This cannot be read as a number."
    assert kind.remark(SET, NumericResponse("250.5")) is None
    assert kind.grade(SET, NumericResponse("273.5")).fraction == ONE
    with app.test_request_context():
        page = page_of(SET)
    assert 'type="range" min="200" max="300" step="0.5" value="250"' in page
    assert 'name="q1" type="text"' in page
    assert "273" not in page


@pytest.mark.parametrize(
    "build, says",
    [
        (lambda: Slider(ONE, ONE), "ends above"),
        (lambda: Slider(ONE, Decimal(2), Decimal(0)), "a step at least"),
        (lambda: Slider(ONE, Decimal(2), Decimal(3)), "a step at least"),
        (lambda: Slider(ONE, Decimal(20_000)), "10000 at most"),
        (lambda: Slider(Decimal("nan"), ONE), "digits"),
        (
            lambda: Numeric((NumericAnswer("a", Decimal(9)),), slider=Slider(ONE, Decimal(5))),
            "does not lie on the slider",
        ),
        (
            lambda: Numeric(
                (NumericAnswer("a", ONE),), (Unit("K"),), UnitRule.OPTIONAL, slider=Slider(ONE, Decimal(5))
            ),
            "ask for no unit",
        ),
    ],
)
def test_a_slider_that_cannot_be_set_right_is_refused(build: Callable[[], object], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        build()


@pytest.mark.parametrize(
    "sent, fault",
    [
        ({"slider-least": "5"}, "slider-most"),
        ({"slider-least": "5", "slider-most": "x"}, "slider-most"),
        ({"slider-least": "5", "slider-most": "4"}, "slider-most"),
        ({"slider-least": "0", "slider-most": "9", "slider-step": "-1"}, "slider-most"),
        ({"slider-least": "0", "slider-most": "9"}, "answers"),
    ],
)
def test_what_is_wrong_with_a_slider_is_said_beside_it(sent: dict[str, str], fault: str) -> None:
    fields = {**QuestionForm.filled(NUMBER, seen=1).fields, **sent}
    form = QuestionForm.posted(NUMBER.type, fields)
    assert form.read(None) is None
    assert [*form.faults] == [fault]
