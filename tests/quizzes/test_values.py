"""A question that cannot be answered cannot exist; what a bank or an attempt stores comes back the same."""

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given

from lms.quizzes.kinds import question_from_json, response_from_json
from lms.quizzes.kinds.choices import Choice
from lms.quizzes.kinds.matching import Matching, MatchingResponse, MatchOption, MatchStem
from lms.quizzes.kinds.multiple_choice import MultipleChoice, MultipleChoiceResponse
from lms.quizzes.kinds.numeric import Numeric, NumericAnswer, NumericResponse, Unit, UnitRule
from lms.quizzes.kinds.short_text import ShortText, ShortTextResponse, TextAnswer
from lms.quizzes.kinds.single_choice import SingleChoice, SingleChoiceResponse
from lms.quizzes.kinds.true_false import TrueFalse, TrueFalseResponse
from lms.quizzes.values import Question, Response, Text, key_at, percent, question_to_json, response_to_json
from tests.quizzes.questions import questions

A, B = Text("a"), Text("b")


@given(questions())
def test_a_stored_question_comes_back_the_same(question: Question) -> None:
    assert question_from_json(json.loads(json.dumps(question_to_json(question)))) == question


@pytest.mark.parametrize(
    "response",
    [
        SingleChoiceResponse("b"),
        MultipleChoiceResponse(("a", "c")),
        TrueFalseResponse(answer=False),
        TrueFalseResponse(),
        ShortTextResponse("  Ärger \u202e"),
        NumericResponse("1.000,5 kg"),
        MatchingResponse((("a", "b"), ("b", "a"))),
    ],
)
def test_a_saved_answer_comes_back_as_given(response: Response) -> None:
    assert response_from_json(json.loads(json.dumps(response_to_json(response)))) == response


@pytest.mark.parametrize(
    "build, says",
    [
        (lambda: SingleChoice((Choice("a", A, Decimal(1)),)), "two choices"),
        (lambda: SingleChoice((Choice("a", A, Decimal("0.9")), Choice("b", B))), "100%"),
        (lambda: SingleChoice((Choice("a", A, Decimal(1)), Choice("a", B))), "same key"),
        (lambda: SingleChoice((Choice("a", A, Decimal(1)), Choice("b", Text(" ")))), "empty"),
        (lambda: SingleChoice((Choice("a", A, Decimal(1)), Choice("b", B, Decimal(-2)))), "-200%"),
        (lambda: SingleChoice((Choice("a", A, Decimal(1)), Choice("b", B, Decimal("NaN")))), "outside"),
        (lambda: MultipleChoice((Choice("a", A, Decimal("0.6")), Choice("b", B))), "worth 60%"),
        (lambda: ShortText(()), "no answer"),
        (lambda: ShortText((TextAnswer("a", " "),)), "empty"),
        (lambda: ShortText((TextAnswer("a", "x", Decimal("0.5")),)), "100%"),
        (lambda: Numeric((NumericAnswer("a", None),)), "100%"),
        (lambda: Numeric((NumericAnswer("a", Decimal(1), Decimal(-1)),)), "below zero"),
        (lambda: Numeric((NumericAnswer("a", Decimal("1E+999999")),)), "digits"),
        (lambda: Numeric((NumericAnswer("a", Decimal("inf")),)), "digits"),
        (lambda: Numeric((NumericAnswer("a", Decimal(1)),), (Unit("m"),)), "do not fit"),
        (lambda: Numeric((NumericAnswer("a", Decimal(1)),), (), UnitRule.REQUIRED), "do not fit"),
        (
            lambda: Numeric((NumericAnswer("a", Decimal(1)),), (Unit("m", Decimal(2)),), UnitRule.OPTIONAL),
            "multiplier 1",
        ),
        (lambda: Unit("m", Decimal(0)), "other than zero"),
        (lambda: Unit("1/min"), "as a number goes on"),
        (lambda: Unit("e5"), "as a number goes on"),
        (
            lambda: Matching((MatchStem("a", A, "a"),), (MatchOption("a", "x"), MatchOption("b", "y"))),
            "two pairs",
        ),
        (
            lambda: Matching(
                (MatchStem("a", A, "a"), MatchStem("b", B, "z")),
                (MatchOption("a", "x"), MatchOption("b", "y")),
            ),
            "not there",
        ),
        (
            lambda: Matching(
                (MatchStem("a", A, "a"), MatchStem("b", B, "b")),
                (MatchOption("a", "x"), MatchOption("b", "x")),
            ),
            "read the same",
        ),
        (lambda: Question(title=" ", stem=A, body=TrueFalse(answer=True)), "title"),
        (lambda: Question(title="t" * 256, stem=A, body=TrueFalse(answer=True)), "255"),
        (lambda: Question(title="t", stem=Text("\n"), body=TrueFalse(answer=True)), "no text"),
        (lambda: Question(title="t", stem=A, body=TrueFalse(answer=True), marks=Decimal(-1)), "below zero"),
    ],
)
def test_a_question_that_cannot_be_answered_cannot_exist(build: Callable[[], object], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        build()


def test_thirds_written_with_a_few_digits_count_as_the_whole() -> None:
    third = Decimal("0.33333")
    MultipleChoice(
        (Choice("a", A, third), Choice("b", B, third), Choice("c", Text("c"), third), Choice("d", Text("d")))
    )


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"type": "riddle", "title": "t", "stem": {"source": "s"}, "body": {}},
        {"type": "true_false", "title": "t", "stem": {"source": "s"}, "body": {"answer": "perhaps"}},
        {"type": "true_false", "title": "t", "stem": {"source": "s"}},
        {"type": "true_false", "title": "t", "body": {"answer": True}},
        {"type": "true_false", "title": "t", "stem": {"source": "s"}, "body": {"answer": True}, "colour": 1},
        {"type": "true_false", "title": 7, "stem": {"source": "s"}, "body": {"answer": True}},
    ],
)
def test_a_stored_question_that_is_none_is_refused(document: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        question_from_json(document)


@pytest.mark.parametrize("document", [{}, {"type": "riddle"}, {"type": "true_false", "answer": "yes"}])
def test_a_stored_answer_that_is_none_is_refused(document: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        response_from_json(document)


def test_choices_are_keyed_like_columns() -> None:
    assert [key_at(position) for position in (0, 25, 26, 27, 701, 702)] == ["a", "z", "aa", "ab", "zz", "aaa"]


@pytest.mark.parametrize(
    "fraction, says",
    [("1", "100"), ("0.3333333", "33.33333"), ("-0.5", "-50"), ("0", "0"), ("0.1", "10")],
)
def test_weights_are_written_in_plain_percents(fraction: str, says: str) -> None:
    assert percent(Decimal(fraction)) == says
