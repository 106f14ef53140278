"""What QTI asks on a picture comes in whole: labels, points, orders and pairs, graded as the item grades them."""

from dataclasses import replace
from decimal import Decimal

import pytest

from lms.quizzes.formats import QTI
from lms.quizzes.formats.qti.own import NAME
from lms.quizzes.kinds import kind_of
from lms.quizzes.kinds.picture_labels import PictureLabels
from lms.quizzes.kinds.picture_order import PictureOrder
from lms.quizzes.kinds.picture_pairs import PicturePairs
from lms.quizzes.kinds.picture_points import PicturePoints
from lms.quizzes.kinds.places import PictureGrading
from lms.quizzes.values import Attachment, Body, ImportedQuestion, Question, TextFormat
from tests.quizzes.exams import JOINED, LABELLED, NUMBERED, PIXEL, POINTED
from tests.quizzes.test_qti import CORRECT, MAPPED, changed, item, mapping, only, packed, response, warned

PICTURE = '<object type="image/png" width="200" height="100" data="plant.png">The plant</object>'
POINTS = MAPPED.replace("map_response", "map_response_point").replace("mapResponse", "mapResponsePoint")


def areas(*entries: tuple[str, str], default: str = "0") -> str:
    listed = "".join(
        f'<areaMapEntry shape="circle" coords="{coords}" mappedValue="{value}"/>' for coords, value in entries
    )
    return f'<areaMapping defaultValue="{default}" lowerBound="0">{listed}</areaMapping>'


def spots(name: str, *ids: str, more: str = "") -> str:
    """Return places from the bottom up, so that their numbers run against the file."""
    return "".join(
        f'<{name} shape="circle" coords="{20 + 40 * at},{90 - 30 * at},8" identifier="{one}" {more}/>'
        for at, one in enumerate(ids)
    )


def read(content: bytes) -> Question:
    brought = only(packed(**{"one.xml": content, "plant.png": PIXEL, "tag.png": PIXEL}))
    assert Attachment("plant.png", PIXEL) in brought.attachments
    return brought.question


def labels(declared: str, rules: str, tags: str, most: str = "1") -> bytes:
    hotspots = spots("associableHotspot", "A", "B", more=f'matchMax="{most}"')
    return item(
        declared,
        f'<graphicGapMatchInteraction responseIdentifier="RESPONSE">{PICTURE}{tags}{hotspots}'
        "</graphicGapMatchInteraction>",
        rules,
    )


TAGS = (
    '<gapText identifier="P" matchMax="1"><b>Pump</b></gapText>'
    '<gapImg identifier="T" matchMax="1"><object type="image/png" data="tag.png" width="9" height="9"/></gapImg>'
)


@pytest.mark.parametrize(
    "entries, bounds, rules, grading",
    [
        ({}, "", CORRECT, PictureGrading.ALL),
        ({"P A": "2", "T B": "2"}, 'lowerBound="0"', MAPPED, PictureGrading.EACH),
    ],
)
def test_labels_are_words_and_pictures(
    entries: dict[str, str], bounds: str, rules: str, grading: PictureGrading
) -> None:
    declared = response(
        "multiple", "directedPair", "P A", "T B", mapping=mapping(bounds, **entries) if entries else ""
    )
    question = read(labels(declared, rules, TAGS))
    body = question.body
    assert isinstance(body, PictureLabels)
    assert (body.grading, body.reuse, question.marks) == (grading, False, Decimal(4 if entries else 1))
    assert [(one.text.source, one.text.format) for one in body.labels] == [
        ("<b>Pump</b>", TextFormat.HTML),
        ('<img src="attachment:tag.png" alt="T" width="9" height="9">', TextFormat.HTML),
    ]
    assert body.words == {"a": "Pump", "b": "T"}
    assert [(one.label, one.labels) for one in body.places] == [("2", ("a",)), ("1", ("b",))]


def test_labels_that_may_be_used_again_are_counted() -> None:
    tags = TAGS.replace('matchMax="1"', 'matchMax="0"')
    declared = response("multiple", "directedPair", "A P", "A P", "B T")
    body = read(labels(declared, CORRECT, tags, most="5")).body
    assert isinstance(body, PictureLabels)
    assert body.reuse
    assert [(one.labels, one.room) for one in body.places] == [(("a", "a"), 5), (("b",), 5)]
    mixed = TAGS.replace('"P" matchMax="1"', '"P" matchMax="3"')
    content = labels(response("multiple", "directedPair", "P A", "T B"), CORRECT, mixed)
    _question, said = warned(packed(**{"one.xml": content, "plant.png": PIXEL, "tag.png": PIXEL}))
    assert said == ["Some labels may be used once, others more often: here all may be used more than once."]


