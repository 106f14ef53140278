"""What stands in a question's form is the question: it comes back as it was, and mistakes are named by field."""

from decimal import Decimal

import pytest
from hypothesis import given

from lms.quizzes.bank.forms import QuestionForm
from lms.quizzes.errors import InvalidQuestion
from lms.quizzes.kinds import KINDS
from lms.quizzes.kinds.drafts import Fields
from lms.quizzes.kinds.essay import Essay
from lms.quizzes.kinds.file_hand_in import FileHandIn
from lms.quizzes.kinds.free_text import FreeText
from lms.quizzes.kinds.matching import Matching
from lms.quizzes.kinds.multiple_choice import MultipleChoice
from lms.quizzes.kinds.numeric import Numeric
from lms.quizzes.kinds.short_text import ShortText
from lms.quizzes.kinds.single_choice import SingleChoice
from lms.quizzes.kinds.true_false import TrueFalse
from lms.quizzes.values import Question, QuestionType, Text
from tests.quizzes.exams import EVERY_KIND, FOUND, GAPS, PAIRS
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


@pytest.mark.parametrize("kind", KINDS)
def test_an_empty_form_names_what_is_missing_and_makes_no_question(kind: QuestionType) -> None:
    form = QuestionForm.blank(kind)
    assert form.read(None) is None
    assert form.faults["stem"] == "Write the question."
    # What people answer in their own words or files wants nothing of its author but the question.
    assert set(form.faults) - {"stem"} or kind in {FreeText.type, Essay.type, FileHandIn.type}, (
        "its answers are missing too, and all is said at once"
    )


def test_a_question_without_a_name_is_called_by_its_first_words() -> None:
    form = QuestionForm.posted(
        TrueFalse.type, {"stem": "**Superheat** is measured at the outlet.", "holds": "true"}
    )
    question = form.read(None)
    assert question is not None
    assert question.title == "Superheat is measured at the outlet."
    long = QuestionForm.posted(TrueFalse.type, {"stem": "word " * 40, "holds": "true"}).read(None)
    assert long is not None
    assert len(long.title) < 90


def test_the_choice_marked_right_is_worth_everything_and_spare_rows_are_left_out() -> None:
    body = KINDS[SingleChoice.type].parse_body(
        {"choice-0-text": "Ice", "choice-1-text": "Fire", "choice-3-text": "", "right": "1"}
    )
    assert isinstance(body, SingleChoice)
    assert [(one.key, one.weight) for one in body.choices] == [("a", Decimal(0)), ("b", Decimal(1))]


def test_a_choice_question_says_that_no_choice_is_right() -> None:
    rows = {"choice-0-text": "Ice", "choice-1-text": "Fire"}
    assert faults(SingleChoice.type, rows) == {"choices": "Mark the choice that is right."}
    assert faults(MultipleChoice.type, rows) == {"choices": "Tick the choices that are right."}
    one = {"choice-0-text": "Ice", "right": "0", "choice-0-right": "on"}
    for kind in (SingleChoice.type, MultipleChoice.type):
        assert faults(kind, one) == {"choices": "A choice question needs two choices at least."}


def test_right_choices_share_the_points_and_wrong_ones_cost_as_much() -> None:
    fields = {f"choice-{row}-text": f"Choice {row}" for row in range(4)}
    fields |= {f"choice-{row}-right": "on" for row in range(3)}
    kind = KINDS[MultipleChoice.type]
    body = kind.parse_body({**fields, "costs": "on"})
    assert isinstance(body, MultipleChoice)
    third = Decimal("0.3333333")
    assert [one.weight for one in body.choices] == [third, third, third, -third]
    free = kind.parse_body(fields)
    assert isinstance(free, MultipleChoice)
    assert free.choices[3].weight == 0


def test_a_share_of_its_own_must_fit_what_is_ticked_and_the_sum() -> None:
    fields = {"choice-0-text": "A", "choice-1-text": "B", "choice-0-right": "on"}
    assert "choice-1-credit" in faults(MultipleChoice.type, {**fields, "choice-1-credit": "20"})
    assert "choice-0-credit" in faults(MultipleChoice.type, {**fields, "choice-0-credit": "-20"})
    assert "choices" in faults(MultipleChoice.type, {**fields, "choice-0-credit": "50"})


@pytest.mark.parametrize("typed", ["much", "101", "-101", "1,000"])
def test_a_percentage_that_is_none_is_named_at_its_row(typed: str) -> None:
    fields = {"choice-0-text": "A", "choice-1-text": "B", "right": "0", "choice-1-credit": typed}
    assert list(faults(SingleChoice.type, fields)) == ["choice-1-credit"]


