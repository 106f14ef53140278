"""QTI: our own export comes back as it went, items of others come in as they grade, and nothing is lost unsaid."""

import io
import json
import zipfile
from decimal import Decimal

import pytest
from hypothesis import given, settings

from lms.quizzes.formats import QTI
from lms.quizzes.formats.qti.own import NAME
from lms.quizzes.kinds import KINDS, kind_of
from lms.quizzes.kinds.chance import as_drawn, draw
from lms.quizzes.kinds.choices import Choice
from lms.quizzes.kinds.essay import Essay
from lms.quizzes.kinds.file_hand_in import FileHandIn
from lms.quizzes.kinds.gap_fill import GapFill
from lms.quizzes.kinds.hotspot import Hotspot, PlaceShape
from lms.quizzes.kinds.likert import Likert
from lms.quizzes.kinds.matching import Matching
from lms.quizzes.kinds.matrix import Matrix, MatrixGrading
from lms.quizzes.kinds.multiple_choice import ChoiceGrading, MultipleChoice
from lms.quizzes.kinds.numeric import Numeric
from lms.quizzes.kinds.ordering import OrderGrading, Ordering
from lms.quizzes.kinds.short_text import ShortText
from lms.quizzes.kinds.single_choice import SingleChoice
from lms.quizzes.kinds.true_false import TrueFalse
from lms.quizzes.values import (
    Attachment,
    Body,
    ImportedQuestion,
    ImportReport,
    Question,
    Severity,
    Text,
    TextFormat,
)
from tests.quizzes.questions import questions

ONE, HALF = Decimal(1), Decimal("0.5")
FIELD = '<p><textEntryInteraction responseIdentifier="RESPONSE"/></p>'
PIXEL = b"\x89PNG pixel"
HEAD = (
    '<assessmentItem xmlns="http://www.imsglobal.org/xsd/imsqti_v2p2" identifier="one" title="Cooling" '
    'adaptive="{adaptive}" timeDependent="false">'
)
CORRECT = (
    '<responseProcessing template="http://www.imsglobal.org/question/qti_v2p2/rptemplates/match_correct"/>'
)
MAPPED = CORRECT.replace("match_correct", "map_response")
SCORE = '<outcomeDeclaration identifier="SCORE" cardinality="single" baseType="float"/>'


def item(
    declared: str, body: str, rules: str = CORRECT, *, after: str = "", adaptive: str = "false"
) -> bytes:
    """Return an item that declares its response, asks in its body and grades by its rules."""
    head = HEAD.format(adaptive=adaptive)
    return f"{head}{declared}{SCORE}<itemBody>{body}</itemBody>{rules}{after}</assessmentItem>".encode()


def response(kind: str, base: str, *values: str, mapping: str = "", name: str = "RESPONSE") -> str:
    listed = "".join(f"<value>{value}</value>" for value in values)
    right = f"<correctResponse>{listed}</correctResponse>" if values else ""
    head = f'identifier="{name}" cardinality="{kind}" baseType="{base}"'
    return f"<responseDeclaration {head}>{right}{mapping}</responseDeclaration>"


def mapping(bounds: str = "", **entries: str) -> str:
    listed = "".join(f'<mapEntry mapKey="{key}" mappedValue="{value}"/>' for key, value in entries.items())
    return f'<mapping defaultValue="0" {bounds}>{listed}</mapping>'


def choices(*names: str, most: int = 1, kind: str = "choiceInteraction", shuffle: str = "true") -> str:
    listed = "".join(f'<simpleChoice identifier="{name}">Word {name}</simpleChoice>' for name in names)
    return (
        f'<{kind} responseIdentifier="RESPONSE" shuffle="{shuffle}" maxChoices="{most}">'
        f"<prompt>Which?</prompt>{listed}</{kind}>"
    )


def only(content: bytes) -> ImportedQuestion:
    """Return the question of a file of which nothing is changed."""
    report = QTI.parse(content)
    assert report.problems == ()
    return report.questions[0]


