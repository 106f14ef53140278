"""Texts with gaps come from Moodle and go back there: embedded answers, words to select, words to drag."""

from dataclasses import replace
from decimal import Decimal
from html import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.quizzes.formats import GIFT, MOODLE_XML
from lms.quizzes.kinds.amounts import Numbers, NumericAnswer, ToleranceRule
from lms.quizzes.kinds.gap_fill import BankWord, Gap, GapChoice, GapFill, GapWay
from lms.quizzes.kinds.gap_fill.cloze import ClozeAnswer, ClozeGap, gaps_in, written
from lms.quizzes.kinds.words import TextAnswer, Words
from lms.quizzes.values import ImportedQuestion, ImportReport, Question, Text, TextFormat
from tests.quizzes.drawn import SOURCES
from tests.quizzes.test_gap_fill import BANK, MIXED, TYPE, WORDS

ONE, HALF, ZERO = Decimal(1), Decimal("0.5"), Decimal(0)


def html(source: str) -> Text:
    return Text(source, TextFormat.HTML)


def read(type_: str, text: str, inner: str = "") -> ImportReport:
    return MOODLE_XML.parse(
        f'<quiz><question type="{type_}"><name><text>Name</text></name><questiontext format="html"><text>'
        f"{escape(text)}</text></questiontext>{inner}</question></quiz>".encode()
    )


def only(type_: str, text: str, inner: str = "") -> Question:
    report = read(type_, text, inner)
    assert report.problems == ()
    (imported,) = report.questions
    return imported.question


def test_embedded_answers_are_read_as_moodle_writes_them() -> None:
    question = only(
        "cloze",
        "<p>A {1:SHORTANSWER:=pump#Yes.~%50%compress*~fan#No, it blows.} holds {2:NM:=27:0.5~%50%30:1~*#Look up.} bar"
        " and {:MULTICHOICE_S:lowers#Wrong~=raises~%-25%keeps &amp;amp; \\} both} {1:SAC:=R744}.</p>",
    )
    assert question.stem == html("<p>A [[1]] holds [[2]] bar and [[3]] [[4]].</p>")
    assert question.marks == 5, "Moodle adds up what the gaps count"
    assert question.body == GapFill(
        (
            Gap(
                "1",
                GapWay.TYPE,
                words=Words(
                    (
                        TextAnswer("a", "pump", ONE, html("Yes.")),
                        TextAnswer("b", "compress*", HALF),
                        TextAnswer("c", "fan", ZERO, html("No, it blows.")),
                    )
                ),
            ),
            Gap(
                "2",
                GapWay.NUMBER,
                numbers=Numbers(
                    (
                        NumericAnswer("a", Decimal(27), HALF),
                        NumericAnswer("b", Decimal(30), ONE, HALF),
                        NumericAnswer("c", None, ZERO, ZERO, html("Look up.")),
                    )
                ),
                weight=2,
            ),
            Gap(
                "3",
                GapWay.PICK,
                choices=(
                    GapChoice("a", "lowers", ZERO, html("Wrong")),
                    GapChoice("b", "raises", ONE),
                    GapChoice("c", "keeps & } both", Decimal("-0.25")),
                ),
            ),
            Gap("4", GapWay.TYPE, words=Words((TextAnswer("a", "R744"),), case_sensitive=True)),
        )
    )


@pytest.mark.parametrize(
    "name", ["MULTICHOICE", "MC", "MULTICHOICE_V", "MCV", "MULTICHOICE_H", "MCHS", "MCVS", "MCS"]
)
def test_every_layout_of_choices_is_a_drop_down_and_what_changes_is_said(name: str) -> None:
    report = read("multianswer", f"A {{1:{name}:=a~b}}.")
    (imported,) = report.questions
    body = imported.question.body
    assert isinstance(body, GapFill)
    assert body.gaps[0].way is GapWay.PICK
    assert body.shuffle == name.endswith("S")
    is_changed = name not in {"MULTICHOICE", "MC", "MCS"}
    assert [problem.message for problem in report.problems] == [
        "Gap 1: its choices are shown as a drop-down, not side by side."
    ] * is_changed


@pytest.mark.parametrize(
    "text, says",
    [
        ("No gap at all.", "no gap"),
        ("A {1:WHATEVER:=a}.", "no gap"),
        ("A {1:SHORTANSWER:=a", "no gap"),
        ("A {1:SA:=x} {1:MULTIRESPONSE:=a~=b~c}.", "Gap 2: It takes several choices"),
        ("A {1:SA:a~%50%b}.", "Gap 1: No answer is worth 100%"),
        ("A {1:MC:=a}.", "Gap 1: A choice question needs two choices"),
        ("A {1:NM:=much}.", "Gap 1: much is not a number"),
        ("A {0:SA:=a}.", "Gap 1: A gap counts a whole number"),
    ],
)
def test_a_gap_that_cannot_come_along_is_named(text: str, says: str) -> None:
    report = read("cloze", text)
    assert report.questions == ()
    assert says in report.problems[-1].message


OPTIONS = "".join(
    f"<selectoption><text>{words}</text><group>{group}</group></selectoption>"
    for words, group in (("raises", 1), ("lowers", 1), ("vapour", 2), ("liquid", 2))
)


