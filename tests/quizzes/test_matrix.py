"""Matrix: what its lines earn, how it is written and asked, and how Moodle's plug-in holds it."""

from dataclasses import replace
from decimal import Decimal

import pytest

from lms.quizzes.errors import InvalidQuestion, InvalidResponse
from lms.quizzes.formats.gift import Gift
from lms.quizzes.formats.moodle_xml import MoodleXml
from lms.quizzes.kinds import kind_of
from lms.quizzes.kinds.matrix import Matrix, MatrixColumn, MatrixGrading, MatrixResponse, MatrixRow
from lms.quizzes.values import ImportedQuestion, Question, Text, TextFormat

ONE_EACH = Matrix(
    (
        MatrixRow("a", Text("Ammonia"), ("t",), Text("R717 is toxic.")),
        MatrixRow("b", Text("Propane"), ("f",)),
        MatrixRow("c", Text("Carbon dioxide"), ("n",)),
        MatrixRow("d", Text("Isobutane"), ("f",)),
    ),
    (MatrixColumn("t", "toxic"), MatrixColumn("f", "flammable"), MatrixColumn("n", "neither")),
)
SEVERAL = replace(
    ONE_EACH,
    rows=(
        MatrixRow("a", Text("Ammonia"), ("t", "f")),
        MatrixRow("b", Text("Propane"), ("f",)),
        MatrixRow("c", Text("Carbon dioxide"), ()),
        MatrixRow("d", Text("Isobutane"), ("f",)),
    ),
    takes_several=True,
)


def asked(body: Matrix) -> Question:
    return Question(title="Refrigerants", stem=Text("What are they?"), body=body)


def ticked(**lines: str) -> MatrixResponse:
    """Return the answer that ticks these columns, each a letter, in these lines."""
    return MatrixResponse(tuple((line, tuple(columns)) for line, columns in lines.items()))


@pytest.mark.parametrize(
    "body, response, lines, whole",
    [
        (ONE_EACH, ticked(a="t", b="f", c="n", d="f"), "1", "1"),
        (ONE_EACH, ticked(a="t", b="f", c="n", d="n"), "0.75", "0"),
        (ONE_EACH, ticked(a="t"), "0.25", "0"),
        (ONE_EACH, ticked(a="f", b="t", c="f", d="t"), "0", "0"),
        (ONE_EACH, ticked(), "0", "0"),
        (SEVERAL, ticked(a="tf", b="f", d="f"), "1", "1"),
        (SEVERAL, ticked(a="t", b="f", d="f"), "0.75", "0"),
        (SEVERAL, ticked(a="tfn", b="tfn", c="tfn", d="tfn"), "0", "0"),
        (SEVERAL, ticked(), "0", "0"),
    ],
)
def test_a_line_is_right_when_just_what_belongs_to_it_is_ticked(
    body: Matrix, response: MatrixResponse, lines: str, whole: str
) -> None:
    question = asked(body)
    assert kind_of(question).grade(question, response).fraction == Decimal(lines)
    question = asked(replace(body, grading=MatrixGrading.WHOLE))
    assert kind_of(question).grade(question, response).fraction == Decimal(whole)


def test_open_lines_are_told_where_each_wants_a_tick() -> None:
    kind = kind_of(asked(ONE_EACH))
    assert kind.remark(asked(ONE_EACH), ticked(a="t", c="n")) == "Still open: 2."
    assert not kind.is_complete(asked(ONE_EACH), ticked(a="t", c="n"))
    assert kind.remark(asked(ONE_EACH), ticked()) is None
    assert kind.is_complete(asked(SEVERAL), ticked(a="t")), "a line without a tick may be right"
    assert kind.remark(asked(SEVERAL), ticked(a="t")) is None


@pytest.mark.parametrize(
    "body, form, field",
    [
        (ONE_EACH, {"answer-a": ["x"]}, "answer-a"),
        (ONE_EACH, {"answer-b": ["t", "f"]}, "answer-b"),
        (SEVERAL, {"answer-c": ["t", "x"]}, "answer-c"),
    ],
)
def test_what_no_page_sends_is_refused(body: Matrix, form: dict[str, list[str]], field: str) -> None:
    with pytest.raises(InvalidResponse) as refusal:
        kind_of(asked(body)).parse_response(asked(body), form)
    assert field in refusal.value.fields


def test_a_review_says_line_by_line_what_was_ticked_and_why_it_is_wrong() -> None:
    question = asked(ONE_EACH)
    first, second, *_rest = kind_of(question).describe_response(question, ticked(a="n"))
    assert (first.asked.source, first.given.source, first.expected.source) == ("Ammonia", "neither", "toxic")
    assert first.feedback.source == "R717 is toxic."
    assert not second.given
    assert second.expected.source == "flammable"