def test_a_statement_needs_to_be_said_true_or_false() -> None:
    assert list(faults(TrueFalse.type, {"holds": "perhaps"})) == ["holds"]
    body = KINDS[TrueFalse.type].parse_body({"holds": "false"})
    assert body == TrueFalse(answer=False)


def test_accepted_answers_keep_their_order_since_the_first_that_fits_counts() -> None:
    form = QuestionForm.posted(
        ShortText.type, {"stem": "?", "answer-0-pattern": "*", "answer-1-pattern": "R744"}
    )
    assert form.act("up:answer:1")
    question = form.read(None)
    assert question is not None
    assert isinstance(question.body, ShortText)
    assert [one.pattern for one in question.body.answers] == ["R744", "*"]


@pytest.mark.parametrize("typed", ["", "a lot", "1,000", "5 bar"])
def test_a_number_in_doubt_is_asked_for_again(typed: str) -> None:
    fields = {"answer-0-value": typed, "answer-0-tolerance": "1", "unit-rule": "none"}
    assert list(faults(Numeric.type, fields)) == ["answer-0-value"]


@pytest.mark.parametrize(
    "typed, meant", [("12.5", "12.5"), ("12,5", "12.5"), ("1.250", "1.25"), ("-3e2", "-300")]
)
def test_a_number_is_read_as_it_is_meant(typed: str, meant: str) -> None:
    body = KINDS[Numeric.type].parse_body({"answer-0-value": typed, "unit-rule": "none"})
    assert isinstance(body, Numeric)
    assert body.answers[0].value == Decimal(meant)


def test_units_are_asked_for_where_a_unit_must_be_given() -> None:
    fields = {"answer-0-value": "27", "unit-rule": "required"}
    assert list(faults(Numeric.type, fields)) == ["units"]
    named = {**fields, "unit-0-name": "bar", "unit-1-name": "mbar", "unit-1-multiplier": "1000"}
    body = KINDS[Numeric.type].parse_body(named)
    assert isinstance(body, Numeric)
    assert [(unit.name, unit.multiplier) for unit in body.units] == [
        ("bar", Decimal(1)),
        ("mbar", Decimal(1000)),
    ]
    assert "unit-1-name" in faults(Numeric.type, {**named, "unit-1-multiplier": "0"})


def test_half_a_pair_is_named_on_the_side_that_is_missing() -> None:
    fields = {"pair-0-text": "Compressor", "pair-0-option": "presses", "pair-1-text": "Condenser"}
    fields |= {"pair-2-option": "cools"}
    assert set(faults(Matching.type, fields)) == {"pair-1-option", "pair-2-text"}


def test_pairs_with_the_same_words_share_an_option_and_a_reworded_one_keeps_its_key() -> None:
    kind = KINDS[Matching.type]
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


# A row of a gap or of marked words stands in the text too: `test_gap_fill` and `test_marked_words` hold those.
@pytest.mark.parametrize(
    "question", [one for one in EVERY_KIND if one not in {GAPS, FOUND}], ids=lambda one: one.type
)
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


def test_hints_are_written_in_their_order_moved_and_left_out_where_they_are_empty() -> None:
    fields = {
        "stem": "Cold?",
        "holds": "true",
        "hint-0-text": "Feel.",
        "hint-1-text": " ",
        "hint-2-text": "Look.",
    }
    form = QuestionForm.posted(TrueFalse.type, fields)
    assert form.act("up:hint:2")
    assert form.act("up:hint:1")
    question = form.read(None)
    assert question is not None
    assert [hint.source for hint in question.hints] == ["Look.", "Feel."]
    again = QuestionForm.filled(question, seen=1)
    assert again.act("remove:hint:0")
    assert [hint.source for hint in (again.read(question) or question).hints] == ["Feel."]


def test_more_hints_than_anybody_reads_are_refused_at_their_place() -> None:
    many = {f"hint-{row}-text": "Look." for row in range(11)}
    form = QuestionForm.posted(TrueFalse.type, {"stem": "Cold?", "holds": "true", **many})
    assert form.read(None) is None
    assert form.faults == {"hints": "A question has at most 10 hints."}


def test_an_opinion_asks_for_no_hints_and_keeps_those_it_came_with() -> None:
    asked = Question(title="Said", stem=Text("Well?"), body=FreeText(), hints=(Text("Think."),))
    form = QuestionForm.filled(asked, seen=1)
    assert not form.is_scored
    assert form.read(asked) == asked
