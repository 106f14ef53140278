"""A text with gaps: each gap earns by its own rules, stands in the text once, and gives nothing away."""

import re
from dataclasses import replace
from decimal import Decimal
from random import Random

import pytest
from flask import Flask
from hypothesis import given

from lms.quizzes.bank.forms import QuestionForm
from lms.quizzes.bank.service.questions import stored_as
from lms.quizzes.kinds import kind_of
from lms.quizzes.kinds.amounts import Numbers, NumericAnswer, Unit, UnitRule
from lms.quizzes.kinds.gap_fill import BankWord, Gap, GapChoice, GapFill, GapFillResponse, GapWay
from lms.quizzes.kinds.kind import STEM
from lms.quizzes.kinds.words import TextAnswer, Words
from lms.quizzes.syntax.texts import text_to_html
from lms.quizzes.values import Question, Text, TextFormat
from lms.quizzes.views.paper import answered_slot, review_of
from tests.quizzes.questions import gap_fills, gap_fills_of_words, questions
from tests.quizzes.test_asking import page_of

HALF = Decimal("0.5")
PICK = Gap(
    "1",
    GapWay.PICK,
    choices=(
        GapChoice("a", "raises", Decimal(1)),
        GapChoice("b", "lowers", Decimal("-0.5"), Text("Other way.")),
    ),
    weight=2,
)
TYPE = Gap(
    "2",
    GapWay.TYPE,
    words=Words((TextAnswer("a", "pressure"), TextAnswer("b", "temp*", HALF)), slips_forgiven=True),
    feedback=Text("See lesson 2."),
)
BAR = Numbers((NumericAnswer("a", Decimal(27), Decimal(1)),), (Unit("bar"),), UnitRule.REQUIRED)
NUMBER = Gap("3", GapWay.NUMBER, numbers=BAR)
MIXED = Question(
    title="Cycle",
    stem=Text("A compressor [[1]] the [[2]] of the vapour, up to [[3]]."),
    body=GapFill((PICK, TYPE, NUMBER)),
)
BANK = GapFill(
    (Gap("1", GapWay.DRAG, word="a"), Gap("2", GapWay.DRAG, word="b")),
    (BankWord("a", "vacuum"), BankWord("b", "charge"), BankWord("c", "vent")),
)
WORDS = Question(title="Order", stem=Text("First [[1]], then [[2]]."), body=BANK)


def filled(question: Question, *values: str) -> GapFillResponse:
    """Return an answer as a page sends it, gap by gap."""
    form = {f"answer-{number}": [value] for number, value in enumerate(values, 1)}
    response = kind_of(question).parse_response(question, form)
    assert isinstance(response, GapFillResponse)
    return response


@pytest.mark.parametrize(
    "question, values, fraction",
    [
        (MIXED, ("a", "pressure", "27 bar"), "1"),
        (MIXED, ("a", "presure", "26,5 bar"), "1"),
        (MIXED, ("a", "", ""), "0.5"),
        (MIXED, ("", "Pressure", ""), "0.25"),
        (MIXED, ("", "temperature", ""), "0.125"),
        (MIXED, ("b", "", ""), "-0.25"),
        (MIXED, ("b", "pressure", "27"), "0"),
        (MIXED, ("", "heat", "30 bar"), "0"),
        (WORDS, ("a", "b"), "1"),
        (WORDS, ("b", "a"), "0"),
        (WORDS, ("a", ""), "0.5"),
        (WORDS, ("a", "a"), "0.5"),
    ],
)
def test_every_gap_earns_its_share_by_its_own_rules(
    question: Question, values: tuple[str, ...], fraction: str
) -> None:
    assert kind_of(question).grade(question, filled(question, *values)).fraction == Decimal(fraction)


@pytest.mark.parametrize(
    "question, values, said",
    [
        (MIXED, ("", "", ""), None),
        (MIXED, ("a", "x", "27 bar"), None),
        (MIXED, ("a", "", ""), "Still open: gap 2, 3."),
        (MIXED, ("a", "x", "27"), "Gap 3: Give the unit too: bar."),
        (MIXED, ("a", "x", "much"), "Gap 3: This cannot be read as a number."),
        (WORDS, ("a", "a"), "“vacuum” stands in more than one gap."),
        (replace(WORDS, body=replace(BANK, reuse=True)), ("a", "a"), None),
    ],
)
def test_a_learner_is_told_what_is_open_or_cannot_be_meant(
    question: Question, values: tuple[str, ...], said: str | None
) -> None:
    kind, response = kind_of(question), filled(question, *values)
    assert kind.remark(question, response) == said
    assert kind.is_complete(question, response) == (said is None and any(values))


