"""What is drawn by chance, on its way in and out of files: whole where the file can say it, else named."""

import re
from dataclasses import replace
from decimal import Decimal

import pytest

from lms.quizzes.formats import FORMATS, GIFT, MOODLE_XML, QTI, TABLE, read_questions
from lms.quizzes.kinds.chance import as_drawn, draw, sampled
from lms.quizzes.kinds.gap_fill import GapFill
from lms.quizzes.kinds.numeric import Numeric
from lms.quizzes.values import Drawing, ImportedQuestion, Question, Text, Variable
from tests.quizzes.drawn_by_chance import PIPE

ITEM = """<assessmentItem xmlns="http://www.imsglobal.org/xsd/imsqti_v2p2" identifier="pipe" title="Pipe"
 adaptive="false" timeDependent="false">
 <responseDeclaration identifier="RESPONSE" cardinality="single" baseType="integer"/>
 <outcomeDeclaration identifier="SCORE" cardinality="single" baseType="float"/>
 <templateDeclaration identifier="A" cardinality="single" baseType="integer"/>
 <templateDeclaration identifier="B" cardinality="single" baseType="integer"/>
 <templateDeclaration identifier="WHO" cardinality="single" baseType="identifier"/>
 <templateProcessing>{rules}</templateProcessing>
 <itemBody><p><printedVariable identifier="A"/> pipes,
 <templateInline templateIdentifier="WHO" identifier="many" showHide="show">for many</templateInline>
 <printedVariable identifier="B"/> g each:
 <textEntryInteraction responseIdentifier="RESPONSE"/> g in all.</p></itemBody>
 <responseProcessing template="http://www.imsglobal.org/question/qti_v2p2/rptemplates/match_correct"/>
</assessmentItem>"""
RULES = """
<setTemplateValue identifier="A"><randomInteger min="2" max="9"/></setTemplateValue>
<setTemplateValue identifier="B"><baseValue baseType="integer">5</baseValue></setTemplateValue>
<templateCondition><templateIf><gt><variable identifier="A"/><baseValue baseType="integer">5</baseValue></gt>
<setTemplateValue identifier="B"><random><multiple><baseValue baseType="integer">20</baseValue>
<baseValue baseType="integer">30</baseValue></multiple></random></setTemplateValue>
<setTemplateValue identifier="WHO"><baseValue baseType="identifier">many</baseValue></setTemplateValue></templateIf>
<templateElse><setTemplateValue identifier="WHO"><baseValue baseType="identifier">few</baseValue>
</setTemplateValue></templateElse></templateCondition>
<templateConstraint><not><equal toleranceMode="exact"><variable identifier="A"/>
<baseValue baseType="integer">4</baseValue></equal></not></templateConstraint>
<setCorrectResponse identifier="RESPONSE"><product><variable identifier="A"/><variable identifier="B"/></product>
</setCorrectResponse>"""


def taken(content: str) -> Question:
    report = read_questions(QTI, content.encode())
    assert report.problems == ()
    return report.questions[0].question


def test_an_item_of_qti_draws_here_as_it_does_there() -> None:
    question = taken(ITEM.replace("{rules}", RULES))
    seen = set()
    for seed in range(60):
        values = draw(question.drawing, seed)
        asked = as_drawn(question, values)
        assert isinstance(asked.body, GapFill)
        numbers = asked.body.gaps[0].numbers
        assert numbers is not None
        assert numbers.answers[0].value == values["A"] * values["B"]  # type: ignore[operator]  # both are numbers
        assert ("for many" in asked.stem.source) is (values["A"] > 5)  # type: ignore[operator]
        seen.add((values["A"], values["B"]))
    assert seen == {
        (a, b) for a in map(Decimal, (2, 3, 5, 6, 7, 8, 9)) for b in ((5,) if a < 6 else (20, 30))
    }


def test_what_no_formula_says_is_drawn_once_and_told() -> None:
    strange = RULES.replace("<product>", "<customOperator>").replace("</product>", "</customOperator>")
    report = QTI.parse(ITEM.replace("{rules}", strange).encode())
    assert [str(one.message) for one in report.problems] != []
    simple = RULES.replace('toleranceMode="exact"', 'toleranceMode="absolute" tolerance="0 0"')
    report = QTI.parse(ITEM.replace("{rules}", simple).encode())
    assert "drawn once" in str(report.problems[0].message)
    assert not report.questions[0].question.drawing
    assert "{A}" not in report.questions[0].question.stem.source


@pytest.mark.parametrize("form", [QTI, TABLE], ids=["qti", "table"])
def test_our_own_files_bring_a_drawing_back_as_it_was(form: object) -> None:
    assert form in FORMATS.values()
    written = FORMATS[form.name].write([ImportedQuestion(PIPE)])  # type: ignore[attr-defined]
    report = read_questions(FORMATS[form.name], written)  # type: ignore[attr-defined]
    assert [one.question for one in report.questions] == [PIPE]


def test_other_files_hold_one_draw_and_say_so() -> None:
    lost = "that it is drawn by chance: it is written as one draw has it"
    for form in (GIFT, QTI):
        assert lost in [str(one) for one in form.losses(ImportedQuestion(PIPE))]
    written = GIFT.write([ImportedQuestion(PIPE)]).decode()
    assert "{count}" not in written.replace("\\", "")
    assert sampled(PIPE).stem.source.split()[0] in written


