"""A Moodle export comes in with its pictures; hostile XML is refused, a bad question is named by line."""

import base64
from decimal import Decimal
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.quizzes.formats import MOODLE_XML, find_format
from lms.quizzes.kinds import kind_of
from lms.quizzes.kinds.choices import Choice
from lms.quizzes.kinds.matching import Matching, MatchOption, MatchStem
from lms.quizzes.kinds.multiple_choice import MultipleChoice
from lms.quizzes.kinds.numeric import Numeric, NumericAnswer, Unit, UnitRule
from lms.quizzes.kinds.short_text import ShortText, TextAnswer
from lms.quizzes.kinds.single_choice import SingleChoice
from lms.quizzes.kinds.true_false import TrueFalse
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
HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<quiz>\n'
PIXEL = b"GIF89a pixel"


def html(source: str) -> Text:
    return Text(source, TextFormat.HTML)


def read(questions_xml: str) -> ImportReport:
    return MOODLE_XML.parse(f"{HEAD}{questions_xml}\n</quiz>".encode())


def only(inner: str, kind: str) -> ImportedQuestion:
    report = read(
        f'<question type="{kind}"><name><text>Name</text></name>'
        f'<questiontext format="html"><text><![CDATA[<p>Asked</p>]]></text></questiontext>{inner}</question>'
    )
    assert report.problems == ()
    return report.questions[0]


def answer(text: str, fraction: str, extra: str = "") -> str:
    return f'<answer fraction="{fraction}" format="html"><text>{text}</text>{extra}</answer>'


def pair(stem: str, option: str) -> str:
    return (
        f"<subquestion format='html'><text>{stem}</text><answer><text>{option}</text></answer></subquestion>"
    )


FEEDBACK = "<feedback format='markdown'><text>*said*</text></feedback>"


@pytest.mark.parametrize(
    "kind, inner, body",
    [
        (
            "multichoice",
            "<single>true</single><shuffleanswers>1</shuffleanswers>"
            + answer("yes", "100", FEEDBACK)
            + answer("no", "-33.33333"),
            SingleChoice(
                (
                    Choice("a", html("yes"), ONE, Text("*said*")),
                    Choice("b", html("no"), Decimal("-0.3333333")),
                )
            ),
        ),
        (
            "multichoice",
            "<single>false</single><shuffleanswers>false</shuffleanswers>"
            + answer("one", "50")
            + answer("two", "50")
            + answer("none", "0"),
            MultipleChoice(
                (Choice("a", html("one"), HALF), Choice("b", html("two"), HALF), Choice("c", html("none"))),
                shuffle=False,
            ),
        ),
        (
            "truefalse",
            answer("false", "100", FEEDBACK) + answer("true", "0"),
            TrueFalse(answer=False, feedback_false=Text("*said*")),
        ),
        ("truefalse", answer("Wahr", "100") + answer("Falsch", "0"), TrueFalse(answer=True)),
        (
            "shortanswer",
            "<usecase>1</usecase>" + answer("Frog", "100") + answer("*", "0", FEEDBACK),
            ShortText(
                (TextAnswer("a", "Frog"), TextAnswer("b", "*", ZERO, Text("*said*"))), case_sensitive=True
            ),
        ),
        (
            "numerical",
            answer("3.14", "100", "<tolerance>0.01</tolerance>") + answer("*", "0"),
            Numeric(
                (NumericAnswer("a", Decimal("3.14"), Decimal("0.01")), NumericAnswer("b", None, ZERO, ZERO))
            ),
        ),
        (
            "numerical",
            answer("5", "100")
            + "<unitgradingtype>1</unitgradingtype><unitpenalty>0.2000</unitpenalty><showunits>0</showunits>"
            + "<units><unit><multiplier>1</multiplier><unit_name>m</unit_name></unit>"
            + "<unit><multiplier>100</multiplier><unit_name>cm</unit_name></unit></units>",
            Numeric(
                (NumericAnswer("a", Decimal(5)),),
                (Unit("m"), Unit("cm", Decimal(100))),
                UnitRule.REQUIRED,
                Decimal("0.2"),
            ),
        ),
        (
            "matching",
            "<shuffleanswers>true</shuffleanswers>"
            + pair("frog", "amphibian")
            + pair("newt", "amphibian")
            + pair("", "insect"),
            Matching(
                (MatchStem("a", html("frog"), "a"), MatchStem("b", html("newt"), "a")),
                (MatchOption("a", "amphibian"), MatchOption("b", "insect")),
            ),
        ),
    ],
)
def test_every_type_is_read_as_moodle_writes_it(kind: str, inner: str, body: Body) -> None:
    imported = only(inner, kind)
    assert imported.question.body == body
    assert (imported.question.title, imported.question.stem) == ("Name", html("<p>Asked</p>"))