def test_words_to_select_are_drop_downs_by_group() -> None:
    question = only(
        "gapselect", "It [[1]] what is [[3]], [[4]] it [[2]].", "<shuffleanswers>0</shuffleanswers>" + OPTIONS
    )
    assert question.stem.source == "It [[1]] what is [[2]], [[3]] it [[4]]."
    body = question.body
    assert isinstance(body, GapFill)
    assert not body.shuffle
    rights = [[one.text for one in gap.choices if one.weight == ONE] for gap in body.gaps]
    assert rights == [["raises"], ["vapour"], ["liquid"], ["lowers"]]
    assert [one.text for one in body.gaps[1].choices] == ["vapour", "liquid"]


def test_words_to_drag_are_one_bank_and_what_changes_is_said() -> None:
    boxes = (
        "<dragbox><text>fill</text><group>1</group></dragbox><dragbox><text>&lt;b&gt;vent&lt;/b&gt;</text><group>2</group>"
        "<infinite/></dragbox><dragbox><text>fill</text><group>1</group></dragbox>"
    )
    report = read("ddwtos", "[[1]] [[3]] [[2]]", boxes)
    (imported,) = report.questions
    assert imported.question.body == GapFill(
        (
            Gap("1", GapWay.DRAG, word="a"),
            Gap("2", GapWay.DRAG, word="a"),
            Gap("3", GapWay.DRAG, word="b"),
        ),
        (BankWord("a", "fill"), BankWord("b", "vent")),
        reuse=True,
    )
    assert [problem.message for problem in report.problems] == [
        "The choice “vent” is taken over as plain words, without its formatting.",
        "Its words stand in one bank, not in groups.",
        "Every word may be used any number of times.",
    ]


@pytest.mark.parametrize("type_", ["gapselect", "ddwtos"])
def test_a_text_that_points_to_no_word_is_refused(type_: str) -> None:
    name = "selectoption" if type_ == "gapselect" else "dragbox"
    boxes = "".join(f"<{name}><text>{words}</text></{name}>" for words in ("a", "b"))
    assert "[[9]]" in read(type_, "A [[9]].", boxes).problems[0].message
    assert "no gap" in read(type_, "A.", boxes).problems[0].message
    assert "no words" in read(type_, "A [[1]].").problems[0].message


SLIPS, HTML = "that slips in spelling are forgiven", "that feedback is no HTML: it is written as such"
WEIGHED = replace(BANK, gaps=(BANK.gaps[0], replace(BANK.gaps[1], weight=2)))
BOTH = GapFill((BANK.gaps[0], replace(TYPE, feedback=Text(""))), BANK.bank)
WITHIN = Numbers((NumericAnswer("a", ONE, HALF),), tolerance_rule=ToleranceRule.RELATIVE)
SHARE = GapFill((Gap("1", GapWay.NUMBER, numbers=WITHIN),))


@pytest.mark.parametrize(
    "question, losses",
    [
        (WORDS, []),
        (replace(WORDS, body=WEIGHED), ["how much each gap counts"]),
        (
            replace(MIXED, marks=Decimal(3)),
            [
                "the points: Moodle adds up what the gaps count",
                "the feedback to a whole gap",
                HTML,
                SLIPS,
                "the units",
            ],
        ),
        (
            replace(WORDS, marks=Decimal(2), body=BOTH),
            ["that words are dragged: their gaps are written as drop-downs", SLIPS],
        ),
        (
            Question(title="Share", stem=Text("[[1]]"), body=SHARE),
            ["that the tolerance is a share: it is written as an amount"],
        ),
    ],
    ids=["bank", "weights", "mixed", "both", "share"],
)
def test_what_moodle_cannot_hold_of_gaps_is_said(question: Question, losses: list[str]) -> None:
    imported = ImportedQuestion(question)
    assert list(MOODLE_XML.losses(imported)) == losses
    (again,) = MOODLE_XML.parse(MOODLE_XML.write([imported])).questions
    assert isinstance(again.question.body, GapFill)
    assert len(again.question.body.gaps) == len(imported.question.body.gaps)  # type: ignore[attr-defined]
    assert GIFT.losses(imported) == ("the whole question: GIFT has none of its kind",)


TEXTS = st.one_of(
    SOURCES, st.text(st.sampled_from("{}~=#:\\%*&;1SA \n"), min_size=1).map(str.strip).filter(bool)
)


ANSWERS = st.builds(
    ClozeAnswer, st.sampled_from([ONE, HALF, ZERO, -ONE]), TEXTS, st.one_of(st.just(""), TEXTS)
)


@given(answers=st.lists(ANSWERS, min_size=1, max_size=4), before=SOURCES, after=SOURCES)
def test_whatever_an_answer_holds_it_is_embedded_and_found_again(
    answers: list[ClozeAnswer], before: str, after: str
) -> None:
    gap = ClozeGap(0, 0, 3, "SHORTANSWER", tuple(answers))
    text = f"{before} {written(gap)} {after}"
    (found,) = [one for one in gaps_in(text) if one.weight == 3]
    assert replace(found, start=0, end=0) == gap
    assert (text[: found.start], text[found.end :]) == (f"{before} ", f" {after}")


@given(st.text(st.sampled_from("{}~=#:\\%*&;1 SAMCN\n"), max_size=60))
def test_no_text_breaks_the_reader_of_embedded_answers(text: str) -> None:
    report = read("cloze", text or "x")
    assert len(report.questions) + len(report.errors) == 1


def test_a_hostile_text_costs_no_time() -> None:
    assert list(gaps_in("{1:SA:" * 3_000)) == []
    assert list(gaps_in("{1:SA:=" + "~=" * 50_000)) == []
