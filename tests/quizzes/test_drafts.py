"""What stands in a question's form is the question: it comes back as it was, and mistakes are named by field."""

from decimal import Decimal

import pytest
from hypothesis import given

from lms.quizzes.bank.forms import QuestionForm
from lms.quizzes.errors import InvalidQuestion
from lms.quizzes.kinds import KINDS
from lms.quizzes.kinds.drafts import Fields
from lms.quizzes.values import (
    Matching,
    MultipleChoice,
    Numeric,
    Question,
    QuestionType,
    ShortText,
    SingleChoice,
    TrueFalse,
)
from tests.quizzes.exams import ALL_TYPES, PAIRS
from tests.quizzes.questions import questions


def faults(kind: QuestionType, fields: Fields) -> dict[str, str]:
    """Return what is wrong with a body, by field."""
    with pytest.raises(InvalidQuestion) as refused:
        KINDS[kind].parse_body(fields)
    return dict(refused.value.fields)


@given(questions())
def test_a_question_saved_as_it_was_opened_is_the_same_question(question: Question) -> None:
    shown = QuestionForm.filled(question, seen=1)
    # Browsers end lines in two signs.
    sent = {name: value.replace("\n", "\r\n") for name, value in shown.fields.items()}
    again = QuestionForm.posted(question.type, sent)
    assert again.read(question) == question, again.faults


@pytest.mark.parametrize("kind", QuestionType)
def test_an_empty_form_names_what_is_missing_and_makes_no_question(kind: QuestionType) -> None:
    form = QuestionForm.blank(kind)
    assert form.read(None) is None
    assert form.faults["stem"] == "Write the question."
    assert set(form.faults) - {"stem"}, "its answers are missing too, and all is said at once"


def test_a_question_without_a_name_is_called_by_its_first_words() -> None:
    form = QuestionForm.posted(
        QuestionType.TRUE_FALSE, {"stem": "**Superheat** is measured at the outlet.", "holds": "true"}
    )
    question = form.read(None)
    assert question is not None
    assert question.title == "Superheat is measured at the outlet."
    long = QuestionForm.posted(QuestionType.TRUE_FALSE, {"stem": "word " * 40, "holds": "true"}).read(None)
    assert long is not None
    assert len(long.title) < 90


def test_the_choice_marked_right_is_worth_everything_and_spare_rows_are_left_out() -> None:
    body = KINDS[QuestionType.SINGLE_CHOICE].parse_body(
        {"choice-0-text": "Ice", "choice-1-text": "Fire", "choice-3-text": "", "right": "1"}
    )
    assert isinstance(body, SingleChoice)
    assert [(one.key, one.weight) for one in body.choices] == [("a", Decimal(0)), ("b", Decimal(1))]


def test_a_choice_question_says_that_no_choice_is_right() -> None:
    rows = {"choice-0-text": "Ice", "choice-1-text": "Fire"}
    assert faults(QuestionType.SINGLE_CHOICE, rows) == {"choices": "Mark the choice that is right."}
    assert faults(QuestionType.MULTIPLE_CHOICE, rows) == {"choices": "Tick the choices that are right."}
    one = {"choice-0-text": "Ice", "right": "0", "choice-0-right": "on"}
    for kind in (QuestionType.SINGLE_CHOICE, QuestionType.MULTIPLE_CHOICE):
        assert faults(kind, one) == {"choices": "A choice question needs two choices at least."}


def test_right_choices_share_the_points_and_wrong_ones_cost_as_much() -> None:
    fields = {f"choice-{row}-text": f"Choice {row}" for row in range(4)}
    fields |= {f"choice-{row}-right": "on" for row in range(3)}
    kind = KINDS[QuestionType.MULTIPLE_CHOICE]
    body = kind.parse_body({**fields, "costs": "on"})
    assert isinstance(body, MultipleChoice)
    third = Decimal("0.3333333")
    assert [one.weight for one in body.choices] == [third, third, third, -third]
    free = kind.parse_body(fields)
    assert isinstance(free, MultipleChoice)
    assert free.choices[3].weight == 0


def test_a_share_of_its_own_must_fit_what_is_ticked_and_the_sum() -> None:
    fields = {"choice-0-text": "A", "choice-1-text": "B", "choice-0-right": "on"}
    assert "choice-1-credit" in faults(QuestionType.MULTIPLE_CHOICE, {**fields, "choice-1-credit": "20"})
    assert "choice-0-credit" in faults(QuestionType.MULTIPLE_CHOICE, {**fields, "choice-0-credit": "-20"})
    assert "choices" in faults(QuestionType.MULTIPLE_CHOICE, {**fields, "choice-0-credit": "50"})


