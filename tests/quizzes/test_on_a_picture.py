"""Labels, points, orders and pairs on a picture: what each earns, what no page tells, and how authors write them."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal
from io import BytesIO
from uuid import UUID

import pytest
from flask import Flask
from hypothesis import given

from lms.app.portal import Portal
from lms.kernel.uow import unit_of_work
from lms.quizzes.bank import queries
from lms.quizzes.bank.forms import QuestionForm
from lms.quizzes.errors import InvalidQuestion
from lms.quizzes.kinds import KINDS, kind_of
from lms.quizzes.kinds.picture_labels import Label, LabelPlace, PictureLabels, PictureLabelsResponse
from lms.quizzes.kinds.picture_order import OrderPlace, PictureOrder, PictureOrderResponse
from lms.quizzes.kinds.picture_pairs import Pair, PicturePairs, PicturePairsResponse
from lms.quizzes.kinds.picture_points import Area, PicturePoints, PicturePointsResponse
from lms.quizzes.kinds.places import Outline, PictureGrading, PlaceShape
from lms.quizzes.values import Body, Question, QuestionId, Response, Text
from tests.quizzes.exams import JOINED, LABELLED, NUMBERED, PIXEL, POINTED, fill_bank
from tests.quizzes.pictured import picture_labels, picture_orders, picture_pairs, picture_points
from tests.quizzes.questions import questions
from tests.quizzes.test_asking import page_of
from tests.support.portal import Cast, Visitor

Visit = Callable[..., Visitor]
BOX, ROUND = PlaceShape.RECTANGLE, PlaceShape.ELLIPSE
EACH, COST, ALL = PictureGrading.EACH, PictureGrading.COST, PictureGrading.ALL


def numbers(*percents: float) -> tuple[Decimal, ...]:
    return tuple(Decimal(str(number)) / 100 for number in percents)


LEFT, MIDDLE, RIGHT = numbers(0, 0, 20, 20), numbers(40, 0, 20, 20), numbers(80, 0, 20, 20)
LABELS = PictureLabels(
    "plant.png",
    "A plant",
    (
        LabelPlace("a", BOX, LEFT, "Left", ("x",)),
        LabelPlace("b", BOX, MIDDLE, "Middle", ("y", "y", "z"), room=4, feedback=Text("Look at the lines.")),
        LabelPlace("c", BOX, RIGHT, "Right"),
    ),
    (Label("x", Text("Pump")), Label("y", Text("Valve")), Label("z", Text("**Tank**"))),
    reuse=True,
)
POINTS = PicturePoints(
    "plant.png",
    "A plant",
    (
        Area("a", ROUND, numbers(5, 5, 10, 10), "Bullseye", weight=2),
        Area("b", ROUND, LEFT, "Ring"),
        Area("c", BOX, RIGHT, "Valve", feedback=Text("That is the valve.")),
    ),
    most=2,
)
ORDER = PictureOrder(
    "plant.png",
    "A plant",
    (
        OrderPlace("a", BOX, MIDDLE, "Middle", 2, Text("After the left one.")),
        OrderPlace("b", BOX, LEFT, "Left", 1),
        OrderPlace("c", BOX, RIGHT, "Right"),
    ),
)
PAIRS = PicturePairs(
    "plant.png",
    "A plant",
    (Outline("a", BOX, LEFT, "Left"), Outline("b", BOX, MIDDLE, "Middle"), Outline("c", BOX, RIGHT, "Right")),
    (Pair("a", "b"), Pair("c", "b", Text("By the long line."))),
    most=3,
)


def asked(body: Body) -> Question:
    return Question(title="On a picture", stem=Text("Asked"), body=body)


def put(**places: str) -> PictureLabelsResponse:
    return PictureLabelsResponse(tuple((key, tuple(labels)) for key, labels in places.items()))


def pointed(*points: tuple[float, float]) -> PicturePointsResponse:
    return PicturePointsResponse(tuple((str(x), str(y)) for x, y in points))


def given_numbers(**places: int) -> PictureOrderResponse:
    return PictureOrderResponse(tuple(places.items()))


def joined(*keys: str) -> PicturePairsResponse:
    return PicturePairsResponse(keys)


@pytest.mark.parametrize(
    "body, response, each, cost, whole",
    [
        (LABELS, put(a="x", b="yzy"), "1", "1", "1"),
        (LABELS, put(a="x", b="yy"), "0.75", "0.75", "0"),
        (LABELS, put(a="x", b="yyyz"), "1", "0.75", "0"),
        (LABELS, put(a="x", b="yyz", c="x"), "1", "0.75", "0"),
        (LABELS, put(a="y", b="x", c="x"), "0", "0", "0"),
        (LABELS, put(gone="x", a="gone"), "0", "0", "0"),
        (POINTS, pointed((10, 10), (90, 10)), "1", "1", "1"),
        (POINTS, pointed((18, 10), (90, 10)), "2/3", "2/3", "0"),
        (POINTS, pointed((10, 10), (10, 11)), "1", "1", "1"),
        (POINTS, pointed((10, 10), (60, 60)), "2/3", "1/3", "0"),
        (POINTS, pointed((90, 10), (90, 11)), "1/3", "0", "0"),
        (POINTS, PicturePointsResponse((("10", "10"), ("far", "90"))), "2/3", "1/3", "0"),
        (POINTS, PicturePointsResponse((("10,0", " 10 "), ("90.0", "10"))), "1", "1", "1"),
        (ORDER, given_numbers(a=2, b=1), "1", None, "1"),
        (ORDER, given_numbers(a=1, b=2), "0", None, "0"),
        (ORDER, given_numbers(a=2, c=1), "0.5", None, "0"),
        (ORDER, given_numbers(a=2, b=1, c=3), "1", None, "0"),
        (ORDER, given_numbers(a=2, b=2), "0", None, "0"),
        (PAIRS, joined("a-b", "b-c"), "1", "1", "1"),
        (PAIRS, joined("a-b"), "0.5", "0.5", "0"),
        (PAIRS, joined("a-b", "a-c"), "0.5", "0", "0"),
        (PAIRS, joined("a-b", "a-c", "b-c"), "1", "0.5", "0"),
        (PAIRS, joined("a-c"), "0", "0", "0"),
    ],
)
def test_what_is_right_earns_and_what_is_wrong_costs_as_its_author_chose(
    body: Body, response: Response, each: str, cost: str | None, whole: str
) -> None:
    for grading, share in ((EACH, each), (COST, cost), (ALL, whole)):
        if share is None:
            continue
        question = asked(replace(body, grading=grading))  # type: ignore[type-var]  # every body is a dataclass
        over, _, under = share.partition("/")
        assert kind_of(question).grade(question, response).fraction == Decimal(over) / Decimal(under or 1), (
            grading
        )


@given(questions(picture_labels() | picture_points() | picture_orders() | picture_pairs()))
def test_what_costs_never_earns_more_than_what_does_not(question: Question) -> None:
    kind = kind_of(question)
    for part in kind.grade(question, kind.correct_answer(question)).parts:
        assert part.fraction >= 0
    lines = kind.describe_response(question, kind.correct_answer(question))
    assert all(line.given.source == line.expected.source for line in lines if line.expected) or isinstance(
        question.body, PicturePoints
    )


@pytest.mark.parametrize(
    "body, response, remark",
    [
        (LABELS, put(a="x"), None),
        (replace(LABELS, places=LABELS.places[:2]), put(a="x"), "Still empty: Middle."),
        (LABELLED.body, put(a="x", b="x"), "“Compressor” is used more than once."),
        (ORDER, given_numbers(a=1), None),
        (ORDER, given_numbers(a=1, b=1), "Given twice: number 1."),
        (NUMBERED.body, given_numbers(a=1), "Still open: 2."),
        (replace(PAIRS, most=2), joined("a-b", "a-c", "b-c"), "2 pairs at most: take some back."),
        (
            POINTS,
            PicturePointsResponse((("10", "10"), ("101", ""))),
            "Point 2 lies nowhere on the picture: give two numbers from 0 to 100.",
        ),
    ],
)
def test_a_learner_is_told_what_is_missing_or_too_much(
    body: Body, response: Response, remark: str | None
) -> None:
    question = asked(body)
    assert kind_of(question).remark(question, response) == remark
    assert kind_of(question).is_complete(question, response) is (remark is None)


def test_a_review_says_what_was_put_and_what_belongs_there() -> None:
    def told(body: Body, response: Response) -> list[tuple[str, str, str, str]]:
        lines = kind_of(asked(body)).describe_response(asked(body), response)
        return [
            (str(one.asked.source), str(one.given.source), str(one.expected.source), one.feedback.source)
            for one in lines
        ]

    assert told(LABELS, put(b="xyy")) == [
        ("Left", "", "Pump", ""),
        ("Middle", "Pump, Valve × 2", "Valve × 2, Tank", "Look at the lines."),
    ]
    assert told(POINTS, pointed((90, 10), (50, 50.5))) == [
        ("Point 1", "90 from the left, 10 from the top", "Valve", "That is the valve."),
        ("Point 2", "50 from the left, 50.5 from the top", "", ""),
        ("", "", "Bullseye", ""),
    ]
    assert told(ORDER, given_numbers(a=1, c=2)) == [
        ("1.", "Middle", "Left", "After the left one."),
        ("2.", "Right", "Middle", ""),
    ]
    assert told(PAIRS, joined("a-c", "b-c")) == [
        ("", "", "Left – Middle", ""),
        ("", "Left – Right", "", ""),
        ("", "Middle – Right", "Middle – Right", "By the long line."),
    ]


@pytest.mark.parametrize("question", [LABELLED, POINTED, NUMBERED, JOINED], ids=lambda one: one.type)
def test_a_place_without_a_name_is_called_by_its_number(app: Flask, question: Question) -> None:
    body = question.body
    held = "areas" if isinstance(body, PicturePoints) else "places"
    named = tuple(replace(one, label=str(at)) for at, one in enumerate(getattr(body, held), 1))
    plain = replace(question, body=replace(body, **{held: named}))  # type: ignore[type-var]  # every body is a dataclass
    with app.test_request_context():
        assert ("Place 1" in page_of(plain)) is (held == "places")
    lines = kind_of(plain).describe_response(plain, kind_of(plain).correct_answer(plain))
    assert any("Place 1" in line.expected.source + line.asked.source for line in lines)


def test_no_page_tells_where_points_count_or_in_which_order_an_author_wrote(app: Flask) -> None:
    with app.test_request_context():
        page = page_of(asked(POINTS))
        moved = (replace(one, numbers=numbers(30, 60, 9, 9)) for one in POINTS.areas[2:])
        assert page == page_of(asked(replace(POINTS, areas=(*POINTS.areas[:2], *moved))))
        turned: tuple[tuple[Body, Body], ...] = (
            (ORDER, replace(ORDER, places=tuple(reversed(ORDER.places)))),
            (PAIRS, replace(PAIRS, places=tuple(reversed(PAIRS.places)))),
        )
        for body, other_way in turned:
            assert page_of(asked(body)) == page_of(asked(other_way))
        other = replace(PAIRS, pairs=(Pair("a", "c"),))
        assert page_of(asked(PAIRS)) == page_of(asked(other))
        relabelled = replace(LABELS, places=(*LABELS.places[:2], replace(LABELS.places[2], labels=("y",))))
        assert page_of(asked(LABELS)) == page_of(asked(relabelled))
    assert "data-place" not in page
    assert "Bullseye" not in page


@pytest.mark.parametrize(
    "build, says",
    [
        (lambda: replace(LABELS, labels=()), "no answer"),
        (lambda: replace(LABELS, labels=(*LABELS.labels, Label("w", Text("Pump")))), "read the same"),
        (lambda: replace(LABELS, labels=(*LABELS.labels, Label("w", Text(" ")))), "label is empty"),
        (lambda: replace(LABELS, labels=LABELS.labels[:2]), "does not have"),
        (lambda: replace(LABELS, places=LABELS.places[2:]), "belongs anywhere"),
        (lambda: replace(LABELS, reuse=False), "more than once"),
        (lambda: replace(LABELS, places=(replace(LABELS.places[1], room=2),)), "takes the labels"),
        (lambda: replace(LABELS, places=(replace(LABELS.places[1], room=13),)), "takes the labels"),
        (lambda: replace(LABELS, alt=" "), "what the picture shows"),
        (lambda: replace(POINTS, most=0), "From 1 to 20"),
        (lambda: replace(POINTS, areas=(replace(POINTS.areas[0], weight=0),)), "counts 1 to"),
        (lambda: replace(POINTS, areas=(POINTS.areas[1], POINTS.areas[0])), "Nobody could meet “Bullseye”"),
        (
            lambda: replace(
                POINTS, areas=(Area("a", PlaceShape.POLYGON, numbers(1, 1, 2, 2, 3, 3), "Line"),)
            ),
            "no size",
        ),
        (lambda: replace(ORDER, places=(ORDER.places[0], replace(ORDER.places[1], number=3))), "from 1 up"),
        (lambda: replace(ORDER, places=(ORDER.places[1], ORDER.places[2])), "alone is in order"),
        (lambda: replace(ORDER, grading=COST), "costs nothing"),
        (lambda: replace(PAIRS, pairs=()), "belong together"),
        (lambda: replace(PAIRS, pairs=(Pair("a", "a"),)), "two different"),
        (lambda: replace(PAIRS, pairs=(Pair("a", "z"),)), "two different"),
        (lambda: replace(PAIRS, pairs=(Pair("a", "b"), Pair("b", "a"))), "twice"),
        (lambda: replace(PAIRS, most=1), "Fewer pairs"),
        (lambda: replace(PAIRS, most=0, grading=EACH), "joining everything"),
        (
            lambda: replace(
                PAIRS, places=tuple(Outline(f"p{at}", BOX, LEFT, f"Number {at}") for at in range(11))
            ),
            "At most 10",
        ),
    ],
)
def test_a_picture_that_nobody_could_answer_is_refused(build: Callable[[], object], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        build()


def test_a_point_is_found_in_whatever_area_has_one() -> None:
    horseshoe = Area(
        "a",
        PlaceShape.POLYGON,
        numbers(10, 10, 90, 10, 90, 90, 80, 90, 80, 20, 20, 20, 20, 90, 10, 90),
        "Horseshoe",
    )
    question = asked(replace(POINTS, areas=(horseshoe,), most=1))
    assert not horseshoe.holds(*horseshoe.middle)
    correct = kind_of(question).correct_answer(question)
    assert kind_of(question).grade(question, correct).fraction == 1


def fields(page: str, changes: Mapping[str, object]) -> dict[str, object]:
    """Return what a form sends: its hidden fields, and what an author typed."""
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page))
    hidden.pop("csrf_token", None)
    return {**hidden, **changes}


SQUARES = {
    f"place-{row}-{part}": value
    for row, left in enumerate((10, 50))
    for part, value in {
        "shape": "rectangle",
        "label": ("Left", "Right")[row],
        "left": str(left),
        "top": "10",
        "width": "20",
        "height": "20",
    }.items()
}
TYPED: dict[str, dict[str, str]] = {
    "picture_labels": {
        "label-0-text": "Pump",
        "label-1-text": "Tank",
        "place-0-labels": "2",
        "place-1-labels": "1",
    },
    "picture_points": {"most": "2"},
    "picture_order": {"place-0-number": "2", "place-1-number": "1"},
    "picture_pairs": {"pair-0-one": "1", "pair-0-other": "2"},
}


@pytest.mark.parametrize("kind", TYPED)
def test_an_author_brings_a_picture_looks_and_saves(app: Portal, cast: Cast, visit: Visit, kind: str) -> None:
    bank_id, tomas = fill_bank([]), visit(cast.tomas)
    form = f"/author/questions/{bank_id}/new?type={kind}"
    typed = {"stem": "What is there?", "alt": "A plant", **SQUARES, **TYPED[kind]}
    looked = tomas.post(
        form,
        {
            **fields(tomas.get(form).text, typed),
            "picture-upload": (BytesIO(PIXEL), "x.png"),
            "do": "check",
        },
        content_type="multipart/form-data",
    )
    assert looked.status_code == 200
    assert 'alt="A plant">' in looked.text, "as a learner sees it"
    saved = tomas.post(form, {**fields(looked.text, typed), "do": "save"})
    assert saved.status_code == 303, saved.text
    with unit_of_work(read_only=True):
        view = queries.get_question(QuestionId(UUID(saved.location.rpartition("/")[2])))
    question = view.question
    assert question.type == kind
    assert view.stored.pictures.keys() == {question.body.picture}  # type: ignore[attr-defined]  # each has one
    correct = kind_of(question).correct_answer(question)
    assert kind_of(question).grade(question, correct).fraction == 1
    solved = tomas.get(f"{saved.location}?solve=1")
    assert solved.status_code == 200
    assert "Right" in solved.text


@pytest.mark.parametrize(
    "kind, typed, faulty",
    [
        ("picture_labels", {"place-0-labels": "3"}, "place-0-labels"),
        ("picture_labels", {"place-0-labels": "1, x"}, "place-0-labels"),
        ("picture_labels", {"place-0-labels": "1, 2", "place-0-room": "1"}, "place-0-room"),
        ("picture_labels", {"place-0-room": "many"}, "place-0-room"),
        ("picture_points", {"most": "21"}, "most"),
        ("picture_points", {"place-0-weight": "0"}, "place-0-weight"),
        ("picture_order", {"place-0-number": "one"}, "place-0-number"),
        ("picture_order", {"place-0-number": "1"}, "places"),
        ("picture_pairs", {"pair-0-one": "4"}, "pair-0-one"),
        ("picture_pairs", {"pair-0-one": "2"}, "pair-0-other"),
        ("picture_pairs", {"most": "99"}, "most"),
    ],
)
def test_what_is_wrong_is_told_beside_its_field(kind: str, typed: dict[str, str], faulty: str) -> None:
    sent = {"picture": "plant.png", "alt": "A plant", **SQUARES, **TYPED[kind]}
    own = next(one for name, one in KINDS.items() if name == kind)
    own.parse_body(sent)
    with pytest.raises(InvalidQuestion) as refused:
        own.parse_body({**sent, **typed})
    assert faulty in refused.value.fields


def test_labels_and_places_keep_what_names_them_when_one_before_is_removed() -> None:
    labels = QuestionForm.filled(asked(LABELS), seen=1)
    assert labels.value("place-1-labels") == "2, 2, 3"
    labels.act("remove:label:0")
    assert [labels.value(f"place-{row}-labels") for row in range(3)] == ["", "1, 1, 2", ""]
    pairs = QuestionForm.filled(asked(PAIRS), seen=1)
    pairs.act("remove:place:0")
    ends = [pairs.value(f"pair-{row}-{end}") for row in range(2) for end in ("one", "other")]
    assert ends == ["", "1", "2", "1"]
