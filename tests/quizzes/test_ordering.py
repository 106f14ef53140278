"""Ordering: what an order earns under each of Moodle's gradings, and how it is asked and answered."""

import io
import zipfile
from dataclasses import replace
from decimal import Decimal
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from lms.quizzes.errors import InvalidQuestion, InvalidResponse
from lms.quizzes.formats import QTI
from lms.quizzes.formats.gift import Gift
from lms.quizzes.formats.moodle_xml import MoodleXml
from lms.quizzes.kinds import kind_of
from lms.quizzes.kinds.kind import body_of
from lms.quizzes.kinds.ordering import OrderGrading, Ordering, OrderingResponse, OrderItem
from lms.quizzes.values import ImportedQuestion, Question, Text, TextFormat, key_at
from tests.quizzes.questions import orderings

STEPS = ("Recover", "Evacuate", "Hold the vacuum", "Charge", "Look for leaks")


def asked(count: int = 5, grading: OrderGrading = OrderGrading.ABSOLUTE_POSITION) -> Question:
    items = tuple(OrderItem(key_at(at), Text(words)) for at, words in enumerate(STEPS[:count]))
    return Question(title="Charging", stem=Text("Put the steps in order."), body=Ordering(items, grading))


def put(keys: str) -> OrderingResponse:
    """Return the answer that puts the things so, from first to last."""
    places = {key: place for place, key in enumerate(keys, 1)}
    return OrderingResponse(tuple(sorted(places.items())))


@pytest.mark.parametrize(
    "keys, whole, place, following, subset, run, leading",
    [
        ("abcde", "1", "1", "1", "1", "1", "1"),
        ("edcba", "0", "0.2", "0", "0", "0", "0"),
        ("bcdea", "0", "0", "0.75", "0.8", "0.8", "0"),
        ("acbde", "0", "0.6", "0.25", "0.8", "0.6", "0.25"),
        ("abced", "0", "0.6", "0.5", "0.8", "0.8", "0.75"),
        ("adbec", "0", "0.2", "0", "0.6", "0.6", "0.25"),
        ("badce", "0", "0.2", "0", "0.6", "0.4", "0"),
    ],
)
def test_an_order_earns_what_its_grading_counts(
    keys: str, whole: str, place: str, following: str, subset: str, run: str, leading: str
) -> None:
    expected = dict(zip(OrderGrading, (whole, place, following, subset, run, leading), strict=True))
    for grading, fraction in expected.items():
        question = asked(grading=grading)
        assert kind_of(question).grade(question, put(keys)).fraction == Decimal(fraction), grading


@pytest.mark.parametrize("grading", OrderGrading)
def test_two_things_at_one_place_stand_at_none(grading: OrderGrading) -> None:
    question = asked(grading=grading)
    kind = kind_of(question)
    first_everywhere = OrderingResponse(tuple((key, 1) for key in "abcde"))
    assert kind.grade(question, first_everywhere).fraction == 0
    assert not kind.is_complete(question, first_everywhere)
    assert kind.remark(question, first_everywhere) == "Given twice: position 1."


def test_what_has_no_place_yet_is_kept_and_told() -> None:
    question = asked()
    kind = kind_of(question)
    response = kind.parse_response(question, {"q1-a": ["1"], "q1-c": ["3"], "q1-b": [""]}, "q1")
    assert response == OrderingResponse((("a", 1), ("c", 3)))
    assert kind.remark(question, response) == "Still open: 3."
    assert kind.grade(question, response).fraction == Decimal("0.4")
    assert kind.remark(question, kind.parse_response(question, {})) is None


@pytest.mark.parametrize("place", ["0", "6", "-1", "1.0", "one", "\u0661"])
def test_a_place_that_there_is_not_is_refused(place: str) -> None:
    question = asked()
    with pytest.raises(InvalidResponse) as refusal:
        kind_of(question).parse_response(question, {"answer-a": [place]})
    assert "answer-a" in refusal.value.fields


def test_a_review_says_what_was_put_where_and_what_belongs_there() -> None:
    question = asked(3)
    lines = kind_of(question).describe_response(question, put("acb"))
    assert [(line.asked.source, line.given.source, line.expected.source) for line in lines] == [
        ("1.", "Recover", "Recover"),
        ("2.", "Hold the vacuum", "Evacuate"),
        ("3.", "Evacuate", "Hold the vacuum"),
    ]
    assert [bool(line.fraction) for line in lines] == [True, False, False]


def test_a_record_names_the_order_by_its_keys() -> None:
    question = asked(3)
    said = kind_of(question).interaction(question, put("cab"))
    assert (said.type, said.response) == ("sequencing", "c[,]a[,]b")
    assert [key for key, _text in said.parts["choices"]] == ["a", "b", "c"]


@given(body=orderings(), seed=st.integers(0, 1_000))
def test_no_attempt_and_no_preview_shows_the_right_order(body: Ordering, seed: int) -> None:
    question = Question(title="t", stem=Text("s"), body=body)
    kind, right = kind_of(question), [item.key for item in body.items]
    order = kind.order(question, Random(seed), shuffle=False)  # noqa: S311  an order, no secret
    assert sorted(order) == sorted(right)
    assert order != right
    words = dict.fromkeys(right, Markup())
    shown = kind.asked(question, words, (), None)
    assert isinstance(shown, tuple)
    assert [item.key for item in shown] != right


