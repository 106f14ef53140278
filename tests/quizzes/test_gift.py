"""A trainer's GIFT file comes in as Moodle reads it; what cannot come in is named with its line."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.quizzes.formats import GIFT, find_format
from lms.quizzes.kinds import kind_of
from lms.quizzes.kinds.choices import Choice
from lms.quizzes.kinds.essay import Essay
from lms.quizzes.kinds.matching import Matching, MatchOption, MatchStem
from lms.quizzes.kinds.multiple_choice import MultipleChoice
from lms.quizzes.kinds.numeric import Numeric, NumericAnswer, Unit, UnitRule
from lms.quizzes.kinds.short_text import ShortText, TextAnswer
from lms.quizzes.kinds.single_choice import SingleChoice
from lms.quizzes.kinds.true_false import TrueFalse
from lms.quizzes.syntax.moodle import category_of, category_path
from lms.quizzes.values import (
    NO_TEXT,
    Attachment,
    Body,
    ImportedQuestion,
    ImportReport,
    Question,
    Severity,
    Text,
    TextFormat,
)
from tests.quizzes.drawn import NAMES
from tests.quizzes.questions import ELSEWHERE, questions

ONE, HALF, ZERO = Decimal(1), Decimal("0.5"), Decimal(0)


def plain(source: str) -> Text:
    return Text(source, TextFormat.PLAIN)


def html(source: str) -> Text:
    return Text(source, TextFormat.HTML)


def read(text: str) -> ImportReport:
    return GIFT.parse(text.encode())


def only(text: str) -> Question:
    report = read(text)
    assert report.problems == ()
    assert len(report.questions) == 1
    return report.questions[0].question


@pytest.mark.parametrize(
    "text, title, stem, body",
    [
        (
            "::Tomb:: Who is buried there?{~Grant ~Jefferson =no one}",
            "Tomb",
            "Who is buried there?",
            SingleChoice(
                (
                    Choice("a", plain("Grant")),
                    Choice("b", plain("Jefferson")),
                    Choice("c", plain("no one"), ONE),
                )
            ),
        ),
        (
            "Grant is {~buried#No, nobody is. =entombed#Right! ~%-25%living} in the tomb.",
            "Grant is",
            "Grant is _____ in the tomb.",
            SingleChoice(
                (
                    Choice("a", plain("buried"), ZERO, plain("No, nobody is.")),
                    Choice("b", plain("entombed"), ONE, plain("Right!")),
                    Choice("c", plain("living"), Decimal("-0.25")),
                )
            ),
        ),
        (
            "Which two?{\n~%50%first\n~%50%second\n~%-100%third\n}",
            "Which two?",
            "Which two?",
            MultipleChoice(
                (
                    Choice("a", plain("first"), HALF),
                    Choice("b", plain("second"), HALF),
                    Choice("c", plain("third"), Decimal(-1)),
                )
            ),
        ),
        (
            "Which two?{ =%50%first =%50%second ~third }",
            "Which two?",
            "Which two?",
            MultipleChoice(
                (
                    Choice("a", plain("first"), HALF),
                    Choice("b", plain("second"), HALF),
                    Choice("c", plain("third")),
                )
            ),
        ),
        ("The sun rises.{T}", "The sun rises.", "The sun rises.", TrueFalse(answer=True)),
        (
            "It is flat.{FALSE#Look again.#Well seen.}",
            "It is flat.",
            "It is flat.",
            TrueFalse(answer=False, feedback_true=plain("Look again."), feedback_false=plain("Well seen.")),
        ),
        (
            "It is round.{TRUE##Well seen.}",
            "It is round.",
            "It is round.",
            TrueFalse(answer=True, feedback_true=plain("Well seen.")),
        ),
        (
            "Two and two {=four =4#in digits =%50%*our}.",
            "Two and two",
            "Two and two _____.",
            ShortText(
                (
                    TextAnswer("a", "four"),
                    TextAnswer("b", "4", ONE, plain("in digits")),
                    TextAnswer("c", "*our", HALF),
                )
            ),
        ),
        ("Best metal?{gold}", "Best metal?", "Best metal?", ShortText((TextAnswer("a", "gold"),))),
        ("Born?{#1822}", "Born?", "Born?", Numeric((NumericAnswer("a", Decimal(1822)),))),
        (
            "Pi?{#3.1415:0.0005}",
            "Pi?",
            "Pi?",
            Numeric((NumericAnswer("a", Decimal("3.1415"), Decimal("0.0005")),)),
        ),
        (
            "Pi?{#3.141..3.142}",
            "Pi?",
            "Pi?",
            Numeric((NumericAnswer("a", Decimal("3.1415"), Decimal("0.0005")),)),
        ),
        ("Cold?{#-5..-1}", "Cold?", "Cold?", Numeric((NumericAnswer("a", Decimal(-3), Decimal(2)),))),
        (
            "Small?{#1.5e-3:1E-4}",
            "Small?",
            "Small?",
            Numeric((NumericAnswer("a", Decimal("1.5e-3"), Decimal("1e-4")),)),
        ),
        (
            "Born?{#\n=1822:0#Yes.\n=%50%1822:2#Close.\n~#Read again.}",
            "Born?",
            "Born?",
            Numeric(
                (
                    NumericAnswer("a", Decimal(1822), ZERO, ONE, plain("Yes.")),
                    NumericAnswer("b", Decimal(1822), Decimal(2), HALF, plain("Close.")),
                    NumericAnswer("c", None, ZERO, ZERO, plain("Read again.")),
                )
            ),
        ),
        (
            "Capitals?{=Canada -> Ottawa =Italy->Rome =Holy See -> Rome = -> Paris}",
            "Capitals?",
            "Capitals?",
            Matching(
                (
                    MatchStem("a", plain("Canada"), "a"),
                    MatchStem("b", plain("Italy"), "b"),
                    MatchStem("c", plain("Holy See"), "b"),
                ),
                (MatchOption("a", "Ottawa"), MatchOption("b", "Rome"), MatchOption("c", "Paris")),
            ),
        ),
    ],
)
def test_every_type_is_read_as_moodle_reads_it(text: str, title: str, stem: str, body: Body) -> None:
    question = only(text)
    assert (question.title, question.stem, question.body) == (title, plain(stem), body)


def test_escaped_signs_are_text() -> None:
    question = only(r"::a\:\:b:: 2 \= \{1, 1\} \~ \# \\ C\:\\temp x\ny \alpha {=a\=b\#c ~\%}")
    assert question.title == "a::b"
    assert question.stem.source == "2 = {1, 1} ~ # \\ C:\\temp x\ny \\alpha"
    assert isinstance(question.body, SingleChoice)
    assert [choice.text.source for choice in question.body.choices] == ["a=b#c", "\\%"]


def test_texts_take_the_format_they_name_or_that_of_the_question() -> None:
    question = only(
        "[markdown]Is *this* right?"
        "{=[html]<b>yes</b>#[plain]*really* ~no#*no* ~[moodle]a\n<i>b</i>####[html]<p>so</p>}"
    )
    assert question.stem == Text("Is *this* right?", TextFormat.MARKDOWN)
    assert question.general_feedback == html("<p>so</p>")
    assert isinstance(question.body, SingleChoice)
    assert question.body.choices == (
        Choice("a", html("<b>yes</b>"), ONE, plain("*really*")),
        Choice("b", Text("no"), ZERO, Text("*no*")),
        Choice("c", html("a<br>\n<i>b</i>")),
    )
    assert only("Is a < b and c > d?\nSay.{T}").stem == plain("Is a < b and c > d?\nSay.")
    assert only("[colour] of what?{T}").stem == plain("[colour] of what?")


def test_comments_categories_ids_and_tags_are_understood() -> None:
    report = read(
        "// A file of questions [tag:none]\n\n"
        "$CATEGORY: $course$/top/Safety/Gas // Oil\n"
        "::One:: The first {T}\n\n"
        "// question: 7 name: Two [id:S-7] [tag:new] [tag:a\\]b] [tag:new]\n"
        "::Two:: The\n// in between\nsecond {F}\n\n"
        "$CATEGORY: Other\n\n"
        "The third\n{T}\n"
    )
    assert report.problems == ()
    assert [
        (imported.line, imported.question.title, imported.question.category) for imported in report.questions
    ] == [
        (4, "One", ("Safety", "Gas / Oil")),
        (7, "Two", ("Safety", "Gas / Oil")),
        (13, "The third", ("Other",)),
    ]
    second = report.questions[1].question
    assert (second.external_id, second.tags) == ("S-7", ("new", "a]b"))
    assert second.stem == plain("The\n \nsecond")


def test_a_bad_question_at_line_57_is_named_and_the_rest_is_offered() -> None:
    good = "::Good {n}:: Water is wet.{{T}}\n\n"
    text = (
        "".join(good.format(n=n) for n in range(28)) + "::Bad one:: How many?{#many}\n\n" + good.format(n=28)
    )
    report = read(text)
    assert len(report.questions) == 29
    (problem,) = report.problems
    assert (problem.line, problem.name, problem.severity) == (57, "Bad one", Severity.ERROR)
    assert problem.message == "many is not a number."


@pytest.mark.parametrize(
    "text, name, says",
    [
        ("::Q:: How are you? {}", None, ""),
        ("::Q:: How are you? {####Be honest.}", None, ""),
        ("::Read this:: first.", "Read this", "no answers"),
        ("::Q: no end {T}", "::Q: no end {T}", "does not end"),
        ("::Q:: open { =a ~b", "Q", "never end"),
        ("::Q:: closed =a ~b }", "Q", "without a {"),
        ("::Q:: } closed { =a ~b", "Q", "without a {"),
        ("::Q:: {=a ~b} and {=c ~d}", "Q", "more than one pair"),
        ("::Q:: a {b ~c =d}", "Q", "neither ~ nor ="),
        ("::Q:: a {~c ~d}", "Q", "None of its choices is right"),
        ("::Q:: a {=c}", None, ""),
        ("::Q:: a {~%200%c =d}", "Q", "200%"),
        ("::Q:: a {=%50%c}", "Q", "100%"),
        ("::Q:: a {= ~b =c}", "Q", "empty"),
        ("::Q:: a {#}", "Q", "no answer"),
        ("::Q:: a {#5..1}", "Q", "ends before"),
        ("::Q:: a {#3,14}", "Q", "3,14 is not a number"),
        ("::Q:: a {#5:x}", "Q", "x is not a number"),
        ("::Q:: a {#1e999}", "Q", "not a number"),
        ("::Q:: a {#1:-2}", "Q", "below zero"),
        ("::Q:: a {=x -> 1 =y}", "Q", "no arrow"),
        ("::Q:: a {=x -> 1}", "Q", "two pairs"),
        ("::Q:: a {=x -> 1 =y ->}", "Q", "empty"),
        ("::Q:: {T}", "Q", "no text"),
        ("::Q:: \ufdd0 {T}", "Q", "Unicode"),
        ("::Q:: a {~yes =<a href=x>no</a>}", None, ""),
    ],
)
def test_a_bad_question_says_what_is_wrong(text: str, name: str | None, says: str) -> None:
    report = read(f"\n{text}\n")
    if name is None:
        assert len(report.questions) == 1
        return
    assert report.questions == ()
    (problem,) = report.problems
    assert (problem.line, problem.name) == (2, name)
    assert says in problem.message


def test_a_question_cut_in_two_by_a_blank_line_is_named_once() -> None:
    report = read("::One:: a {\n=b\n\nmore\n\n~c }\n\n::Two:: d {T}\n\n::Three:: e {\n=f\n\n::Four:: g {T}")
    assert [(problem.line, problem.name) for problem in report.problems] == [(1, "One"), (10, "Three")]
    assert [imported.question.title for imported in report.questions] == ["Two", "Four"]


def test_a_long_title_is_cut_and_said() -> None:
    report = read(f"::{'x' * 300}:: a {{T}}")
    assert len(report.questions[0].question.title) == 255
    assert [problem.severity for problem in report.problems] == [Severity.WARNING]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "windows-1252"])
def test_a_file_in_a_usual_encoding_is_read(encoding: str) -> None:
    report = GIFT.parse("::Größe:: Wie groß?\r\n{=groß ~klein}\r\n\r\n::Zwei::b{T}\r\n".encode(encoding))
    assert [imported.question.title for imported in report.questions] == ["Größe", "Zwei"]
    assert [(problem.line, problem.severity) for problem in report.problems] == (
        [(1, Severity.WARNING)] if encoding == "windows-1252" else []
    )


def test_a_file_in_no_encoding_is_refused_with_the_line() -> None:
    report = GIFT.parse(b"::a::b{T}\n\n::\x81::c{T}")
    assert report.questions == ()
    assert [(problem.line, "0x81" in problem.message) for problem in report.problems] == [(3, True)]


def carried(question: Question) -> Question:
    """Return the question without what GIFT has no place for."""
    body = question.body
    if isinstance(body, Numeric):
        body = replace(body, units=(), unit_rule=UnitRule.NONE, unit_penalty=ONE)
    if isinstance(body, Essay):
        body = Essay()
    return replace(
        question,
        body=body,
        marks=ONE,
        hints=(),
        feedback_correct=NO_TEXT,
        feedback_partial=NO_TEXT,
        feedback_incorrect=NO_TEXT,
    )


def says_twice(imported: ImportedQuestion) -> bool:
    """Return whether one choice of a question says what another does."""
    body = imported.question.body
    words = [one.text for one in body.choices] if isinstance(body, SingleChoice | MultipleChoice) else []
    return len(set(words)) < len(words)


IN_GIFT = questions(ELSEWHERE).filter(lambda question: kind_of(question).gift is not None)


@given(st.lists(IN_GIFT.map(carried).map(ImportedQuestion), max_size=4))
def test_what_is_written_is_read_back_the_same(exported: list[ImportedQuestion]) -> None:
    assert all(GIFT.losses(question) == () for question in exported)
    report = GIFT.parse(GIFT.write(exported))
    told = [one.line for one in report.problems]
    assert told == [
        read.line for read, one in zip(report.questions, exported, strict=True) if says_twice(one)
    ]
    assert report.errors == ()
    assert report.questions == tuple(exported)


@pytest.mark.parametrize(
    "changes, loss",
    [
        ({}, "the pictures"),
        ({"marks": Decimal(2)}, "the marks"),
        ({"feedback_partial": plain("x")}, "the feedback by result"),
        ({"hints": (plain("x"),)}, "the hints"),
        ({"body": ShortText((TextAnswer("a", "x"),), case_sensitive=True)}, "that case counts"),
        ({"body": Numeric((NumericAnswer("a", ONE),), (Unit("m"),), UnitRule.OPTIONAL)}, "the units"),
        (
            {"body": SingleChoice((Choice("a", plain("x"), ONE), Choice("b", plain("y"))), shuffle=False)},
            "that the order is fixed",
        ),
    ],
)
def test_what_gift_cannot_hold_is_said_before_it_is_lost(changes: dict[str, Any], loss: str) -> None:
    question = replace(Question(title="t", stem=plain("s"), body=TrueFalse(answer=True)), **changes)
    attachments = () if changes else (Attachment("a.png", b"x"),)
    assert GIFT.losses(ImportedQuestion(question, attachments)) == (loss,)
    assert len(GIFT.parse(GIFT.write([ImportedQuestion(question, attachments)])).questions) == 1


@given(st.lists(NAMES, max_size=4))
def test_a_category_comes_back_with_its_slashes(names: list[str]) -> None:
    assert category_of(category_path(tuple(names))) == tuple(names)


SIGNS = st.text(st.sampled_from("{}~=#:\\%*[]->.$/ \n\nTa1é\ufdd0"), max_size=80)


@given(st.lists(SIGNS, max_size=5))
def test_no_text_breaks_the_reader(pieces: list[str]) -> None:
    report = read("\n\n".join(pieces))
    for problem in report.problems:
        assert problem.message
        assert problem.line is not None
    written = GIFT.write(report.questions)
    again = GIFT.parse(written)
    assert [imported.question for imported in again.questions] == [
        imported.question for imported in report.questions
    ]


def test_the_format_of_a_file_is_found() -> None:
    assert find_format("questions.GIFT", b"") is GIFT
    assert find_format("export.txt", b"::a::b{T}") is GIFT
    assert find_format("export.txt", b"\xef\xbb\xbf<?xml version='1.0'?><quiz/>") is not GIFT
    assert find_format("export.docx", b"PK") is None
