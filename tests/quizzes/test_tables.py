"""Questions in plain lists: Aiken, and tables to fill in; our own CSV comes back as it went."""

import csv
import io
from decimal import Decimal

import pytest
from hypothesis import given, settings
from xlsxwriter import Workbook

from lms.quizzes.formats import AIKEN, FORMATS, GIFT, MOODLE_XML, QTI, TABLE, WRITTEN, find_format
from lms.quizzes.formats.table import HEAD, template
from lms.quizzes.kinds.choices import Choice
from lms.quizzes.kinds.matching import Matching
from lms.quizzes.kinds.multiple_choice import MultipleChoice
from lms.quizzes.kinds.numeric import Numeric
from lms.quizzes.kinds.ordering import Ordering
from lms.quizzes.kinds.short_text import ShortText
from lms.quizzes.kinds.single_choice import SingleChoice
from lms.quizzes.kinds.true_false import TrueFalse
from lms.quizzes.values import ImportedQuestion, Question, Severity, Text, TextFormat
from tests.quizzes.questions import questions

ONE, ZERO = Decimal(1), Decimal(0)
GAS = "Which gas is R744?\nA. Propane\nB) Carbon dioxide\nC. Ammonia\nANSWER: B\n"


def plain(words: str) -> Text:
    return Text(words, TextFormat.PLAIN)


def rows(*cells: tuple[str, ...]) -> bytes:
    sheet = io.StringIO()
    csv.writer(sheet).writerows(cells)
    return sheet.getvalue().encode()


def workbook(*cells: tuple[str, ...]) -> bytes:
    target = io.BytesIO()
    with Workbook(target) as book:
        sheet = book.add_worksheet()
        for at, row in enumerate(cells):
            sheet.write_row(at, 0, row)
    return target.getvalue()


def test_aiken_comes_in_with_its_lines() -> None:
    report = AIKEN.parse(f"\n{GAS}\nWhat burns,\nand how?\nA. R290\nB. R32\nC. R744\nANSWER: A, B\n".encode())
    assert report.problems == ()
    gas, burns = report.questions
    assert (gas.line, burns.line) == (2, 8)
    assert gas.question.stem == plain("Which gas is R744?")
    assert gas.question.body == SingleChoice(
        (
            Choice("a", plain("Propane")),
            Choice("b", plain("Carbon dioxide"), ONE),
            Choice("c", plain("Ammonia")),
        )
    )
    assert burns.question.stem == plain("What burns,\nand how?")
    assert isinstance(burns.question.body, MultipleChoice)
    assert [choice.key for choice in burns.question.body.right] == ["a", "b"]


@pytest.mark.parametrize(
    "block, why",
    [
        ("Which?\nA. one\nB. two\n", "no line ANSWER"),
        ("Which?\nA. one\nC. two\nANSWER: A\n", "lettered A, C"),
        ("Which?\nA. one\nB. two\nANSWER: D\n", "Choice D"),
        ("Which?\nANSWER: A\n", "no choices"),
        ("Which?\nA. one\nsome words\nB. two\nANSWER: A\n", "Line 3"),
        ("Which?\nA. one\nANSWER: A\n", "two choices"),
    ],
)
def test_a_bad_question_in_aiken_is_named_and_the_next_one_comes(block: str, why: str) -> None:
    report = AIKEN.parse(f"{block}\n{GAS}".encode())
    (problem,) = report.problems
    assert (problem.line, problem.name, problem.severity) == (1, "Which?", Severity.ERROR)
    assert why in problem.message
    assert [one.question.title for one in report.questions] == ["Which gas is R744?"]


def test_one_broken_row_among_900_is_named_by_row_and_column() -> None:
    good = ("R290 burns.", "true")
    report = TABLE.parse(rows(("Question", "Right"), *[good] * 450, ("R32 burns.", ""), *[good] * 449))
    assert len(report.questions) == 899
    (problem,) = report.problems
    assert (problem.line, problem.name) == (452, "R32 burns.")
    assert problem.message == "Column “right”: It does not say what is right."


@pytest.mark.parametrize("made", [rows, workbook], ids=["csv", "xlsx"])
def test_the_template_can_be_filled_in_and_brought(made: type[bytes]) -> None:
    report = TABLE.parse(made(*template()))
    assert report.problems == ()
    assert [type(one.question.body) for one in report.questions] == [
        SingleChoice,
        MultipleChoice,
        TrueFalse,
        ShortText,
        Numeric,
        Matching,
    ]
    assert report.questions[2].question.tags == ("safety", "gases")
    assert report.questions[4].question.marks == 2


