"""QTI 1.2: tests of Canvas and Common Cartridge come in with what they earn and say; what does not is named."""

from decimal import Decimal

import pytest

from lms.quizzes.formats import QTI, find_format
from lms.quizzes.kinds.essay import Essay
from lms.quizzes.kinds.file_hand_in import FileHandIn
from lms.quizzes.kinds.gap_fill import GapFill
from lms.quizzes.kinds.matching import Matching
from lms.quizzes.kinds.multiple_choice import ChoiceGrading, MultipleChoice
from lms.quizzes.kinds.numeric import Numeric
from lms.quizzes.kinds.short_text import ShortText
from lms.quizzes.kinds.single_choice import SingleChoice
from lms.quizzes.kinds.true_false import TrueFalse
from lms.quizzes.values import Attachment, ImportedQuestion, Question, Severity
from tests.quizzes.test_qti import PIXEL, packed

ONE, HALF = Decimal(1), Decimal("0.5")


def meta(**labels: str) -> str:
    fields = "".join(
        f"<qtimetadatafield><fieldlabel>{label}</fieldlabel><fieldentry>{entry}</fieldentry></qtimetadatafield>"
        for label, entry in labels.items()
    )
    return f"<itemmetadata><qtimetadata>{fields}</qtimetadata></itemmetadata>"


def shown(html: str) -> str:
    return f'<material><mattext texttype="text/html"><![CDATA[{html}]]></mattext></material>'


def listed(name: str, *words: str, several: bool = False, own: str = "") -> str:
    labels = "".join(
        f'<response_label ident="{at}">{shown(word)}</response_label>' for at, word in enumerate(words)
    )
    many = "Multiple" if several else "Single"
    head = f'<response_lid ident="{name}" rcardinality="{many}">'
    return f"{head}{own}<render_choice>{labels}</render_choice></response_lid>"


def typed(name: str, kind: str = "String", own: str = "") -> str:
    return (
        f'<response_str ident="{name}">{own}<render_fib fibtype="{kind}"><response_label ident="a"/></render_fib>'
        "</response_str>"
    )


def equal(name: str, value: str) -> str:
    return f'<varequal respident="{name}">{value}</varequal>'


def rule(holds: str, points: str = "", *, action: str = "Set", goes_on: str = "No", said: str = "") -> str:
    scored = f'<setvar varname="SCORE" action="{action}">{points}</setvar>' if points else ""
    shows = f'<displayfeedback linkrefid="{said}"/>' if said else ""
    return f'<respcondition continue="{goes_on}"><conditionvar>{holds}</conditionvar>{scored}{shows}</respcondition>'


def older(
    asked: str, responses: str, rules: str, *, metadata: str = "", after: str = "", title: str = "Cooling"
) -> bytes:
    """Return a test with one item of QTI 1.2."""
    return (
        '<questestinterop><assessment title="Exam"><section ident="root"><section title="Part">'
        f'<item ident="one" title="{title}">{metadata}<presentation>{shown(asked)}{responses}</presentation>'
        '<resprocessing><outcomes><decvar maxvalue="100" varname="SCORE"/></outcomes>'
        f"{rules}</resprocessing>{after}</item></section></section></assessment></questestinterop>"
    ).encode()


def only(content: bytes) -> ImportedQuestion:
    report = QTI.parse(content)
    assert report.problems == ()
    return report.questions[0]


def asked(content: bytes) -> Question:
    return only(content).question


