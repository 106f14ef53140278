"""QTI of others, taken whole: limits, fixed choices, weights, sliders, words in a text, formulas, drawings."""

from dataclasses import replace
from decimal import Decimal

import pytest

from lms.quizzes.formats import QTI
from lms.quizzes.formats.qti.own import NAME
from lms.quizzes.kinds.essay import Essay
from lms.quizzes.kinds.gap_fill import GapFill
from lms.quizzes.kinds.marked_words import MarkedWord, MarkedWords
from lms.quizzes.kinds.matching import Matching
from lms.quizzes.kinds.multiple_choice import ChoiceGrading, MultipleChoice
from lms.quizzes.kinds.numeric import Numeric, NumericAnswer, Slider
from lms.quizzes.kinds.ordering import OrderGrading, Ordering
from lms.quizzes.kinds.single_choice import SingleChoice
from lms.quizzes.values import Attachment, ImportedQuestion, Question, Text, TextFormat
from tests.quizzes.test_qti import (
    CORRECT,
    MAPPED,
    changed,
    choices,
    item,
    mapping,
    only,
    packed,
    response,
    warned,
)

ONE, HALF = Decimal(1), Decimal("0.5")
MANIFEST = (
    b'<manifest xmlns="http://www.imsglobal.org/xsd/imscp_v1p1"><resources>'
    b'<resource identifier="a" type="imsqti_item_xmlv2p2" href="a.xml"/></resources></manifest>'
)


def body_of(content: bytes) -> object:
    return only(content).question.body


def as_read_by_others(imported: ImportedQuestion) -> ImportedQuestion:
    """Return what comes back of our export without the note of our own."""
    report = QTI.parse(changed(QTI.write([imported]), **{NAME: None}))
    assert report.problems == ()
    return report.questions[0]


def test_choices_stay_in_their_place() -> None:
    asked = choices("A", "B", "C").replace('identifier="C"', 'identifier="C" fixed="true"')
    content = item(response("single", "identifier", "A"), asked)
    body = body_of(content)
    assert isinstance(body, SingleChoice)
    assert (body.shuffle, body.fixed) == (True, ("c",))
    assert as_read_by_others(only(content)).question.body == body
    all_fixed = choices("A", "B").replace("<simpleChoice", '<simpleChoice fixed="true"')
    assert body_of(item(response("single", "identifier", "A"), all_fixed)).shuffle is False  # type: ignore[attr-defined]


def test_a_limit_of_choices_is_kept_and_one_that_nobody_could_keep_is_named() -> None:
    entries = mapping(A="1", B="1")
    content = item(
        response("multiple", "identifier", "A", "B", mapping=entries), choices("A", "B", "C", most=2), MAPPED
    )
    body = body_of(content)
    assert isinstance(body, MultipleChoice)
    assert body.most == 2
    assert as_read_by_others(only(content)).question.body == body
    many = item(
        response("multiple", "identifier", "A", "B", "C", mapping=mapping(A="1", B="1", C="1")),
        choices("A", "B", "C", "D", most=2),
        MAPPED,
    )
    assert warned(many)[1] == ["That at most 2 choices may be made is not taken over."]


def test_other_right_combinations_are_found_in_its_rules() -> None:
    def branch(*names: str) -> str:
        listed = "".join(f'<baseValue baseType="identifier">{name}</baseValue>' for name in names)
        return (
            f'<match><variable identifier="RESPONSE"/><multiple>{listed}</multiple></match>'
            '<setOutcomeValue identifier="SCORE"><baseValue baseType="float">1</baseValue></setOutcomeValue>'
        )

    rules = (
        f"<responseProcessing><responseCondition><responseIf>{branch('A', 'B')}</responseIf>"
        f"<responseElseIf>{branch('C', 'A')}</responseElseIf></responseCondition></responseProcessing>"
    )
    content = item(response("multiple", "identifier"), choices("A", "B", "C", most=0), rules)
    body = body_of(content)
    assert isinstance(body, MultipleChoice)
    assert (body.grading, body.also) == (ChoiceGrading.ALL, (("a", "c"),))
    assert as_read_by_others(only(content)).question.body == body


def test_an_order_up_to_its_first_mistake_goes_out_and_comes_in() -> None:
    def rule(order: str, points: str) -> str:
        listed = "".join(f'<baseValue baseType="identifier">{name}</baseValue>' for name in order)
        return (
            f'<match><variable identifier="RESPONSE"/><ordered>{listed}</ordered></match>'
            f'<setOutcomeValue identifier="SCORE"><baseValue baseType="float">{points}</baseValue></setOutcomeValue>'
        )

    rules = (
        f"<responseProcessing><responseCondition><responseIf>{rule('ABC', '2')}</responseIf>"
        f"<responseElseIf>{rule('ACB', '1')}</responseElseIf></responseCondition></responseProcessing>"
    )
    asked = choices("A", "B", "C", kind="orderInteraction").replace(' maxChoices="1"', "")
    content = item(response("ordered", "identifier", "A", "B", "C"), asked, rules)
    body = body_of(content)
    assert isinstance(body, Ordering)
    assert body.grading is OrderGrading.UNTIL_FIRST_MISTAKE
    assert as_read_by_others(only(content)).question.body == body


