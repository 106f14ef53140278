"""Places on a picture: the right ones earn, wrong ones cost, and no page tells which is which."""

import re
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from io import BytesIO
from random import Random
from uuid import UUID

import pytest
from flask import Flask
from hypothesis import given

from lms.app.portal import Portal
from lms.kernel.db import new_id
from lms.kernel.uow import unit_of_work
from lms.quizzes.bank import queries
from lms.quizzes.formats import GIFT, MOODLE_XML
from lms.quizzes.kinds import kind_of
from lms.quizzes.kinds.hotspot import Hotspot, HotspotResponse, Place, PlaceGrading, PlaceShape
from lms.quizzes.values import ImportedQuestion, Question, QuestionId, Text
from tests.quizzes.exams import PIXEL, fill_bank
from tests.quizzes.pictured import hotspots
from tests.quizzes.questions import questions
from tests.quizzes.test_asking import page_of
from tests.support.portal import Cast, Visitor

Visit = Callable[..., Visitor]


def numbers(*percents: float) -> tuple[Decimal, ...]:
    return tuple(Decimal(str(number)) / 100 for number in percents)


VALVE = Place("a", PlaceShape.RECTANGLE, numbers(10, 10, 20, 20), "Top left", is_right=True)
PUMP = Place("b", PlaceShape.ELLIPSE, numbers(60, 10, 20, 30), "Top right", is_right=True)
DRAIN = Place(
    "c",
    PlaceShape.POLYGON,
    numbers(10, 80, 30, 80, 20, 95),
    "Bottom left",
    feedback=Text("That is the drain."),
)
FAN = Place("d", PlaceShape.RECTANGLE, numbers(70, 70, 20, 20), "Bottom right")
BODY = Hotspot("plant.png", "A plant with four parts", (VALVE, PUMP, DRAIN, FAN))
PLANT = Question(title="Plant", stem=Text("Where is pressure kept in?"), body=BODY)


@pytest.mark.parametrize(
    "keys, share, exact",
    [
        (("a", "b"), "1", "1"),
        (("a",), "0.5", "0"),
        (("a", "c"), "0", "0"),
        (("a", "b", "c"), "0.5", "0"),
        (("a", "b", "c", "d"), "0", "0"),
        (("c", "d"), "0", "0"),
        ((), "0", "0"),
        (("gone",), "0", "0"),
    ],
)
def test_right_places_earn_and_wrong_ones_cost(keys: tuple[str, ...], share: str, exact: str) -> None:
    kind, response = kind_of(PLANT), HotspotResponse(keys)
    assert kind.grade(PLANT, response).fraction == Decimal(share)
    strict = replace(PLANT, body=replace(BODY, grading=PlaceGrading.ALL))
    assert kind.grade(strict, response).fraction == Decimal(exact)


@given(questions(bodies=hotspots()))
def test_choosing_everything_earns_no_more_than_what_is_right_does(question: Question) -> None:
    body, kind = question.body, kind_of(question)
    assert isinstance(body, Hotspot)
    whole = kind.grade(question, HotspotResponse(tuple(place.key for place in body.places))).fraction
    wrong = len(body.places) - len(body.right)
    assert (whole == 1) == (wrong == 0)
    if body.grading is PlaceGrading.SHARE:
        assert whole == pytest.approx(max(0, Decimal(len(body.right) - wrong) / len(body.right)))


def test_a_review_names_what_was_chosen_and_what_was_missed() -> None:
    lines = kind_of(PLANT).describe_response(PLANT, HotspotResponse(("a", "c")))
    assert [(one.given.source, one.expected.source, one.feedback.source) for one in lines] == [
        ("Top left", "Top left", ""),
        ("", "Top right", ""),
        ("Bottom left", "", "That is the drain."),
    ]


def test_no_page_tells_a_right_place_from_a_wrong_one(app: Flask) -> None:
    turned = replace(BODY, places=tuple(replace(place, is_right=not place.is_right) for place in BODY.places))
    with app.test_request_context():
        assert page_of(PLANT) == page_of(replace(PLANT, body=turned))
        page = page_of(PLANT)
    assert "That is the drain" not in page
    order = re.findall(r'<input type="checkbox" name="q1" value="(\w)"', page)
    assert order == re.findall(r'data-place="(\w)"', page), "the numbers on the picture are those of the list"
    orders = {tuple(kind_of(PLANT).order(PLANT, Random(seed), shuffle=False)) for seed in range(20)}  # noqa: S311
    assert len(orders) > 1


@pytest.mark.parametrize(
    "build, says",
    [
        (lambda: replace(VALVE, label=" "), "what the place is called"),
        (lambda: replace(VALVE, numbers=numbers(10, 10, 20)), "left, top"),
        (lambda: replace(VALVE, numbers=numbers(10, 10, 0, 20)), "no size"),
        (lambda: replace(VALVE, numbers=numbers(90, 10, 20, 20)), "reaches out"),
        (lambda: replace(VALVE, numbers=numbers(90, 10, 200, 20)), "within the picture"),
        (lambda: replace(VALVE, numbers=(Decimal("nan"),) * 4), "digits"),
        (lambda: replace(DRAIN, numbers=numbers(1, 1, 2, 2)), "three corners"),
        (lambda: replace(DRAIN, numbers=numbers(1, 1, 2, 2, 3, 3, 4)), "three corners"),
        (lambda: replace(BODY, alt=""), "what the picture shows"),
        (lambda: replace(BODY, picture=""), "no picture"),
        (lambda: replace(BODY, places=(VALVE,)), "two places"),
        (lambda: replace(BODY, places=(DRAIN, FAN)), "No place is right"),
        (lambda: replace(BODY, places=(VALVE, replace(FAN, label="Top left"))), "called the same"),
    ],
)
def test_a_picture_that_nobody_could_answer_is_refused(build: Callable[[], object], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        build()


def test_no_file_format_has_such_a_question_and_each_says_so() -> None:
    imported = ImportedQuestion(PLANT)
    assert GIFT.losses(imported) == ("the whole question: GIFT has none of its kind",)
    assert MOODLE_XML.losses(imported) == ("the whole question: Moodle has none of its kind",)


def fields(page: str, **changes: object) -> dict[str, object]:
    """Return what a form sends: its hidden fields, and what an author typed."""
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page))
    hidden.pop("csrf_token", None)
    return {**hidden, **changes}