def test_a_choice_comes_in_with_its_points_and_what_is_said() -> None:
    rules = (
        rule("<other/>", goes_on="Yes", said="all")
        + rule(equal("r", "0"), goes_on="Yes", said="zero")
        + rule(equal("r", "1"), "100", said="good")
        + rule("<other/>", goes_on="Yes", said="bad")
    )
    after = "".join(
        f'<itemfeedback ident="{name}">{shown(words)}</itemfeedback>'
        for name, words in (("all", "Read on."), ("zero", "It holds."), ("good", "Yes."), ("bad", "No."))
    )
    content = older(
        "<p>What moves?</p>",
        listed("r", "Tank", "Pump", "Pipe"),
        rules,
        metadata=meta(question_type="multiple_choice_question", points_possible="3"),
        after=after,
    )
    assert find_format("exam.xml", content) is QTI
    question = asked(content)
    assert question.title == "Cooling"
    assert question.category == ("Exam", "Part")
    assert question.marks == 3
    assert question.stem.source == "<p>What moves?</p>"
    assert isinstance(question.body, SingleChoice)
    assert [choice.weight for choice in question.body.choices] == [0, ONE, 0]
    assert question.body.choices[0].feedback.source == "It holds."
    assert question.general_feedback.source == "Read on."
    assert question.feedback_correct.source == "Yes."
    assert question.feedback_incorrect.source == "No."


def test_true_and_false_are_a_statement_whatever_they_are_numbered() -> None:
    content = older("Dogs bark.", listed("r", "True", "False"), rule(equal("r", "0"), "100"))
    assert asked(content).body == TrueFalse(answer=True)


def test_several_choices_count_together() -> None:
    holds = f"<and>{equal('r', '0')}<not>{equal('r', '1')}</not>{equal('r', '2')}</and>"
    question = asked(older("Which?", listed("r", "a", "1", "b", several=True), rule(holds, "100")))
    assert isinstance(question.body, MultipleChoice)
    assert [choice.key for choice in question.body.right] == ["a", "c"]
    assert question.body.grading is ChoiceGrading.ALL


def test_drop_downs_stand_where_the_text_names_them() -> None:
    responses = listed("response_a", "red", "blue", own=shown("a")) + listed(
        "response_b", "up", "down", own=shown("b")
    )
    rules = rule(equal("response_a", "0"), "50", action="Add") + rule(
        equal("response_b", "1"), "50", action="Add"
    )
    content = older("<p>Roses are [a], it goes [b].</p>", responses, rules.replace(' continue="No"', ""))
    question = asked(content)
    assert question.stem.source == "<p>Roses are [[1]], it goes [[2]].</p>"
    assert question.marks == 1
    assert isinstance(question.body, GapFill)
    assert [[one.text for one in gap.choices if one.weight == 1] for gap in question.body.gaps] == [
        ["red"],
        ["down"],
    ]


def test_blanks_of_canvas_are_typed() -> None:
    responses = listed("response_gas", "CO2", "R744", own=shown("gas"))
    rules = rule(equal("response_gas", "0"), "100") + rule(equal("response_gas", "1"), "100")
    content = older(
        "<p>It is [gas] here.</p>",
        responses,
        rules,
        metadata=meta(question_type="fill_in_multiple_blanks_question"),
    )
    body = asked(content).body
    assert isinstance(body, ShortText | GapFill)
    words = body if isinstance(body, ShortText) else body.gaps[0].words
    assert words is not None
    assert {one.pattern for one in words.answers} == {"CO2", "R744"}


def test_pairs_whose_thirds_were_rounded_make_a_whole() -> None:
    names = ("Tank", "Pump", "Pipe")
    rights = ("holds", "moves", "leads", "cools")
    responses = "".join(listed(f"response_{at}", *rights, own=shown(name)) for at, name in enumerate(names))
    rules = "".join(
        rule(equal(f"response_{at}", str(at)), "33.33", action="Add", goes_on="Yes") for at in range(3)
    )
    question = asked(older("Match.", responses, rules, metadata=meta(points_possible="6")))
    assert question.marks == 6
    assert isinstance(question.body, Matching)
    texts = {one.key: one.text for one in question.body.options}
    assert [texts[stem.option_key] for stem in question.body.stems] == ["holds", "moves", "leads"]
    assert len(question.body.options) == 4