def test_a_slider_stays_one() -> None:
    field = '<sliderInteraction responseIdentifier="RESPONSE" lowerBound="0" upperBound="{0}" step="5"/>'
    content = item(response("single", "integer", "15"), field.format(100))
    body = body_of(content)
    assert isinstance(body, Numeric)
    assert body.slider == Slider(Decimal(0), Decimal(100), Decimal(5))
    assert as_read_by_others(only(content)).question.body == body
    below = Question(
        title="Cold",
        stem=Text("How cold?"),
        body=Numeric((NumericAnswer("a", Decimal(-5)),), slider=Slider(Decimal(-9), ONE, HALF)),
    )
    assert QTI.losses(ImportedQuestion(below)) == ("the slider, which begins below zero",)
    assert as_read_by_others(ImportedQuestion(below)).question.body == replace(below.body, slider=None)  # type: ignore[type-var]
    _question, said = warned(item(response("single", "integer", "15"), field.format(-1)))
    assert said == ["The number is typed, not set with a slider from 0 to -1."]


def test_words_are_chosen_where_they_stand() -> None:
    text = (
        '<hottextInteraction responseIdentifier="RESPONSE" maxChoices="{0}"><prompt>Which?</prompt>'
        '<p>He <hottext identifier="A">go</hottext> to &amp; <hottext identifier="B">his &lt;work&gt;</hottext>.</p>'
        "</hottextInteraction>"
    )
    one, said = warned(item(response("single", "identifier", "A"), text.format(1)))
    assert one.body == MarkedWords((MarkedWord("a", ONE), MarkedWord("b")))
    assert one.stem == Text(
        "<p>Which?</p><p>He [[go]] to &amp; [[his \u2039work\u203a]].</p>", TextFormat.HTML
    )
    assert said == ["Brackets in “his \u2039work\u203a” are written otherwise."]
    several = item(
        response("multiple", "identifier", "A", mapping=mapping('lowerBound="0"', A="2", B="-1")),
        text.format(0).replace("&lt;", "").replace("&gt;", ""),
        MAPPED,
    )
    body = body_of(several)
    assert body == MarkedWords((MarkedWord("a", ONE), MarkedWord("b", -HALF)), takes_several=True)
    again = as_read_by_others(only(several)).question
    assert (again.body, again.stem) == (body, only(several).question.stem)


def test_pairs_and_gaps_keep_what_they_count() -> None:
    sets = "".join(
        "<simpleMatchSet>"
        + "".join(
            f'<simpleAssociableChoice identifier="{name}" matchMax="1">{name}</simpleAssociableChoice>'
            for name in names
        )
        + "</simpleMatchSet>"
        for names in ("AB", "XY")
    )
    head = 'responseIdentifier="RESPONSE" shuffle="true"'
    pairs = f'<matchInteraction {head} maxAssociations="2">{sets}</matchInteraction>'
    entries = '<mapEntry mapKey="A X" mappedValue="1"/><mapEntry mapKey="B Y" mappedValue="0.5"/>'
    weights = f'<mapping defaultValue="0">{entries}</mapping>'
    content = item(response("multiple", "directedPair", "A X", "B Y", mapping=weights), pairs, MAPPED)
    body = body_of(content)
    assert isinstance(body, Matching)
    assert body.weights == (2, 1)
    assert as_read_by_others(only(content)).question.body == body
    words = "".join(f'<gapText identifier="{name}" matchMax="1">{name}</gapText>' for name in "XYZ")
    within = '<p><gap identifier="A"/> and <gap identifier="B"/></p>'
    text = f"<gapMatchInteraction {head}>{words}{within}</gapMatchInteraction>"
    costs = (
        weights.replace('defaultValue="0"', 'defaultValue="-0.3" lowerBound="0"')
        .replace("A X", "X A")
        .replace("B Y", "Y B")
    )
    gaps = item(response("multiple", "directedPair", "X A", "Y B", mapping=costs), text, MAPPED)
    filled = body_of(gaps)
    assert isinstance(filled, GapFill)
    assert (filled.wrong_costs, [gap.weight for gap in filled.gaps]) == (Decimal("0.2"), [2, 1])
    assert as_read_by_others(only(gaps)).question.body == filled