def test_a_review_tells_gap_by_gap_what_stood_there_and_why(app: Flask) -> None:
    kind, response = kind_of(MIXED), filled(MIXED, "b", "heat", "")
    lines = kind.describe_response(MIXED, response)
    assert [(str(one.asked.source), one.given.source, one.expected.source) for one in lines] == [
        ("Gap 1", "lowers", "raises"),
        ("Gap 2", "heat", "pressure"),
        ("Gap 3", "", "27 bar"),
    ]
    assert [one.feedback.source for one in lines] == ["Other way.", "See lesson 2.", ""]
    assert kind.interaction(MIXED, response).response == "lowers[,]heat[,]"
    stored = stored_as(MIXED, {})
    with app.test_request_context():
        reviewed = review_of(answered_slot(stored, given=response), stored)
    assert reviewed.stem.startswith("A compressor (1) _____ the (2) _____ of")


def test_the_fields_stand_within_the_text_and_nothing_of_the_key_does(app: Flask) -> None:
    with app.test_request_context():
        page = page_of(MIXED)
    text = re.sub(r"<[^>]+>", "|", page[page.index('<div class="prose gap-text"') :])
    assert re.search(r"A compressor \|.*raises.*\| the \|.*\| of the vapour, up to ", text, re.DOTALL)
    assert page.count("<legend") == 1
    assert "[[" not in page
    assert "pressure" not in page
    assert "27" not in page


def test_a_bank_never_stands_in_the_order_of_the_gaps(app: Flask) -> None:
    kind = kind_of(WORDS)
    orders = {tuple(kind.order(WORDS, Random(seed), shuffle=False)) for seed in range(20)}  # noqa: S311
    assert len(orders) > 1, "an attempt draws it anew"
    with app.test_request_context():
        page = page_of(WORDS)
    words = re.findall(r"data-word=\"(\w)\"", page)
    assert words == ["b", "a", "c"], "by the alphabet where there is no attempt, which tells nothing"


def test_a_mark_that_a_page_cannot_show_in_its_place_is_asked_for_all_the_same() -> None:
    question = replace(
        WORDS, stem=Text('<p>See <img alt="[[1]]" src="x"> and [[2]]</p>', TextFormat.HTML), body=BANK
    )
    shown = kind_of(question).asked(question, {STEM: text_to_html(question.stem)}, (), None)  # type: ignore[dict-item]
    asked = [piece.key for piece in shown.pieces if hasattr(piece, "key")]  # type: ignore[attr-defined]
    assert asked == ["2", "1"]


@pytest.mark.parametrize(
    "stem, says",
    [
        ("First [[1]].", "Gap 2 is not in the text"),
        ("[[1]] [[2]] [[2]]", "Gap 2 stands in the text more than once"),
        ("[[1]] [[2]] [[7]]", "a gap [[7]] that is not described"),
    ],
)
def test_text_and_gaps_fit_each_other(stem: str, says: str) -> None:
    with pytest.raises(ValueError, match=re.escape(says)):
        replace(WORDS, stem=Text(stem))