def warned(content: bytes) -> tuple[Question, list[str]]:
    """Return the question of a file, with what is said of it."""
    report = QTI.parse(content)
    assert not report.errors
    return report.questions[0].question, [str(one.message) for one in report.problems]


def refused(content: bytes) -> str:
    """Return why nothing of a file can be taken."""
    report = QTI.parse(content)
    assert not report.questions
    (problem,) = report.problems
    assert problem.severity is Severity.ERROR
    return str(problem.message)


def changed(content: bytes, **files: bytes | None) -> bytes:
    """Return a package with files of other content, or without them."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(target, "w") as archive:
        for name in source.namelist():
            kept = files.get(name, source.read(name))
            if kept is not None:
                archive.writestr(name, kept)
    return target.getvalue()


def packed(**files: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return target.getvalue()


@given(questions())
@settings(max_examples=15, deadline=None)
def test_what_is_exported_comes_back_as_it_was(question: Question) -> None:
    whole = [ImportedQuestion(question, (Attachment("plant.png", PIXEL),))]
    content = QTI.write(whole)
    report = QTI.parse(content)
    assert report.problems == ()
    assert report.questions == tuple(whole)
    assert QTI.write(report.questions) == content


@given(questions())
@settings(max_examples=15, deadline=None)
def test_what_other_systems_read_of_an_export_asks_the_same(question: Question) -> None:
    content = QTI.write([ImportedQuestion(question, (Attachment("plant.png", PIXEL),))])
    report = QTI.parse(changed(content, **{NAME: None}))
    assert len(report.questions) + len(report.errors) == 1
    for read in report.questions:
        assert read.question.title == question.title
        kind = kind_of(read.question)
        if kind.is_scored and not kind.is_graded_by_person:
            right = kind.correct_answer(read.question)
            assert kind.grade(read.question, right).fraction == 1
            assert read.question.marks == question.marks


def test_an_item_that_was_changed_after_its_export_is_read_as_it_stands_now() -> None:
    body = SingleChoice((Choice("a", Text("Tank"), ONE), Choice("b", Text("Pump"))))
    content = QTI.write([ImportedQuestion(Question(title="Parts", stem=Text("Which?"), body=body))])
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        edited = archive.read("items/q00001.xml").replace(b"Tank", b"Cistern")
    question, said = warned(changed(content, **{"items/q00001.xml": edited}))
    assert isinstance(question.body, SingleChoice)
    assert question.body.choices[0].text == Text("<p>Cistern</p>", TextFormat.HTML)
    assert said == ["It was changed after it was exported: what QTI cannot say of it is not taken over."]


def test_a_note_that_was_forged_is_not_believed() -> None:
    body = TrueFalse(answer=True)
    content = QTI.write([ImportedQuestion(Question(title="True", stem=Text("Is it?"), body=body))])
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        note = json.loads(archive.read(NAME))
    forged: list[object] = [
        {**note, "question": {"type": "none"}},
        {**note, "pictures": 7},
        [],
        {**note, "version": 9},
    ]
    for broken in forged:
        report = QTI.parse(changed(content, **{NAME: json.dumps(broken).encode()}))
        assert report.questions[0].question.body == body
        assert report.questions[0].question.stem.format is TextFormat.HTML


def test_every_kind_can_be_written_as_qti() -> None:
    assert all(kind.qti is not None for kind in KINDS.values())


def body_of(content: bytes) -> Body:
    return only(content).question.body


def test_one_right_choice_comes_in_with_what_each_choice_earns() -> None:
    declared = response("single", "identifier", "b", mapping=mapping(a="1", b="4", c="-2"))
    question = only(item(declared, choices("a", "b", "c", shuffle="false"), MAPPED)).question
    assert question.marks == 4
    assert isinstance(question.body, SingleChoice)
    assert [choice.weight for choice in question.body.choices] == [Decimal("0.25"), ONE, -HALF]
    assert not question.body.shuffle
    assert question.stem.source == "<p>Which?</p>"


def test_true_and_false_are_a_statement() -> None:
    assert body_of(item(response("single", "identifier", "false"), choices("true", "false"))) == TrueFalse(
        answer=False
    )


@pytest.mark.parametrize(
    "bounds, grading",
    [("", ChoiceGrading.SUM), ('lowerBound="0"', ChoiceGrading.NEVER_BELOW)],
)
def test_several_choices_add_up_as_in_their_file(bounds: str, grading: ChoiceGrading) -> None:
    declared = response("multiple", "identifier", "a", "b", mapping=mapping(bounds, a="1", b="1", c="-1"))
    body = body_of(item(declared, choices("a", "b", "c", most=0), MAPPED))
    assert isinstance(body, MultipleChoice)
    assert [choice.weight for choice in body.choices] == [HALF, HALF, -HALF]
    assert body.grading is grading


def test_several_choices_that_count_only_together_do_so_here() -> None:
    body = body_of(item(response("multiple", "identifier", "a", "b"), choices("a", "b", "c", most=0)))
    assert isinstance(body, MultipleChoice)
    assert body.grading is ChoiceGrading.ALL
    assert [choice.key for choice in body.right] == ["a", "b"]


def test_an_order_counts_as_a_whole_where_its_file_says_so() -> None:
    body = body_of(
        item(
            response("ordered", "identifier", "c", "a", "b"), choices("a", "b", "c", kind="orderInteraction")
        )
    )
    assert isinstance(body, Ordering)
    assert [one.text.source for one in body.items] == ["Word c", "Word a", "Word b"]
    assert body.grading is OrderGrading.ALL_OR_NOTHING


PAIRS = (
    '<matchInteraction responseIdentifier="RESPONSE" shuffle="false" maxAssociations="0"><prompt>Match.</prompt>'
    '<simpleMatchSet><simpleAssociableChoice identifier="T" matchMax="{most}">Tank</simpleAssociableChoice>'
    '<simpleAssociableChoice identifier="P" matchMax="{most}">Pump</simpleAssociableChoice></simpleMatchSet>'
    '<simpleMatchSet><simpleAssociableChoice identifier="H" matchMax="0">holds</simpleAssociableChoice>'
    '<simpleAssociableChoice identifier="M" matchMax="0">moves</simpleAssociableChoice></simpleMatchSet>'
    "</matchInteraction>"
)


def test_pairs_come_in_as_pairs() -> None:
    shares = mapping(**{"T H": "1", "P M": "1"})
    declared = response("multiple", "directedPair", "T H", "P M", mapping=shares)
    body = body_of(item(declared, PAIRS.format(most=1), MAPPED))
    assert isinstance(body, Matching)
    texts = {one.key: one.text for one in body.options}
    assert [(one.text.source, texts[one.option_key]) for one in body.stems] == [
        ("Tank", "holds"),
        ("Pump", "moves"),
    ]


def test_pairs_of_which_one_has_several_are_lines_of_a_matrix() -> None:
    body = body_of(item(response("multiple", "directedPair", "T H", "P H", "P M"), PAIRS.format(most=0)))
    assert isinstance(body, Matrix)
    assert [row.column_keys for row in body.rows] == [("a",), ("a", "b")]
    assert body.grading is MatrixGrading.WHOLE


def test_pairs_count_as_many_times_as_the_file_says() -> None:
    shares = mapping(**{"T H": "3", "P M": "1"})
    declared = response("multiple", "directedPair", "T H", "P M", mapping=shares)
    body = only(item(declared, PAIRS.format(most=1), MAPPED)).question.body
    assert isinstance(body, Matching)
    assert body.weights == (3, 1)


def test_gaps_to_type_to_pick_and_to_count_stand_in_one_text() -> None:
    declared = (
        response("single", "string", "York", name="R1", mapping=mapping(York="2"))
        + response("single", "identifier", "b", name="R2", mapping=mapping(b="1"))
        + response(
            "single",
            "integer",
            "7",
            name="R3",
            mapping='<mapping defaultValue="0"><mapEntry mapKey="7" mappedValue="1"/></mapping>',
        )
    )
    asked = (
        '<p>In <textEntryInteraction responseIdentifier="R1"/> there is a <inlineChoiceInteraction '
        'responseIdentifier="R2" shuffle="false"><inlineChoice identifier="a">dog</inlineChoice><inlineChoice '
        'identifier="b">cat</inlineChoice></inlineChoiceInteraction> with <textEntryInteraction '
        'responseIdentifier="R3"/> lives.</p>'
    )
    rules = (
        '<responseProcessing><setOutcomeValue identifier="SCORE"><sum><mapResponse identifier="R1"/><mapResponse '
        'identifier="R2"/><mapResponse identifier="R3"/></sum></setOutcomeValue></responseProcessing>'
    )
    question = only(item(declared, asked, rules)).question
    assert question.stem.source == "<p>In [[1]] there is a [[2]] with [[3]] lives.</p>"
    assert question.marks == 4
    assert isinstance(question.body, GapFill)
    assert [(gap.way.value, gap.weight) for gap in question.body.gaps] == [
        ("type", 2),
        ("pick", 1),
        ("number", 1),
    ]


def test_words_to_drag_are_a_bank() -> None:
    declared = response(
        "multiple",
        "directedPair",
        "W G1",
        "S G2",
        mapping=mapping(**{"W G1": "1", "S G2": "2"}),
    )
    asked = (
        '<gapMatchInteraction responseIdentifier="RESPONSE" shuffle="true"><prompt>Fill in.</prompt>'
        '<gapText identifier="S" matchMax="1">summer</gapText><gapText identifier="W" matchMax="1">winter</gapText>'
        '<p>Now is the <gap identifier="G1"/> made <gap identifier="G2"/>.</p></gapMatchInteraction>'
    )
    question = only(item(declared, asked, MAPPED)).question
    assert question.stem.source == "<p>Fill in.</p><p>Now is the [[1]] made [[2]].</p>"
    assert isinstance(question.body, GapFill)
    assert [(gap.word, gap.weight) for gap in question.body.gaps] == [("b", 1), ("a", 2)]
    assert [word.text for word in question.body.bank] == ["summer", "winter"]


def test_a_field_behind_a_question_takes_words_or_a_number_with_its_tolerance() -> None:
    field = "<p>How many?</p>" + FIELD
    words = body_of(item(response("single", "string", "Tank"), field))
    assert isinstance(words, ShortText)
    assert words.case_sensitive
    rules = (
        '<responseProcessing><responseCondition><responseIf><equal toleranceMode="absolute" tolerance="0.5 0.5">'
        '<variable identifier="RESPONSE"/><correct identifier="RESPONSE"/></equal><setOutcomeValue '
        'identifier="SCORE"><baseValue baseType="float">3</baseValue></setOutcomeValue></responseIf>'
        "</responseCondition></responseProcessing>"
    )
    question = only(item(response("single", "float", "12"), field, rules)).question
    assert question.marks == 3
    assert isinstance(question.body, Numeric)
    assert [(one.value, one.tolerance) for one in question.body.answers] == [(Decimal(12), HALF)]


def test_places_on_a_picture_come_in_with_it() -> None:
    asked = (
        '<hotspotInteraction responseIdentifier="RESPONSE" maxChoices="1"><prompt>Where?</prompt><object '
        'type="image/png" width="200" height="100" data="plant.png">The plant</object><hotspotChoice '
        'shape="circle" coords="100,50,10" identifier="A" hotspotLabel="Tank"/><hotspotChoice shape="rect" '
        'coords="0,0,20,10" identifier="B" hotspotLabel="Pump"/></hotspotInteraction>'
    )
    files = {"one.xml": item(response("single", "identifier", "A"), asked), "plant.png": PIXEL}
    read = only(packed(**files))
    assert read.attachments == (Attachment("plant.png", PIXEL),)
    body = read.question.body
    assert isinstance(body, Hotspot)
    assert [(one.shape, one.is_right) for one in body.places] == [
        (PlaceShape.ELLIPSE, True),
        (PlaceShape.RECTANGLE, False),
    ]
    assert body.places[0].numbers == (Decimal("0.45"), Decimal("0.4"), Decimal("0.1"), Decimal("0.2"))
    assert refused(item(response("single", "identifier", "A"), asked)) == "Its picture is not in the file."


def test_a_choice_that_nothing_grades_asks_for_an_opinion() -> None:
    content = item(response("single", "identifier"), choices("1", "2"), "").replace(SCORE.encode(), b"")
    assert isinstance(body_of(content), Likert)


def test_what_is_said_comes_in_by_when_it_is_said() -> None:
    rules = (
        '<responseProcessing><setOutcomeValue identifier="SCORE"><mapResponse identifier="RESPONSE"/>'
        '</setOutcomeValue><setOutcomeValue identifier="ONE"><variable identifier="RESPONSE"/></setOutcomeValue>'
        '<responseCondition><responseIf><gt><variable identifier="SCORE"/><baseValue baseType="float">0</baseValue>'
        '</gt><setOutcomeValue identifier="ALL"><baseValue baseType="identifier">good</baseValue></setOutcomeValue>'
        '</responseIf><responseElse><setOutcomeValue identifier="ALL"><baseValue baseType="identifier">bad'
        "</baseValue></setOutcomeValue></responseElse></responseCondition></responseProcessing>"
    )
    said = "".join(
        f'<modalFeedback outcomeIdentifier="{outcome}" identifier="{name}" showHide="show">{words}</modalFeedback>'
        for outcome, name, words in (
            ("ALL", "good", "Well done."),
            ("ALL", "bad", "Again."),
            ("ONE", "c", "A slip."),
        )
    )
    declared = response("single", "identifier", "a", mapping=mapping(a="1"))
    question = only(item(declared, choices("a", "b", "c"), rules, after=said)).question
    assert question.feedback_correct.source == "Well done."
    assert question.feedback_incorrect.source == "Again."
    assert isinstance(question.body, SingleChoice)
    assert [choice.feedback.source for choice in question.body.choices] == ["", "", "A slip."]


DRAWN = (
    '<templateDeclaration identifier="N" cardinality="single" baseType="integer"/><templateProcessing>'
    '<setTemplateValue identifier="N"><randomInteger min="2" max="9"/></setTemplateValue><setCorrectResponse '
    'identifier="RESPONSE"><product><variable identifier="N"/><baseValue baseType="integer">10</baseValue>'
    "</product></setCorrectResponse></templateProcessing>"
)


def test_numbers_drawn_by_chance_are_drawn_for_each_and_the_same_at_every_import() -> None:
    field = '<p>Ten times <printedVariable identifier="N"/>?</p>' + FIELD
    content = item(response("single", "integer"), field).replace(
        b"<itemBody>", DRAWN.encode() + b"<itemBody>"
    )
    question, said = warned(content)
    assert said == []
    for seed in range(9):
        asked = as_drawn(question, draw(question.drawing, seed))
        assert isinstance(asked.body, Numeric)
        (answer,) = asked.body.answers
        assert asked.stem.source == f"<p>Ten times {(answer.value or 0) / 10:f}?</p>"
    assert warned(content)[0] == question


@pytest.mark.parametrize(
    "interaction, base, body",
    [("extendedTextInteraction", "string", Essay()), ("uploadInteraction", "file", FileHandIn())],
)
def test_what_a_person_marks_elsewhere_a_person_marks_here(interaction: str, base: str, body: Body) -> None:
    asked = f'<p>Why does it ice up?</p><{interaction} responseIdentifier="RESPONSE"/>'
    question, said = warned(item(response("single", base), asked, ""))
    assert said == []
    assert question.body == body
    assert question.stem.source == "<p>Why does it ice up?</p>"


@pytest.mark.parametrize(
    "content, why",
    [
        (
            item(response("single", "string"), '<customInteraction responseIdentifier="RESPONSE"/>', ""),
            "a program of its own",
        ),
        (
            item(response("single", "file"), '<drawingInteraction responseIdentifier="RESPONSE"/>', ""),
            "Its picture is not in the file",
        ),
        (
            item(
                response("single", "identifier", "a"),
                choices("a", "b"),
                "<responseProcessing><customOperator/></responseProcessing>",
            ),
            "<customOperator>",
        ),
        (item(response("single", "identifier", "z"), choices("a", "b")), "No answer earns anything"),
        (item("", choices("a", "b")), "which it does not declare"),
        (item("", "<p>Read this.</p>"), "Nothing is asked"),
        (b"<assessmentTest><testPart/></assessmentTest>", "bring the whole package"),
        (b"<!DOCTYPE x [<!ENTITY a 'b'>]><assessmentItem/>", "document type"),
        (b"<assessmentItem>", "broken"),
        (b"PK\x03\x04no zip", "zip"),
    ],
)
def test_what_cannot_be_taken_over_is_said_with_its_reason(content: bytes, why: str) -> None:
    assert why in refused(content)


def test_one_broken_item_among_900_is_named_and_the_others_come() -> None:
    good = item(response("single", "identifier", "a"), choices("a", "b"))
    files = {f"item{number:03}.xml": good for number in range(900)}
    files["item450.xml"] = good[:-20]
    report = QTI.parse(packed(**files, **{"imsmanifest.xml": manifest_of(files)}))
    assert len(report.questions) == 899
    assert [(one.file, one.severity) for one in report.problems] == [("item450.xml", Severity.ERROR)]


def manifest_of(files: dict[str, bytes]) -> bytes:
    listed = "".join(
        f'<resource identifier="{name}" type="imsqti_item_xmlv2p2" href="{name}"><file href="{name}"/></resource>'
        for name in files
    )
    return f'<manifest xmlns="http://www.imsglobal.org/xsd/imscp_v1p1"><resources>{listed}</resources></manifest>'.encode()


def test_a_package_may_lie_in_a_folder_and_is_read_in_the_order_of_its_test() -> None:
    good = item(response("single", "identifier", "a"), choices("a", "b"))
    files = {"a.xml": good.replace(b"Cooling", b"First"), "b.xml": good.replace(b"Cooling", b"Second")}
    test = (
        '<assessmentTest title="Exam"><testPart><assessmentSection title="Part"><assessmentItemRef href="b.xml"/>'
        '<assessmentItemRef href="a.xml"/></assessmentSection></testPart></assessmentTest>'
    )
    listed = manifest_of(files).replace(
        b"<resources>", b'<resources><resource type="imsqti_test_xmlv2p2" href="test.xml"/>'
    )
    content = {**files, "test.xml": test.encode(), "imsmanifest.xml": listed}
    report = QTI.parse(packed(**{f"export/{name}": one for name, one in content.items()}))
    assert report.problems == ()
    assert [(one.question.title, one.question.category) for one in report.questions] == [
        ("Second", ("Exam", "Part")),
        ("First", ("Exam", "Part")),
    ]


def test_more_items_than_may_come_are_counted_and_not_read() -> None:
    files = {f"{number}.xml": b"" for number in range(4)}
    report: ImportReport = QTI.parse(packed(**files, **{"imsmanifest.xml": manifest_of(files)}), most=3)
    assert "There are 4 questions in this file" in str(report.problems[0].message)