def test_a_file_whose_formula_draws_nothing_is_refused_with_the_reason() -> None:
    bad = replace(PIPE, drawing=Drawing((Variable("a", "1 / 0"),)))
    report = read_questions(TABLE, TABLE.write([ImportedQuestion(replace(PIPE, title="x"))]))
    assert report.errors == ()
    content = QTI.write([ImportedQuestion(PIPE)])
    assert read_questions(QTI, content).errors == ()
    with pytest.raises(ValueError, match="divides by zero"):
        QTI.write([ImportedQuestion(bad)])


CALCULATED = """<quiz><question type="calculated"><name><text>Sum</text></name>
<questiontext format="html"><text><![CDATA[<p>{a} and {b} are? Not {={a}-{b}}.</p>]]></text></questiontext>
<generalfeedback format="html"><text>{={a}-{b}} it is not.</text></generalfeedback><defaultgrade>1</defaultgrade>
<answer fraction="100"><text>pow({a},2)+{b}</text><tolerance>0.01</tolerance><tolerancetype>TYPE</tolerancetype>
<feedback format="html"><text></text></feedback></answer>
<dataset_definitions>WILD</dataset_definitions></question></quiz>"""
DATASET = """<dataset_definition><status><text>private</text></status><name><text>NAME</text></name>
<type>calculated</type><minimum><text>1</text></minimum><maximum><text>9.5</text></maximum>
<decimals><text>1</text></decimals><dataset_items>ITEMS</dataset_items></dataset_definition>"""
NUMBERS = {"a": (1, 2.5, 3), "b": (10, 20, 30)}


def calculated(kind: str = "2", *, items: bool = True, answer: str = "pow({a},2)+{b}") -> bytes:
    sets = "".join(
        DATASET.replace("NAME", name).replace(
            "ITEMS",
            "".join(
                f"<dataset_item><number>{at}</number><value>{value}</value></dataset_item>"
                for at, value in enumerate(values, 1)
            )
            if items
            else "",
        )
        for name, values in NUMBERS.items()
    )
    return CALCULATED.replace("WILD", sets).replace("TYPE", kind).replace("pow({a},2)+{b}", answer).encode()


@pytest.mark.parametrize("kind, share", [("2", False), ("1", True)], ids=["an amount", "a share"])
def test_a_calculated_question_of_moodles_asks_its_sets_and_no_others(kind: str, share: bool) -> None:
    report = read_questions(MOODLE_XML, calculated(kind))
    assert report.problems == ()
    question = report.questions[0].question
    seen = set()
    for seed in range(40):
        values = draw(question.drawing, seed)
        a, b = values["a"], values["b"]
        assert isinstance(a, Decimal)
        assert isinstance(b, Decimal)
        asked = as_drawn(question, values)
        assert isinstance(asked.body, Numeric)
        (answer,) = asked.body.answers
        assert answer.value == a * a + b
        assert answer.tolerance == (answer.value * Decimal("0.01") if share else Decimal("0.01"))
        assert f"{a} and {b} are? Not {a - b}." in asked.stem.source
        seen.add((float(a), float(b)))
    assert seen == {(1, 10), (2.5, 20), (3, 30)}


def test_what_a_calculated_question_lacks_or_computes_otherwise_is_said() -> None:
    ranged = read_questions(MOODLE_XML, calculated(items=False)).questions[0].question
    assert Variable("a", "number(1, 9.5, 0.1)") in ranged.drawing.variables
    for answer, says in (
        ("{c}", "no values for {c}"),
        ("bin({a})", "“bin”"),
        ("{a} ? 1 : 2", "cannot be read"),
    ):
        (problem,) = MOODLE_XML.parse(calculated(answer=answer)).problems
        assert says in str(problem.message)


def test_moodle_gets_draws_as_wildcards_and_they_come_back_with_their_right_answers() -> None:
    plain = replace(
        PIPE, stem=Text("{count} m of {each} g?"), feedback_incorrect=Text("{count} × {each}"), hints=()
    )
    fixed = replace(plain, drawing=replace(plain.drawing, computed=plain.drawing.computed[:1]))
    assert [str(one) for one in MOODLE_XML.losses(ImportedQuestion(fixed))] == [
        "the formulas that draw it: some draws are written"
    ]
    written = MOODLE_XML.write([ImportedQuestion(fixed)]).decode()
    assert 'type="calculatedsimple"' in written
    assert len(re.findall("<dataset_definition>", written)) == 3
    again = read_questions(MOODLE_XML, written.encode()).questions[0].question
    for seed in range(20):
        values = draw(again.drawing, seed)
        asked = as_drawn(again, values)
        assert isinstance(asked.body, Numeric)
        assert asked.body.answers[0].value == values["count"] * values["each"]  # type: ignore[operator]  # numbers
    assert "as one draw has it" in str(MOODLE_XML.losses(ImportedQuestion(PIPE)))
    assert "calculated" not in MOODLE_XML.write([ImportedQuestion(PIPE)]).decode()