def test_a_number_comes_in_with_its_range() -> None:
    holds = (
        f"<or>{equal('r', '33.33')}<and><vargte respident='r'>33.32</vargte>"
        "<varlte respident='r'>33.34</varlte></and></or>"
    )
    body = asked(older("100/3?", typed("r", "Decimal"), rule(holds, "100"))).body
    assert isinstance(body, Numeric)
    assert [(one.value, one.tolerance) for one in body.answers] == [(Decimal("33.33"), Decimal("0.01"))]


def test_words_to_type_are_any_of_those_named() -> None:
    rules = rule(equal("r", "pump") + equal("r", "compressor"), "100")
    body = asked(older("What moves it?", typed("r"), rules, metadata=meta(cc_profile="cc.fib.v0p1"))).body
    assert isinstance(body, ShortText)
    assert [one.pattern for one in body.answers] == ["pump", "compressor"]
    assert not body.case_sensitive


def test_a_formula_comes_in_with_its_first_numbers_and_is_told() -> None:
    drawn = (
        "<itemproc_extension><calculated><answer_tolerance>1</answer_tolerance><var_sets><var_set>"
        '<var name="x">4</var><answer>9</answer></var_set></var_sets></calculated></itemproc_extension>'
    )
    content = older(
        "5 plus [x]?",
        typed("r", "Decimal"),
        rule("<other/>", "100"),
        metadata=meta(question_type="calculated_question", points_possible="2"),
        after=drawn,
    )
    report = QTI.parse(content)
    question = report.questions[0].question
    assert question.stem.source == "5 plus 4?"
    assert question.marks == 2
    assert isinstance(question.body, Numeric)
    assert [(one.value, one.tolerance) for one in question.body.answers] == [(Decimal(9), ONE)]
    assert [one.severity for one in report.problems] == [Severity.WARNING]
    assert "drawn once" in report.problems[0].message


def test_what_a_person_marks_elsewhere_a_person_marks_here() -> None:
    written = older("Write.", typed("r"), rule("<other/>"), metadata=meta(cc_profile="cc.essay.v0p1"))
    brought = older("Bring.", "", "", metadata=meta(question_type="file_upload_question"))
    assert [QTI.parse(one).questions[0].question.body for one in (written, brought)] == [
        Essay(),
        FileHandIn(),
    ]


@pytest.mark.parametrize(
    "content, why",
    [
        (older("Read.", "", "", metadata=meta(question_type="text_only_question")), "Nothing is asked"),
        (older("Where?", '<response_xy ident="r"/>', rule(equal("r", "1"), "100")), "response_xy"),
        (older("Which?", listed("r", "a", "b"), rule("<durequal>3</durequal>", "100")), "<durequal>"),
        (older("Which?", listed("r", "a", "b"), rule(equal("r", "0"), "many")), "many is not a number."),
    ],
)
def test_what_cannot_be_taken_over_is_named(content: bytes, why: str) -> None:
    report = QTI.parse(content)
    assert report.questions == ()
    (problem,) = report.problems
    assert problem.name == "Cooling"
    assert problem.line
    assert why in problem.message


def test_a_cartridge_of_canvas_comes_in_once_with_its_pictures() -> None:
    address = "$IMS-CC-FILEBASE$/Uploaded%20Media/plant.png?canvas_download=1"
    picture = f'<p>What?</p><img src="{address}" alt="The plant">'
    content = older(picture, listed("r", "a", "b"), rule(equal("r", "0"), "100"), title="Question")
    listing = (
        '<manifest><resources><resource type="imsqti_xmlv1p2/imscc_xmlv1p1/assessment" href="i1/assessment_qti.xml"/>'
        '<resource type="webcontent" href="web_resources/Uploaded%20Media/plant.png"/></resources></manifest>'
    )
    files = {
        "imsmanifest.xml": listing.encode(),
        "i1/assessment_qti.xml": content,
        "non_cc_assessments/i1.xml.qti": content,
        "web_resources/Uploaded Media/plant.png": PIXEL,
    }
    read = only(packed(**files))
    assert read.question.title == "What?"
    assert read.attachments == (Attachment("plant.png", PIXEL),)
    assert 'src="attachment:plant.png"' in read.question.stem.source
