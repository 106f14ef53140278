"""Essays and hand-ins come in from Moodle and GIFT as they are meant; what is left out is named."""

import pytest

from lms.courses.values.marking import Criterion, FileKind, Level
from lms.quizzes.formats import GIFT, MOODLE_XML
from lms.quizzes.kinds.essay import Essay, words_in
from lms.quizzes.kinds.file_hand_in import FileHandIn
from lms.quizzes.values import Body, ImportedQuestion, ImportReport, Question, Text, TextFormat
from tests.quizzes.exams import LEAK, WIRING

GUIDANCE = "<graderinfo format='html'><text>&lt;p&gt;Safety first.&lt;/p&gt;</text></graderinfo>"


def read(inner: str) -> ImportReport:
    return MOODLE_XML.parse(
        (
            "<?xml version='1.0' encoding='UTF-8'?><quiz><question type='essay'><name><text>Name</text></name>"
            f"<questiontext format='html'><text>Asked</text></questiontext>{inner}</question></quiz>"
        ).encode()
    )


@pytest.mark.parametrize(
    "inner, body, said",
    [
        ("", Essay(), []),
        (
            (
                "<responseformat>editor</responseformat><responserequired>1</responserequired><attachments>0</attachments>"
                f"<minwordlimit>50</minwordlimit><maxwordlimit>200</maxwordlimit>{GUIDANCE}"
            ),
            Essay((), 50, 200, Text("<p>Safety first.</p>", TextFormat.HTML)),
            [],
        ),
        (
            (
                "<responseformat>editorfilepicker</responseformat><attachments>3</attachments>"
                "<responsetemplate format='html'><text>Dear customer,</text></responsetemplate>"
            ),
            Essay(),
            ["Files beside the text", "text to begin with"],
        ),
        ("<maxwordlimit>99999</maxwordlimit>", Essay(), ["A limit of 99999 words"]),
        (
            (
                "<responseformat>noinline</responseformat><attachments>2</attachments><maxbytes>10485760</maxbytes>"
                "<filetypeslist>document,.PNG</filetypeslist>"
            ),
            FileHandIn((), (FileKind.PICTURES, FileKind.PDF, FileKind.DOCUMENTS), 2, 10),
            [],
        ),
        (
            (
                "<responseformat>noinline</responseformat><attachments>-1</attachments><maxbytes>0</maxbytes>"
                "<filetypeslist></filetypeslist>"
            ),
            FileHandIn((), tuple(FileKind), 10, 20),
            ["at most 10 files"],
        ),
        (
            (
                "<responseformat>noinline</responseformat><attachments>1</attachments><maxbytes>524288000</maxbytes>"
                "<filetypeslist>.zip,.dwg;sound</filetypeslist>"
            ),
            FileHandIn((), (FileKind.ARCHIVES,), 1, 100),
            ["dwg, sound", "at most 100 MB"],
        ),
    ],
)
def test_moodle_s_essay_comes_in_as_it_is_marked_there(inner: str, body: Body, said: list[str]) -> None:
    report = read(inner)
    (imported,) = report.questions
    assert imported.question.body == body
    messages = " ".join(one.message for one in report.problems)
    assert len(report.problems) == len(said), messages
    assert all(one in messages for one in said), messages


def test_a_rubric_goes_out_and_comes_back_and_moodle_is_said_to_pass_over_it() -> None:
    written = MOODLE_XML.write([ImportedQuestion(LEAK), ImportedQuestion(WIRING)])
    assert [one.question for one in MOODLE_XML.parse(written).questions] == [LEAK, WIRING]
    assert MOODLE_XML.losses(ImportedQuestion(LEAK)) == ("the rubric, by which the answer is marked",)
    assert MOODLE_XML.losses(ImportedQuestion(WIRING)) == ()


def test_what_gift_has_no_place_for_is_named() -> None:
    assert [*GIFT.losses(ImportedQuestion(LEAK))] == [
        "the marks",
        "the rubric, by which the answer is marked",
        "how many words are asked for",
        "what is said to who marks it",
    ]
    assert GIFT.losses(ImportedQuestion(WIRING)) == ("the whole question: GIFT has none of its kind",)


@pytest.mark.parametrize(
    "text, words",
    [
        ("", 0),
        (" \n ", 0),
        ("One two\nthree", 3),
        ("self-made, isn’t it?", 3),
        ("– … 27 bar", 2),
        ("e\u0301te\u0301 fini", 2),
        ("\u5148\u306b\u4eba\u3092\u51fa\u3059", 6),
        ("R744\u306f\u4e8c\u9178\u5316\u70ad\u7d20", 7),
        ("\u0627\u0644\u0633\u0644\u0627\u0645\u0629 \u0623\u0648\u0644\u0627", 2),
    ],
)
def test_words_are_counted_in_any_script(text: str, words: int) -> None:
    assert words_in(text) == words


@pytest.mark.parametrize(
    "criteria, says",
    [
        ((Criterion(" ", (Level(1, "all"),)),), "needs a title"),
        ((Criterion("Order", ()),), "needs a title and its levels"),
        ((Criterion("Order", (Level(0, "none"),)),), "needs points"),
        ((Criterion("Order", (Level(1, "two\nlines"),)),), "line of words"),
        ((Criterion("Order", (Level(-1, "less"),)),), "line of words"),
        (tuple(Criterion(f"C {n}", (Level(1, "all"),)) for n in range(21)), "at most 20 criteria"),
    ],
)
def test_a_rubric_by_which_nobody_could_judge_cannot_exist(
    criteria: tuple[Criterion, ...], says: str
) -> None:
    for body in (Essay, FileHandIn):
        with pytest.raises(ValueError, match=says):
            Question(title="t", stem=Text("s"), body=body(criteria))