def test_points_count_where_the_map_says_so() -> None:
    declared = response(
        "multiple", "point", mapping=areas(("20,20,10", "2"), ("20,20,40", "1"), ("150,50,10", "2"))
    )
    asked = f'<selectPointInteraction responseIdentifier="RESPONSE" maxChoices="2">{PICTURE}</selectPointInteraction>'
    question = read(item(declared, asked, POINTS))
    body = question.body
    assert isinstance(body, PicturePoints)
    assert (question.marks, body.most, body.grading) == (Decimal(4), 2, PictureGrading.EACH)
    assert [one.weight for one in body.areas] == [2, 1, 2]
    assert body.areas[0].numbers == (Decimal("0.05"), Decimal("0.1"), Decimal("0.1"), Decimal("0.2"))
    costs = item(declared.replace('defaultValue="0"', 'defaultValue="-1"'), asked, POINTS)
    costly = read(costs).body
    assert isinstance(costly, PicturePoints)
    assert costly.grading is PictureGrading.COST


def test_a_small_picture_that_is_put_somewhere_stands_for_a_point() -> None:
    asked = (
        f'<p>Where?</p><positionObjectStage>{PICTURE}<positionObjectInteraction responseIdentifier="RESPONSE" '
        'maxChoices="1"><object type="image/png" data="tag.png" width="9" height="9"/>'
        "</positionObjectInteraction></positionObjectStage>"
    )
    question = read(item(response("single", "point", mapping=areas(("20,20,10", "1"))), asked, POINTS))
    assert isinstance(question.body, PicturePoints)
    assert (question.body.marker, question.body.most) == ("tag.png", 1)
    assert "img" not in question.stem.source, "the picture is asked about, and not shown twice"


def test_an_order_may_leave_places_out() -> None:
    hotspots = spots("hotspotChoice", "A", "B", "C")
    asked = f'<graphicOrderInteraction responseIdentifier="RESPONSE">{PICTURE}{hotspots}</graphicOrderInteraction>'
    body = read(item(response("ordered", "identifier", "C", "A"), asked)).body
    assert isinstance(body, PictureOrder)
    assert [(one.label, one.number) for one in body.places] == [("3", 2), ("2", 0), ("1", 1)]
    assert body.grading is PictureGrading.ALL


def test_pairs_that_are_wrong_cost_what_the_map_says() -> None:
    hotspots = spots("associableHotspot", "A", "B", "C", more='matchMax="2"')
    asked = (
        f'<graphicAssociateInteraction responseIdentifier="RESPONSE" maxAssociations="2">{PICTURE}{hotspots}'
        "</graphicAssociateInteraction>"
    )
    for wrong, grading in (("-1", PictureGrading.COST), ("0", PictureGrading.EACH)):
        mapped = mapping('lowerBound="0"', **{"A B": "1", "C B": "1", "A C": wrong})
        body = read(item(response("multiple", "pair", "A B", "C B", mapping=mapped), asked, MAPPED)).body
        assert isinstance(body, PicturePairs)
        assert (body.grading, body.most) == (grading, 2)
        assert sorted(body.right) == ["a-b", "b-c"]


@pytest.mark.parametrize("grading", PictureGrading)
@pytest.mark.parametrize("question", [LABELLED, POINTED, NUMBERED, JOINED], ids=lambda one: one.type)
def test_what_others_read_of_our_export_is_graded_alike(question: Question, grading: PictureGrading) -> None:
    if question is NUMBERED and grading is PictureGrading.COST:
        return
    body: Body = question.body
    changes: dict[str, object] = {"grading": grading}
    if question is JOINED:
        changes["most"] = 2
    made = replace(question, body=replace(body, **changes))  # type: ignore[type-var]  # every body is a dataclass
    content = QTI.write([ImportedQuestion(made, (Attachment("plant.png", PIXEL),))])
    report = QTI.parse(changed(content, **{NAME: None}))
    assert [str(one.message) for one in report.problems if "was exported" not in str(one.message)] == []
    (again,) = report.questions
    assert again.question.type == question.type
    assert again.question.body.grading is grading or question in (POINTED, JOINED)  # type: ignore[attr-defined]  # each has one
    right = kind_of(again.question).correct_answer(again.question)
    assert kind_of(again.question).grade(again.question, right).fraction == 1