def test_what_surrounds_a_question_comes_along() -> None:
    report = read(
        """<!-- question: 0 -->
<question type="category"><category><text>$course$/top/Safety/Gas // Oil</text></category></question>
<question type="truefalse">
  <name><text>A
  name</text></name>
  <questiontext format="moodle_auto_format"><text>One
two</text></questiontext>
  <generalfeedback format="markdown"><text>*general*</text></generalfeedback>
  <defaultgrade>2.5000000</defaultgrade><penalty>1</penalty><hidden>0</hidden><idnumber>S-7</idnumber>
  <answer fraction="100" format="moodle_auto_format"><text>true</text></answer>
  <answer fraction="0" format="moodle_auto_format"><text>false</text></answer>
  <correctfeedback format="html"><text>Right.</text></correctfeedback>
  <partiallycorrectfeedback format="html"><text>Partly.</text></partiallycorrectfeedback>
  <incorrectfeedback format="html"><text>Wrong.</text></incorrectfeedback>
  <hint format="html"><text>Think.</text><shownumcorrect/></hint>
  <tags><tag><text>new</text></tag><tag><text>new</text></tag><tag><text> </text></tag></tags>
</question>"""
    )
    assert report.problems == ()
    (imported,) = report.questions
    assert imported.line == 5
    assert imported.question == Question(
        title="A name",
        stem=Text("One\ntwo", TextFormat.PLAIN),
        body=TrueFalse(answer=True),
        marks=Decimal("2.5"),
        general_feedback=Text("*general*"),
        feedback_correct=html("Right."),
        feedback_partial=html("Partly."),
        feedback_incorrect=html("Wrong."),
        hints=(html("Think."),),
        tags=("new",),
        category=("Safety", "Gas / Oil"),
        external_id="S-7",
    )


def file(name: str, content: bytes, path: str = "/") -> str:
    return (
        f'<file name="{name}" path="{path}" encoding="base64">{base64.encodebytes(content).decode()}</file>'
    )


def test_pictures_come_along_and_the_texts_point_to_them() -> None:
    report = read(
        '<question type="truefalse"><name><text>Pictures</text></name><questiontext format="html"><text>'
        '<![CDATA[<img src="@@PLUGINFILE@@/a%20b.png"> <img src="@@PLUGINFILE@@/sub/c.png?x=1"> '
        "@@PLUGINFILE@@/none.png]]></text>"
        + file("a b.png", PIXEL)
        + file("c.png", b"sub", "/sub/")
        + "</questiontext>"
        + answer(
            "true", "100", f"<feedback><text>@@PLUGINFILE@@/c.png</text>{file('c.png', b'other')}</feedback>"
        )
        + answer("false", "0")
        + "</question>"
    )
    (imported,) = report.questions
    assert imported.attachments == (
        Attachment("a b.png", PIXEL),
        Attachment("c-2.png", b"other"),
        Attachment("c.png", b"sub"),
    )
    assert imported.question.stem.source == (
        '<img src="attachment:a%20b.png"> <img src="attachment:c.png"> @@PLUGINFILE@@/none.png'
    )
    assert isinstance(imported.question.body, TrueFalse)
    assert imported.question.body.feedback_true == html("attachment:c-2.png")
    (problem,) = report.problems
    assert problem.severity is Severity.WARNING
    assert "none.png" in problem.message


def test_the_picture_of_an_old_file_comes_along() -> None:
    report = read(
        '<question type="truefalse"><name><text>Old</text></name>'
        '<questiontext format="plain_text"><text>a &lt; b</text></questiontext>'
        f"<image>dir/old.png</image><image_base64>{base64.b64encode(PIXEL).decode()}</image_base64>"
        + answer("true", "100")
        + answer("false", "0")
        + "</question>"
    )
    (imported,) = report.questions
    assert imported.attachments == (Attachment("old.png", PIXEL),)
    assert imported.question.stem == html('a &lt; b <img src="attachment:old.png" alt="">')