@pytest.mark.parametrize("typed", ["much", "101", "-101", "1,000"])
def test_a_percentage_that_is_none_is_named_at_its_row(typed: str) -> None:
    fields = {"choice-0-text": "A", "choice-1-text": "B", "right": "0", "choice-1-credit": typed}
    assert list(faults(QuestionType.SINGLE_CHOICE, fields)) == ["choice-1-credit"]


def test_a_statement_needs_to_be_said_true_or_false() -> None:
    assert list(faults(QuestionType.TRUE_FALSE, {"holds": "perhaps"})) == ["holds"]
    body = KINDS[QuestionType.TRUE_FALSE].parse_body({"holds": "false"})
    assert body == TrueFalse(answer=False)


def test_accepted_answers_keep_their_order_since_the_first_that_fits_counts() -> None:
    form = QuestionForm.posted(
        QuestionType.SHORT_TEXT, {"stem": "?", "answer-0-pattern": "*", "answer-1-pattern": "R744"}
    )
    assert form.act("up:answer:1")
    question = form.read(None)
    assert question is not None
    assert isinstance(question.body, ShortText)
    assert [one.pattern for one in question.body.answers] == ["R744", "*"]


@pytest.mark.parametrize("typed", ["", "a lot", "1,000", "5 bar"])
def test_a_number_in_doubt_is_asked_for_again(typed: str) -> None:
    fields = {"answer-0-value": typed, "answer-0-tolerance": "1", "unit-rule": "none"}
    assert list(faults(QuestionType.NUMERIC, fields)) == ["answer-0-value"]


@pytest.mark.parametrize(
    "typed, meant", [("12.5", "12.5"), ("12,5", "12.5"), ("1.250", "1.25"), ("-3e2", "-300")]
)
def test_a_number_is_read_as_it_is_meant(typed: str, meant: str) -> None:
    body = KINDS[QuestionType.NUMERIC].parse_body({"answer-0-value": typed, "unit-rule": "none"})
    assert isinstance(body, Numeric)
    assert body.answers[0].value == Decimal(meant)


def test_units_are_asked_for_where_a_unit_must_be_given() -> None:
    fields = {"answer-0-value": "27", "unit-rule": "required"}
    assert list(faults(QuestionType.NUMERIC, fields)) == ["units"]
    named = {**fields, "unit-0-name": "bar", "unit-1-name": "mbar", "unit-1-multiplier": "1000"}
    body = KINDS[QuestionType.NUMERIC].parse_body(named)
    assert isinstance(body, Numeric)
    assert [(unit.name, unit.multiplier) for unit in body.units] == [
        ("bar", Decimal(1)),
        ("mbar", Decimal(1000)),
    ]
    assert "unit-1-name" in faults(QuestionType.NUMERIC, {**named, "unit-1-multiplier": "0"})


def test_half_a_pair_is_named_on_the_side_that_is_missing() -> None:
    fields = {"pair-0-text": "Compressor", "pair-0-option": "presses", "pair-1-text": "Condenser"}
    fields |= {"pair-2-option": "cools"}
    assert set(faults(QuestionType.MATCHING, fields)) == {"pair-1-option", "pair-2-text"}


def test_pairs_with_the_same_words_share_an_option_and_a_reworded_one_keeps_its_key() -> None:
    kind = KINDS[QuestionType.MATCHING]
    fields = {
        **kind.fields_of(PAIRS),
        "pair-0-option": "squeezes",
        "pair-9-text": "Pump",
        "pair-9-option": "squeezes",
    }
    body = kind.parse_body(fields)
    assert isinstance(body, Matching)
    assert [(one.key, one.text) for one in body.options] == [
        ("x", "squeezes"),
        ("y", "gives heat away"),
        ("z", "rests"),
    ]
    assert [one.option_key for one in body.stems] == ["x", "y", "x"]


@pytest.mark.parametrize("question", ALL_TYPES, ids=lambda one: one.type.value)
def test_rows_come_and_go_without_touching_the_others(question: Question) -> None:
    form = QuestionForm.filled(question, seen=1)
    group = next((name.partition("-")[0] for name in form.fields if name.endswith("-0-key")), None)
    if group is None:
        assert not form.act("add:")
        return
    before = dict(form.fields)
    assert form.act(f"add:{group}")
    added = form.rows(group)[-1]
    assert form.read(question) == question, "a spare row changes nothing"
    assert form.act(f"remove:{group}:{added}")
    assert form.fields == before
    assert not form.act("explode:choice:1")