def test_a_row_may_name_its_type() -> None:
    head = ("type", "question", "choice 1", "choice 2", "right")
    report = TABLE.parse(
        rows(head, ("Ordering", "Order.", "fill", "start", ""), ("short text", "Which?", "", "", "744"))
    )
    assert [type(one.question.body) for one in report.questions] == [Ordering, ShortText]


@pytest.mark.parametrize(
    "cells, column, why",
    [
        ({"question": ""}, "question", "Nothing is asked."),
        ({"right": "9"}, "right", "none of the choices 1 to 2"),
        ({"right": "A, Z"}, "right", "“Z” is none of the choices"),
        ({"points": "many"}, "points", "“many” is not a number."),
        ({"points": "-1"}, "points", "below zero"),
        ({"type": "riddle"}, "type", "“riddle” is none of these"),
        ({"type": "true false", "right": "perhaps"}, "right", "neither true nor false"),
        ({"choice 2": "", "choice 3": "c"}, "choice 2", "a later one is not"),
        ({"type": "matching", "right": ""}, "choice 1", "left | right"),
    ],
)
def test_what_is_wrong_in_a_cell_is_said_with_its_column(
    cells: dict[str, str], column: str, why: str
) -> None:
    row = {"title": "One", "question": "Which?", "choice 1": "a", "choice 2": "b", "right": "1"} | cells
    report = TABLE.parse(rows(HEAD, tuple(row.get(name, "") for name in HEAD)))
    (problem,) = report.problems
    assert (problem.line, problem.name) == (2, "One")
    assert problem.message.startswith(f"Column “{column}”: ")
    assert why in problem.message


def test_unknown_columns_and_a_table_of_something_else_are_told() -> None:
    report = TABLE.parse(rows(("question", "right", "Mood"), ("R290 burns.", "true", "good")))
    assert len(report.questions) == 1
    assert "Column C (“Mood”) is not known" in report.problems[0].message
    assert (
        "no column “question”" in TABLE.parse(rows(("name", "email"), ("Ada", "a@b.c"))).problems[0].message
    )


@given(questions())
@settings(max_examples=30, deadline=None)
def test_our_own_table_comes_back_as_it_was(question: Question) -> None:
    content = TABLE.write([ImportedQuestion(question)])
    report = TABLE.parse(content)
    assert report.problems == ()
    assert report.questions == (ImportedQuestion(question),)
    assert TABLE.write(report.questions) == content


def test_a_row_that_was_changed_is_read_as_it_stands_now() -> None:
    body = SingleChoice((Choice("a", Text("Tank"), ONE), Choice("b", Text("Pump"))), shuffle=False)
    content = TABLE.write([ImportedQuestion(Question(title="Parts", stem=Text("Which?"), body=body))])
    (read,) = TABLE.parse(content.replace(b",Tank,", b",Cistern,")).questions
    assert isinstance(read.question.body, SingleChoice)
    assert read.question.body.choices[0].text == Text("Cistern")


def test_no_cell_of_an_export_is_a_formula() -> None:
    stem = Text('=HYPERLINK("http://evil.example")')
    body = SingleChoice((Choice("a", Text("+1"), ONE), Choice("b", Text("@SUM(A1)"))))
    question = Question(title="-1+1", stem=stem, body=body, tags=("=x",))
    content = TABLE.write([ImportedQuestion(question)])
    (_head, cells) = csv.reader(io.StringIO(content.decode("utf-8-sig")))
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]
    assert TABLE.parse(content).questions == (ImportedQuestion(question),)


def test_a_file_is_known_by_its_content() -> None:
    package = QTI.write([])
    assert find_format("exam.txt", GAS.encode()) is AIKEN
    assert find_format("exam.bin", package) is QTI
    assert find_format("exam.bin", workbook(HEAD)) is TABLE
    assert find_format("exam.csv", rows(HEAD)) is TABLE
    assert find_format("exam.txt", b"<?xml version='1.0'?>\n<!-- x -->\n<assessmentItem/>") is QTI
    assert find_format("exam.xml", b"<quiz/>") is MOODLE_XML
    assert find_format("exam.gift", b"::a::b{T}") is GIFT
    assert find_format("exam.pdf", b"%PDF") is None


def test_every_format_that_is_offered_for_export_is_written() -> None:
    assert FORMATS.keys() - WRITTEN.keys() == {"aiken"}
    question = Question(title="True", stem=Text("Is it?"), body=TrueFalse(answer=True))
    for form in WRITTEN.values():
        assert form.losses(ImportedQuestion(question)) == ()
        (read,) = form.parse(form.write([ImportedQuestion(question)])).questions
        assert read.question.body == question.body