def test_a_record_names_lines_and_columns() -> None:
    question = asked(SEVERAL)
    said = kind_of(question).interaction(question, ticked(a="tf", b="f"))
    assert (said.type, said.response) == ("matching", "a[.]t[,]a[.]f[,]b[.]f")
    assert [key for key, _text in said.parts["source"]] == list("abcd")
    assert [key for key, _text in said.parts["target"]] == list("tfn")


WRITTEN = {
    "column-0-text": "allowed",
    "column-1-text": "forbidden",
    "line-0-text": "Brazing indoors",
    "line-0-right-1": "on",
    "line-1-text": "Brazing outdoors",
    "line-1-right-0": "on",
}


def test_an_author_ticks_what_is_right_in_each_line() -> None:
    body = kind_of(asked(ONE_EACH)).parse_body(WRITTEN)
    assert isinstance(body, Matrix)
    assert [(row.text.source, row.column_keys) for row in body.rows] == [
        ("Brazing indoors", ("b",)),
        ("Brazing outdoors", ("a",)),
    ]


@pytest.mark.parametrize(
    "changes, name, said",
    [
        ({"line-0-right-0": "on"}, "line-0-right", "the one column"),
        ({"line-1-right-0": ""}, "line-1-right", "the one column"),
        ({"line-1-text": "", "line-1-feedback": "Why"}, "line-1-text", "Write the line"),
        ({"column-1-text": ""}, "columns", "two columns"),
        ({"column-1-text": "allowed"}, "lines", "words of its own"),
        ({f"column-{at}-text": str(at) for at in range(13)}, "lines", "2 to 12 columns"),
        ({"several": "on", "line-0-right-1": "", "line-1-right-0": ""}, "lines", "No column is right"),
        ({name: "" for name in WRITTEN if name.startswith("line")}, "lines", "Write the lines"),
    ],
)
def test_an_author_is_told_what_is_no_matrix(changes: dict[str, str], name: str, said: str) -> None:
    with pytest.raises(InvalidQuestion) as refusal:
        kind_of(asked(ONE_EACH)).parse_body({**WRITTEN, **changes})
    assert said in refusal.value.fields[name]


def test_gift_leaves_it_out_and_says_so() -> None:
    imported = ImportedQuestion(asked(ONE_EACH))
    assert Gift().losses(imported) == ("the whole question: GIFT has none of its kind",)
    assert Gift().write([imported]) == b""


MOODLES = """<quiz><question type="matrix"><name><text>Plug-in</text></name>
<questiontext format="html"><text>Sort them.</text></questiontext>
<grademethod>{method}</grademethod><multiple>0</multiple><shuffleanswers>0</shuffleanswers><usedndui>1</usedndui>
<row><shorttext>Row 4</shorttext><description format="html"><text>Of the first sort</text></description>
<feedback format="html"><text>Feedback 4</text></feedback></row>
<row><shorttext>Row 5</shorttext><description format="html"><text></text></description>
<feedback format="html"><text></text></feedback></row>
<col><shorttext>Left</shorttext><description format="html"><text></text></description></col>
<col><shorttext>Right</shorttext><description format="html"><text>{column}</text></description></col>
<weights-of-row><weight-of-col>0</weight-of-col><weight-of-col>1</weight-of-col></weights-of-row>
<weights-of-row><weight-of-col>1</weight-of-col><weight-of-col>0</weight-of-col></weights-of-row>
</question></quiz>"""


@pytest.mark.parametrize(
    "method, column, grading, warned",
    [
        ("all", "", MatrixGrading.LINES, []),
        ("kprime", "", MatrixGrading.WHOLE, []),
        ("difference", "", MatrixGrading.LINES, ["difference"]),
        ("kany", "Beside it", MatrixGrading.LINES, ["describes a column", "kany"]),
    ],
)
def test_what_the_plug_in_wrote_is_read_and_what_is_lost_is_said(
    method: str, column: str, grading: MatrixGrading, warned: list[str]
) -> None:
    report = MoodleXml().parse(MOODLES.format(method=method, column=column).encode())
    (read,) = report.questions
    body = read.question.body
    assert isinstance(body, Matrix)
    assert [column.text for column in body.columns] == ["Left", "Right"]
    assert [row.column_keys for row in body.rows] == [("b",), ("a",)]
    assert body.rows[0].text == Text("<p>Row 4</p>Of the first sort", TextFormat.HTML)
    assert body.rows[1].text == Text("Row 5", TextFormat.PLAIN)
    assert (body.grading, body.takes_several, body.shuffle) == (grading, False, False)
    assert len(report.problems) == len(warned)
    assert all(words in one.message for words, one in zip(warned, report.problems, strict=True))