@given(body=orderings(), data=st.data())
def test_no_order_earns_more_than_the_right_one_nor_less_than_nothing(
    body: Ordering, data: st.DataObject
) -> None:
    question = Question(title="t", stem=Text("s"), body=body)
    kind, keys = kind_of(question), [item.key for item in body.items]
    given_places = data.draw(st.lists(st.integers(1, len(keys)), min_size=len(keys), max_size=len(keys)))
    grade = kind.grade(question, OrderingResponse(tuple(zip(keys, given_places, strict=True))))
    assert 0 <= grade.fraction <= 1
    shuffled = data.draw(st.permutations(keys))
    fraction = kind.grade(question, put_keys(shuffled)).fraction
    assert (fraction == 1) == (shuffled == keys)


def put_keys(keys: list[str]) -> OrderingResponse:
    return OrderingResponse(tuple((key, place) for place, key in enumerate(keys, 1)))


@pytest.mark.parametrize(
    "fields, name, said",
    [
        ({}, "items", "Write the things"),
        ({"item-0-text": "One"}, "items", "2 to 50"),
        ({"item-0-text": "One", "item-1-text": " One "}, "items", "read the same"),
        ({f"item-{row}-text": str(row) for row in range(51)}, "items", "2 to 50"),
    ],
)
def test_an_author_is_told_what_is_no_order(fields: dict[str, str], name: str, said: str) -> None:
    with pytest.raises(InvalidQuestion) as refusal:
        kind_of(asked()).parse_body(fields)
    assert said in refusal.value.fields[name]


def test_gift_has_the_signs_of_moodle() -> None:
    source = b"::Charging::[markdown]Put them in order.{>3 ALL VERTICAL LONGEST_ORDERED_SUBSET SHOW none\nA\nB\nC\n}\n"
    (read,) = Gift().parse(source).questions
    assert read.question.body == Ordering(
        tuple(OrderItem(key, Text(key.upper(), TextFormat.MARKDOWN)) for key in "abc"),
        OrderGrading.LONGEST_ORDERED_SUBSET,
    )


@pytest.mark.parametrize(
    "head, grading, warned",
    [
        (">", OrderGrading.ABSOLUTE_POSITION, ""),
        (">3 EXACT H REL NO", OrderGrading.RELATIVE_NEXT_EXCLUDE_LAST, ""),
        (">2 RANDOM VERTICAL ABS", OrderGrading.ABSOLUTE_POSITION, "by chance"),
        (">3 ALL VERTICAL RELATIVE_TO_CORRECT", OrderGrading.ABSOLUTE_POSITION, "RELATIVE_TO_CORRECT"),
    ],
)
def test_what_moodle_does_otherwise_is_said(head: str, grading: OrderGrading, warned: str) -> None:
    report = Gift().parse(f"Order.{{{head}\nA\nB\nC}}".encode())
    (read,) = report.questions
    assert isinstance(read.question.body, Ordering)
    assert read.question.body.grading is grading
    assert len(read.question.body.items) == 3
    assert [warned in one.message for one in report.problems] == [True] * bool(warned)


def test_moodles_own_file_is_read() -> None:
    source = b"""<quiz><question type="ordering"><name><text>Boot</text></name>
<questiontext format="html"><text>Put these in order</text></questiontext>
<layouttype>HORIZONTAL</layouttype><selecttype>RANDOM</selecttype><selectcount>2</selectcount>
<gradingtype>RELATIVE_NEXT_EXCLUDE_LAST</gradingtype><showgrading>SHOW</showgrading>
<answer fraction="1.0000000" format="moodle_auto_format"><text>One</text></answer>
<answer fraction="2.0000000" format="moodle_auto_format"><text>Two</text></answer>
<answer fraction="3.0000000" format="moodle_auto_format"><text>Three</text></answer></question></quiz>"""
    report = MoodleXml().parse(source)
    (read,) = report.questions
    assert isinstance(read.question.body, Ordering)
    assert [item.text.source for item in read.question.body.items] == ["One", "Two", "Three"]
    assert read.question.body.grading is OrderGrading.RELATIVE_NEXT_EXCLUDE_LAST
    assert [one.message for one in report.problems] == [
        "Moodle would ask some of the things by chance: here all are asked."
    ]


def with_places(*fixed: tuple[str, int]) -> Question:
    question = asked(3)
    return replace(question, body=Ordering(body_of(question, Ordering).items, fixed=fixed))


FIXED = with_places(("c", 1))


@given(st.randoms(use_true_random=False))
def test_what_has_a_place_of_its_own_stands_there_at_first_and_the_order_is_never_right(
    random: Random,
) -> None:
    kind = kind_of(FIXED)
    order = kind.order(FIXED, random, shuffle=True)
    assert order[0] == "c"
    assert sorted(order) == ["a", "b", "c"]
    assert kind.order(with_places(("c", 3)), random, shuffle=True) == ["b", "a", "c"]


def test_places_of_their_own_are_written_kept_and_refused() -> None:
    kind = kind_of(FIXED)
    fields = kind.fields_of(FIXED)
    assert fields["item-2-place"] == "1"
    assert kind.parse_body(fields) == FIXED.body
    for place, says in (("4", "one place"), ("x", "whole number")):
        with pytest.raises(InvalidQuestion, match=says):
            kind.parse_body({**fields, "item-2-place": place})
    with pytest.raises(InvalidQuestion, match="at least have to be shuffled"):
        kind.parse_body({**fields, "item-1-place": "2"})
    with zipfile.ZipFile(io.BytesIO(QTI.write([ImportedQuestion(FIXED)]))) as package:
        report = QTI.parse(package.read("items/q00001.xml"))
    assert report.problems == ()
    assert body_of(report.questions[0].question, Ordering).fixed == (("c", 1),)
    lost = "which things stand in a place of their own at first"
    assert [lost in map(str, form.losses(ImportedQuestion(FIXED))) for form in (Gift(), MoodleXml())] == [
        True,
        True,
    ]