TYPED = {
    "stem": "Where is the valve?",
    "alt": "A plant",
    "place-0-shape": "ellipse",
    "place-0-label": "Left",
    "place-0-left": "10",
    "place-0-top": "20.5",
    "place-0-width": "30",
    "place-0-height": "40",
    "place-0-right": "on",
    "place-1-shape": "polygon",
    "place-1-label": "Right",
    "place-1-points": "60,10 80,10 70,30.5",
}


def test_an_author_brings_a_picture_looks_and_saves(app: Portal, cast: Cast, visit: Visit) -> None:
    bank_id, tomas = fill_bank(), visit(cast.tomas)
    form = f"/author/questions/{bank_id}/new?type=hotspot"
    looked = tomas.post(
        form,
        {**fields(tomas.get(form).text, **TYPED), "picture-upload": (BytesIO(PIXEL), "x.png"), "do": "check"},
        content_type="multipart/form-data",
    )
    assert looked.status_code == 200
    address = re.search(r'name="picture-url" value="([^"]+)"', looked.text)
    assert address is not None
    assert tomas.get(address[1]).data == PIXEL
    assert f'<img src="{address[1]}" alt="A plant">' in looked.text, "as a learner sees it"
    saved = tomas.post(form, {**fields(looked.text, **TYPED), "do": "save"})
    assert saved.status_code == 303, saved.text
    with unit_of_work(read_only=True):
        view = queries.get_question(QuestionId(UUID(saved.location.rpartition("/")[2])))
    assert isinstance(view.question.body, Hotspot)
    assert view.stored.pictures == {view.question.body.picture: address[1]}
    assert view.question.body.places == (
        Place("a", PlaceShape.ELLIPSE, numbers(10, 20.5, 30, 40), "Left", is_right=True),
        Place("b", PlaceShape.POLYGON, numbers(60, 10, 80, 10, 70, 30.5), "Right"),
    )
    again = tomas.get(f"{saved.location}/edit").text
    changed = tomas.post(
        f"{saved.location}/edit", {**fields(again, **TYPED), "place-1-label": "Far right", "do": "save"}
    )
    assert changed.status_code == 303, changed.text
    assert "Far right" in tomas.get(saved.location).text


def test_a_drawing_is_kept_and_served_without_anything_that_acts(
    app: Portal, cast: Cast, visit: Visit
) -> None:
    bank_id, tomas = fill_bank(), visit(cast.tomas)
    form = f"/author/questions/{bank_id}/new?type=hotspot"
    drawing = b'<svg xmlns="http://www.w3.org/2000/svg" onload="x()"><script>x()</script><rect /></svg>'
    sent = {
        **fields(tomas.get(form).text, **TYPED),
        "picture-upload": (BytesIO(drawing), "x.SVG"),
        "do": "check",
    }
    looked = tomas.post(form, sent, content_type="multipart/form-data")
    address = re.search(r'name="picture-url" value="([^"]+)"', looked.text)
    assert address is not None
    served = tomas.get(address[1])
    assert served.data == b'<svg xmlns="http://www.w3.org/2000/svg"><rect /></svg>'
    assert served.mimetype == "image/svg+xml"
    assert (
        served.headers["Content-Security-Policy"] == "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    )
    assert served.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    "name, content, says",
    [
        ("x.eps", b"%!PS", "This is no picture"),
        ("x.svg", b"<svg/>", "This is no drawing in SVG."),
        ("x.svg", b"\x89PNG", "This is no drawing in SVG."),
        ("x.png", b"", "something in it"),
    ],
)
def test_what_is_no_picture_is_refused_beside_its_field(
    app: Portal, cast: Cast, visit: Visit, name: str, content: bytes, says: str
) -> None:
    bank_id, tomas = fill_bank(), visit(cast.tomas)
    form = f"/author/questions/{bank_id}/new?type=hotspot"
    sent = {**fields(tomas.get(form).text, **TYPED), "picture-upload": (BytesIO(content), name), "do": "save"}
    refused = tomas.post(form, sent, content_type="multipart/form-data")
    assert refused.status_code == 422
    assert says in refused.text


def test_a_picture_of_another_bank_is_not_taken(app: Portal, cast: Cast, visit: Visit) -> None:
    bank_id, tomas = fill_bank(), visit(cast.tomas)
    for url in (f"/learn/exams/pictures/{new_id()}", "https://example.org/x.png", "nowhere"):
        form = f"/author/questions/{bank_id}/new?type=hotspot"
        sent = {
            **fields(tomas.get(form).text, **TYPED),
            "picture": "x.png",
            "picture-url": url,
            "do": "save",
        }
        refused = tomas.post(form, sent)
        assert refused.status_code == 422
        assert "Choose a picture." in refused.text
        assert url not in refused.text