@pytest.mark.parametrize(
    "build, says",
    [
        (lambda: Gap("0", GapWay.DRAG, word="a"), "from 1 to 999"),
        (lambda: replace(TYPE, weight=0), "from 1 to 100"),
        (lambda: Gap("1", GapWay.TYPE), "Nothing is said"),
        (lambda: replace(PICK, word="a"), "Nothing is said"),
        (lambda: replace(PICK, choices=PICK.choices[:1]), "two choices"),
        (lambda: replace(PICK, choices=PICK.choices[1:] * 2), "same key"),
        (lambda: replace(PICK, choices=(GapChoice("a", "x"), GapChoice("b", "y"))), "100%"),
        (lambda: replace(PICK, choices=(*PICK.choices, GapChoice("c", "raises"))), "read the same"),
        (lambda: GapFill(()), "no answer"),
        (lambda: GapFill((TYPE,), BANK.bank), "No gap takes"),
        (lambda: replace(BANK, bank=BANK.bank[:1]), "not in the bank"),
        (lambda: GapFill(BANK.gaps[:1], BANK.bank[:1]), "two words"),
        (lambda: replace(BANK, bank=(*BANK.bank, BankWord("d", "vent"))), "read the same"),
        (lambda: replace(BANK, gaps=(BANK.gaps[0], replace(BANK.gaps[1], word="a"))), "“vacuum” belongs"),
    ],
)
def test_what_nobody_could_fill_in_is_refused(build: object, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        build()  # type: ignore[operator]


def test_a_mark_that_is_typed_brings_the_fields_of_its_gap() -> None:
    form = QuestionForm.posted(GapFill.type, {"stem": "A [[1]] and a [[2]].", "gap-2-way": "pick"})
    assert form.rows("gap") == [1, 2]
    assert form.rows("gap-1-answer") == [0]
    assert form.rows("gap-2-choice") == [0, 1, 2]
    assert form.read(None) is None
    assert {"gap-1-answers", "gap-2-choices"} <= form.faults.keys()
    assert not [name for name in form.faults if name in {"stem", "gaps", "gap-1", "gap-2"}]


def test_a_gap_made_by_a_button_stands_in_the_text_and_goes_from_it_again() -> None:
    form = QuestionForm.blank(GapFill.type)
    assert form.act("add:gap")
    assert (form.value("stem"), form.rows("gap")) == ("[[1]]", [1])
    assert form.act("add:gap")
    assert (form.value("stem"), form.rows("gap")) == ("[[1]] [[2]]", [1, 2])
    assert form.act("add:gap-2-answer")
    assert form.rows("gap-2-answer") == [0, 1]
    assert form.act("remove:gap:1")
    assert form.value("stem").strip() == "[[2]]"
    assert form.rows("gap") == [2]


def test_a_gap_whose_mark_is_gone_is_lost_only_while_it_is_empty() -> None:
    sent = {
        "stem": "One [[1]].",
        "gap-1-answer-0-pattern": "x",
        "gap-2-way": "type",
        "gap-3-answer-0-pattern": "y",
    }
    form = QuestionForm.posted(GapFill.type, sent)
    assert form.rows("gap") == [1, 3]
    assert form.read(None) is None
    assert form.faults["gap-3"] == "Gap 3 is not in the text: write [[3]] where it belongs."


def test_what_is_right_stays_right_when_a_gap_is_filled_another_way() -> None:
    sent = {"stem": "[[1]]", "gap-1-way": "pick", "gap-1-answer-0-pattern": "vacuum"}
    form = QuestionForm.posted(GapFill.type, sent)
    assert (form.value("gap-1-choice-0-text"), form.value("gap-1-right")) == ("vacuum", "0")
    again = QuestionForm.posted(GapFill.type, {**form.fields, "gap-1-way": "drag"})
    assert again.value("gap-1-option") == "vacuum"


def test_a_question_without_a_name_is_called_by_its_words_with_lines_for_its_gaps() -> None:
    sent = {"stem": "A pump makes a [[1]].", "gap-1-answer-0-pattern": "vacuum"}
    question = QuestionForm.posted(GapFill.type, sent).read(None)
    assert question is not None
    assert question.title == "A pump makes a (1) _____."


@given(questions(bodies=gap_fills() | gap_fills_of_words()))
def test_filling_every_gap_rightly_earns_no_less_than_leaving_one_open(question: Question) -> None:
    kind = kind_of(question)
    right = kind.correct_answer(question)
    assert isinstance(right, GapFillResponse)
    whole = kind.grade(question, right)
    assert sum(part.fraction for part in whole.parts) == pytest.approx(whole.fraction)
    for number in range(len(right.filled)):
        left = GapFillResponse(right.filled[:number] + right.filled[number + 1 :])
        assert not kind.is_complete(question, left)
        lost = next(part for part in whole.parts if part.key == right.filled[number][0])
        assert kind.grade(question, left).fraction == pytest.approx(whole.fraction - lost.fraction)