def test_formulas_are_kept_and_written_as_words_where_only_words_may_stand() -> None:
    math = '<m:math xmlns:m="http://www.w3.org/1998/Math/MathML"><m:mi>c</m:mi><m:mo>=</m:mo>{0}</m:math>'
    square = math.format("<m:msup><m:mn>3</m:mn><m:mn>2</m:mn></m:msup>")
    asked = f"<p>Is {square}?</p>" + choices("A", "B")
    content = item(response("single", "identifier", "A"), asked)
    question = only(content).question
    kept = "<math><mi>c</mi><mo>=</mo><msup><mn>3</mn><mn>2</mn></msup></math>"
    assert kept in question.stem.source
    assert kept in as_read_by_others(only(content)).question.stem.source
    lists = "".join(
        f'<inlineChoice identifier="{name}">{math.format(said)}</inlineChoice>'
        for name, said in (("A", "<m:mn>9</m:mn>"), ("B", "<m:mn>6</m:mn>"))
    )
    head = 'responseIdentifier="RESPONSE" shuffle="true"'
    text = f"<p>So <inlineChoiceInteraction {head}>{lists}</inlineChoiceInteraction>.</p>"
    report = QTI.parse(item(response("single", "identifier", "A"), text))
    assert ["plain words" in problem.message for problem in report.problems] == [True, True]
    filled = report.questions[0].question.body
    assert isinstance(filled, GapFill)
    assert [choice.text for choice in filled.gaps[0].choices] == ["c = 9", "c = 6"]
    fenced = "<m:mfenced open='['><m:mi>a</m:mi><m:mi>b</m:mi></m:mfenced><m:annotation>x</m:annotation>"
    shown = only(
        item(response("single", "identifier", "A"), f"<p>{math.format(fenced)}</p>" + choices("A", "B"))
    )
    assert (
        "<mrow><mo>[</mo><mi>a</mi><mo>,</mo><mi>b</mi><mo>)</mo></mrow></math>" in shown.question.stem.source
    )


def test_a_drawing_comes_without_what_acts_in_it() -> None:
    asked = (
        '<p><object data="a.svg" type="image/svg+xml" width="9" height="9">A square</object></p>'
        + choices("A", "B")
    )
    content = item(response("single", "identifier", "A"), asked)
    drawing = b'<svg xmlns="http://www.w3.org/2000/svg" onload="x()"><rect /></svg>'
    imported = only(packed(**{"imsmanifest.xml": MANIFEST, "a.xml": content, "a.svg": drawing}))
    assert imported.attachments == (Attachment("a.svg", drawing.replace(b' onload="x()"', b"")),)
    assert 'src="attachment:a.svg" alt="A square"' in imported.question.stem.source
    _question, said = warned(packed(**{"imsmanifest.xml": MANIFEST, "a.xml": content, "a.svg": b"<html/>"}))
    assert said == ["The picture a.svg is not shown: This is no drawing in SVG."]


def test_of_pictures_within_each_other_the_first_that_can_be_shown_is() -> None:
    inner = '<object data="a.png" type="image/png"><p>Words</p></object>'
    asked = f'<p><object data="a.eps" type="image/eps">{inner}</object></p>' + choices("A", "B")
    files = {
        "imsmanifest.xml": MANIFEST,
        "a.xml": item(response("single", "identifier", "A"), asked),
        "a.png": b"png",
    }
    assert "attachment:a.png" in only(packed(**files)).question.stem.source
    _question, said = warned(packed(**{**files, "a.xml": files["a.xml"].replace(inner.encode(), b"Words")}))
    assert said == ["The picture a.eps is of a kind that is not shown here."]


@pytest.mark.parametrize("ask", ["extendedTextInteraction", "uploadInteraction"])
def test_what_is_said_to_who_marks_is_kept_for_them_alone(ask: str) -> None:
    block = '<rubricBlock view="scorer"><p>Three points.</p></rubricBlock>'
    content = item(
        response("single", "string"), f'<p>Write.</p><{ask} responseIdentifier="RESPONSE"/>{block}', ""
    )
    question = only(content).question
    assert question.body.guidance == Text("<p>Three points.</p>", TextFormat.HTML)  # type: ignore[attr-defined]
    assert "Three" not in question.stem.source
    assert "Three points." in as_read_by_others(only(content)).question.body.guidance.source  # type: ignore[attr-defined]
    _question, said = warned(item(response("single", "identifier", "A"), block + choices("A", "B"), CORRECT))
    assert said == ["What is said to who marks it (line 1) is not taken over."]


def test_an_essay_without_guidance_writes_none() -> None:
    essay = Question(title="Essay", stem=Text("Write."), body=Essay())
    assert b"rubricBlock" not in QTI.write([ImportedQuestion(essay)])