@pytest.mark.parametrize(
    "content, line, says",
    [
        (b'<!DOCTYPE q [<!ENTITY a "b">]><quiz>&a;</quiz>', 1, "document type"),
        (b'<!DOCTYPE q [<!ENTITY a SYSTEM "file:///etc/passwd">]>\n<quiz>&a;</quiz>', 1, "document type"),
        (b"<quiz>\n<question>\n</quiz>", 3, "broken in line 3"),
        (b"<questestinterop/>", 1, "<questestinterop>"),
        (b"", 1, "broken"),
        (b"<quiz>\n\xff\n</quiz>", 2, "broken in line 2"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_the_line(content: bytes, line: int, says: str) -> None:
    report = MOODLE_XML.parse(content)
    assert report.questions == ()
    (problem,) = report.problems
    assert (problem.line, problem.name) == (line, "")
    assert says in problem.message


@pytest.mark.parametrize(
    "kind, inner, says",
    [
        ("calculated", "", "no wildcards"),
        ("multianswer", "", "no gap"),
        ("stack", "", "“stack”"),
        ("", "", "type"),
        ("multichoice", "", "no answer"),
        ("multichoice", answer("yes", "90") + answer("no", "0"), "100%"),
        ("multichoice", answer("yes", "much") + answer("no", "0"), "much is not a number"),
        ("multichoice", answer("<b>yes</b>", "100") + answer("no", "0"), "line 3 has tags"),
        ("truefalse", answer("true", "100"), "two answers"),
        ("truefalse", answer("true", "100") + answer("false", "100"), "One of true and false"),
        ("numerical", answer("3,14", "100"), "3,14 is not a number"),
        ("numerical", answer("3", "100", "<tolerance>-1</tolerance>"), "below zero"),
        ("matching", "<subquestion><text>a</text><answer><text>b</text></answer></subquestion>", "two pairs"),
        (
            "truefalse",
            answer("true", "100", "<feedback><text/><file name='a'>=!</file></feedback>")
            + answer("false", "0"),
            "broken",
        ),
        (
            "truefalse",
            "<defaultgrade>-1</defaultgrade>" + answer("true", "100") + answer("false", "0"),
            "below zero",
        ),
    ],
)
def test_a_bad_question_is_named_with_its_line_and_the_rest_is_offered(
    kind: str, inner: str, says: str
) -> None:
    good = (
        '<question type="truefalse"><name><text>Good</text></name>'
        "<questiontext><text>Asked</text></questiontext>"
        + answer("true", "100")
        + answer("false", "0")
        + "</question>"
    )
    bad = (
        f'<question type="{kind}"><name><text>Bad</text></name>'
        "<questiontext><text>Asked</text></questiontext>"
        f"{inner}</question>"
    )
    report = read(f"{bad}\n{good}")
    assert [imported.question.title for imported in report.questions] == ["Good"]
    (problem,) = report.problems
    assert (problem.line, problem.name, problem.severity) == (3, "Bad", Severity.ERROR)
    assert says in problem.message


IN_MOODLE = questions(ELSEWHERE).filter(lambda question: kind_of(question).moodle_xml is not None)
"""What Moodle holds whole."""
FILES = st.dictionaries(NAMES.map(lambda name: name.replace("/", "_")), st.binary(max_size=20), max_size=3)


@given(st.lists(st.tuples(IN_MOODLE, FILES), max_size=3))
def test_what_is_written_is_read_back_the_same(drawn: list[tuple[Question, dict[str, bytes]]]) -> None:
    exported = []
    for question, files in drawn:
        attachments = tuple(Attachment(name, content) for name, content in sorted(files.items()))
        shown = " ".join(f"attachment:{quote(name, safe='')}" for name in list(files)[:2])
        hints = (Text(f"See: {shown}".strip(), TextFormat.HTML), Text(shown or "none"))
        body = TrueFalse(answer=True, feedback_true=hints[0]) if shown else question.body
        exported.append(
            ImportedQuestion(
                Question(
                    title=question.title,
                    stem=question.stem,
                    body=body,
                    marks=question.marks,
                    general_feedback=question.general_feedback,
                    hints=(*question.hints, *hints),
                    tags=question.tags,
                    category=question.category,
                    external_id=question.external_id,
                ),
                attachments,
            )
        )
    for one in exported:
        # Moodle marks an answer as a whole: the rubric stays in the file, and it passes over it.
        lost = (
            ["the rubric, by which the answer is marked"]
            if getattr(one.question.body, "criteria", ())
            else []
        )
        assert [*MOODLE_XML.losses(one)] == lost
    report = MOODLE_XML.parse(MOODLE_XML.write(exported))
    assert report.problems == ()
    assert report.questions == tuple(exported)


@given(IN_MOODLE)
def test_all_that_a_question_has_is_written(question: Question) -> None:
    report = MOODLE_XML.parse(MOODLE_XML.write([ImportedQuestion(question)]))
    assert report.problems == ()
    assert [imported.question for imported in report.questions] == [question]


def test_characters_that_xml_cannot_hold_do_not_break_the_file() -> None:
    question = Question(title="a\x0bb", stem=Text("c\x00d\ufffe\r\ne"), body=TrueFalse(answer=True))
    (imported,) = MOODLE_XML.parse(MOODLE_XML.write([ImportedQuestion(question)])).questions
    assert (imported.question.title, imported.question.stem.source) == ("a b", "c d \ne")
    assert imported.question.general_feedback == NO_TEXT


def test_an_xml_file_is_found_by_its_name_or_its_beginning() -> None:
    assert find_format("export.xml", b"") is MOODLE_XML
    assert find_format("export", b"<quiz>") is MOODLE_XML
