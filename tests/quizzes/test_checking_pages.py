"""Checking an answer on the pages of an exam: what is told, when, to whom, and that nothing is told before."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from html import unescape
from typing import Any

import pytest

from lms.app.portal import Portal
from lms.kernel.uow import unit_of_work
from lms.quizzes.kinds import kind_of
from lms.quizzes.values import AttemptId, Layout, Question, Review, Telling, Text
from tests.quizzes.exams import (
    CHECKS,
    EVERY_KIND,
    VALVE,
    enrol,
    fill_bank,
    finish,
    fixed,
    set_up_exam,
    sitting,
    start,
)
from tests.quizzes.test_asking import is_plain_to_see
from tests.support.portal import Cast, Visitor, counted_queries

Visit = Callable[..., Visitor]
SCRIPT = {"Accept": "application/json"}
SAID = {
    "general_feedback": Text("Said-to-everyone."),
    "feedback_correct": Text("Said-to-the-right."),
    "feedback_partial": Text("Said-to-the-half-right."),
    "feedback_incorrect": Text("Said-to-the-wrong."),
    "hints": (Text("The first hint."), Text("The second hint.")),
}


def hinted(question: Question) -> Question:
    return replace(question, **SAID)  # type: ignore[arg-type]  # its own fields


@pytest.fixture
def amara(cast: Cast, visit: Visit) -> Visitor:
    return visit(cast.amara)


def begin(
    cast: Cast, telling: Telling, questions: Sequence[Question] = (VALVE,), **more: object
) -> AttemptId:
    bank_id = fill_bank([hinted(one) for one in questions])
    with unit_of_work(read_only=True):
        draws = fixed(bank_id)
    course_id, exam = set_up_exam(draws, telling=telling, **more)  # type: ignore[arg-type]  # the rules alone
    enrol(cast.amara, course_id)
    return start(exam.id, cast.amara)


def button_on(page: str, slot: int = 1) -> str:
    """Return what the button that checks a question sends."""
    (value,) = re.findall(rf'name="check" value="({slot}:[^"]+)"', page)
    return str(value)


def test_tries_are_checked_without_a_line_of_script(app: Portal, cast: Cast, amara: Visitor) -> None:
    attempt = begin(cast, Telling.TRIES)
    address = f"/learn/exams/{attempt}/1"
    page = amara.get(address).text
    assert "3 tries, each after the first costs 33%." in page
    told = amara.post(address, {"slot": "1", "q1": "a", "check": button_on(page)})
    assert told.location.endswith("/1#q1-told")
    page = amara.get(address).text
    for words in (
        "Wrong",
        "The first hint.",
        "2 tries are left.",
        "A right answer earns 67% of the points now.",
    ):
        assert words in page
    assert "The second hint." not in page
    amara.post(address, {"slot": "1", "q1": "b", "check": button_on(page)})
    page = amara.get(address).text
    assert "Said-to-the-right." in page
    assert 'name="check"' not in page
    assert "<fieldset disabled" in page
    amara.post(f"/learn/exams/{attempt}/finish")
    result = amara.get(f"/learn/exams/{attempt}/result").text
    for words in ("Try 1: Wrong", "Try 2: Right", "0.67 of 1 point", "Said-to-the-right."):
        assert words in result


def test_at_once_is_told_at_once_and_stays_as_it_is(app: Portal, cast: Cast, amara: Visitor) -> None:
    attempt = begin(cast, Telling.AT_ONCE)
    address = f"/learn/exams/{attempt}/1"
    page = amara.get(address).text
    assert "Then it stays as it is." in page
    told = amara.post(address, {"slot": "1", "q1": "a", "check": button_on(page)}, headers=SCRIPT).json
    assert told is not None
    html = str(told["html"])
    for words in ("Wrong", "Said-to-the-wrong.", "Said-to-everyone."):
        assert words in html
    assert "The first hint." not in html
    assert "<fieldset disabled" in html
    refused = amara.post(address, {"slot": "1", "q1": "b"}, headers=SCRIPT)
    assert refused.status_code == 409
    assert sitting(attempt, cast.amara).slots[0].given == {"type": "single_choice", "key": "a"}


@pytest.mark.parametrize("review, right", [(Review.MARKS, False), (Review.ANSWERS, True)])
def test_the_right_answer_is_told_at_once_only_where_the_exam_shows_right_answers(
    app: Portal, cast: Cast, amara: Visitor, review: Review, right: bool
) -> None:
    attempt = begin(cast, Telling.AT_ONCE, review=review)
    address = f"/learn/exams/{attempt}/1"
    amara.post(address, {"slot": "1", "q1": "a", "check": button_on(amara.get(address).text)})
    page = amara.get(address).text
    assert ("<dt>Right</dt>" in page) is right


def test_a_press_on_check_that_comes_twice_is_one_try(app: Portal, cast: Cast, amara: Visitor) -> None:
    attempt = begin(cast, Telling.TRIES)
    address = f"/learn/exams/{attempt}/1"
    sent = {"slot": "1", "q1": "a", "check": button_on(amara.get(address).text)}
    first, second = (amara.post(address, sent, headers=SCRIPT).json for _press in range(2))
    assert first is not None
    assert second is not None
    assert "2 tries are left." in str(first["html"])
    assert "2 tries are left." in str(second["html"])
    assert len(sitting(attempt, cast.amara).slots[0].tries) == 1


def test_a_second_window_is_told_what_the_first_has_done(app: Portal, cast: Cast, amara: Visitor) -> None:
    attempt = begin(cast, Telling.TRIES)
    address = f"/learn/exams/{attempt}/1"
    one, other = (button_on(amara.get(address).text) for _window in range(2))
    amara.post(address, {"slot": "1", "q1": "a", "check": one})
    told = amara.post(address, {"slot": "1", "q1": "c", "check": other}, headers=SCRIPT).json
    assert told is not None
    assert "This was checked in another window meanwhile." in str(told["html"])
    assert "2 tries are left." in str(told["html"])
    again = amara.post(address, {"slot": "1", "q1": "b", "check": other})
    assert "This was checked in another window meanwhile." in amara.get(again.location).text


@pytest.mark.parametrize(
    "sent, words",
    [
        ({}, "Something of this answer is still open."),
        ({"q1": "a"}, "This is the answer that was checked."),
    ],
)
def test_what_takes_no_try_says_why(
    app: Portal, cast: Cast, amara: Visitor, sent: dict[str, str], words: str
) -> None:
    attempt = begin(cast, Telling.TRIES)
    address = f"/learn/exams/{attempt}/1"
    if sent:
        amara.post(address, {"slot": "1", **sent, "check": button_on(amara.get(address).text)})
    told = amara.post(
        address, {"slot": "1", **sent, "check": button_on(amara.get(address).text)}, headers=SCRIPT
    ).json
    assert told is not None
    assert words in str(told["html"])
    assert len(sitting(attempt, cast.amara).slots[0].tries) == len(sent)


def test_on_one_page_a_check_keeps_the_other_answers_and_settled_ones_are_left_alone(
    app: Portal, cast: Cast, amara: Visitor
) -> None:
    attempt = begin(cast, Telling.AT_ONCE, [VALVE, CHECKS], layout=Layout.ALL)
    address = f"/learn/exams/{attempt}/1"
    page = amara.get(address).text
    sent: dict[str, Any] = {"slot": ["1", "2"], "q1": "b", "q2": ["a"]}
    amara.post(address, {**sent, "check": button_on(page)})
    first, second = sitting(attempt, cast.amara).slots
    assert (len(first.tries), len(second.tries)) == (1, 0)
    assert second.is_answered
    # A window from before still names the first and sends something else for it.
    moved = amara.post(address, {**sent, "q1": "c", "q2": ["a", "b"], "go": "check"})
    assert moved.status_code == 303
    assert "This answer was checked and stays as it is." in amara.get(moved.location).text
    first, second = sitting(attempt, cast.amara).slots
    assert first.given == {"type": "single_choice", "key": "b"}
    assert second.given == {"type": "multiple_choice", "keys": ["a", "b"]}


def test_after_the_end_a_check_leads_to_the_result(app: Portal, cast: Cast, amara: Visitor) -> None:
    attempt = begin(cast, Telling.TRIES)
    address = f"/learn/exams/{attempt}/1"
    button = button_on(amara.get(address).text)
    finish(attempt, cast.amara)
    refused = amara.post(address, {"slot": "1", "q1": "b", "check": button}, headers=SCRIPT)
    assert refused.status_code == 409
    assert refused.json is not None
    assert refused.json["url"] == f"/learn/exams/{attempt}/result"


@pytest.mark.parametrize(
    "value", ["", "1", "1:1", "1:1:x", "²:1:{key}", "1:²:{key}", "99:1:{key}", "1:99:{key}"]
)
def test_a_check_that_was_tampered_with_takes_no_try(
    app: Portal, cast: Cast, amara: Visitor, value: str
) -> None:
    attempt = begin(cast, Telling.TRIES)
    key = "01930000-0000-7000-8000-000000000000"
    sent = {"slot": "1", "q1": "b", "check": value.replace("{key}", key)}
    assert amara.post(f"/learn/exams/{attempt}/1", sent).status_code in {303, 404}
    assert sitting(attempt, cast.amara).slots[0].tries == ()


WRONG: dict[str, dict[str, Any]] = {
    "single_choice": {"q#": "a"},
    "multiple_choice": {"q#": ["c"]},
    "true_false": {"q#": "false"},
    "short_text": {"q#": "ammonia"},
    "numeric": {"q#": "12"},
    "matching": {"q#-a": "z", "q#-b": "z"},
    "ordering": {"q#-a": "3", "q#-b": "1", "q#-c": "2"},
    "matrix": {"q#-a": "n", "q#-b": "y"},
    "gap_fill": {"q#-1": "b", "q#-2": "measure"},
    "hotspot": {"q#": ["b"]},
    "picture_labels": {"q#-a": "z", "q#-b": "x"},
    "picture_points": {"q#-1-x": "90", "q#-1-y": "90"},
    "picture_order": {"q#-a": "3", "q#-b": "1", "q#-c": "2"},
    "picture_pairs": {"q#": ["b-c"]},
    "marked_words": {"q#": "a"},
}
"""A whole answer to each sample that a rule grades, and wrong."""


def secrets_of(question: Question, page: str) -> list[str]:
    """Return what no page may hold while the question is open, but for what it shows to choose from."""
    kind = kind_of(question)
    shown = (question.stem.source, *(one.source for one in kind.shown_texts(question).values()))
    chosen = (unescape(one) for one in re.findall(r"<option[^>]*>([^<]*)</option>", page))
    told = [*shown, *chosen]
    return [one for one in kind.secrets(question) if not is_plain_to_see(one, told)]


@pytest.mark.parametrize("telling", list(Telling))
def test_nothing_that_is_sent_holds_the_key_before_it_may_be_known(
    app: Portal, cast: Cast, amara: Visitor, telling: Telling
) -> None:
    asked = [hinted(one) for one in EVERY_KIND if one.type in WRONG]
    attempt = begin(cast, telling, asked, layout=Layout.ALL)
    address = f"/learn/exams/{attempt}/1"
    page = amara.get(address).text
    sent = [page, amara.get(f"/learn/exams/{attempt}/check").text]
    for number, question in enumerate(asked, 1):
        wrong = {name.replace("#", str(number)): value for name, value in WRONG[question.type].items()}
        fields = {"slot": str(number), **wrong}
        sent.append(amara.post(address, fields, headers=SCRIPT).text)
        if telling is Telling.TRIES:
            told = amara.post(address, {**fields, "check": button_on(page, number)}, headers=SCRIPT)
            assert told.json is not None
            assert "2 tries are left." in told.json["html"], question.type
            sent.append(str(told.json["html"]))
    sent.append(amara.get(address).text)
    everything = "\n".join(sent)
    for question in asked:
        for secret in secrets_of(question, page):
            assert secret not in everything, (question.type, secret)
    assert "Said-to-" not in everything
    assert "The second hint." not in everything
    assert ("The first hint." in everything) is (telling is Telling.TRIES)


def test_every_kind_that_a_rule_grades_is_tried_for_giving_its_key_away() -> None:
    graded = {
        one.type for one in EVERY_KIND if kind_of(one).is_scored and not kind_of(one).is_graded_by_person
    }
    assert set(WRONG) == graded


def test_a_page_with_checks_costs_what_it_costs_without(app: Portal, cast: Cast, amara: Visitor) -> None:
    attempt = begin(cast, Telling.TRIES, [VALVE, CHECKS])
    address = f"/learn/exams/{attempt}/1"
    page = amara.get(address).text
    with counted_queries() as asked:
        amara.get(address)
    assert len(asked) <= 6, asked
    with counted_queries() as told:
        amara.post(address, {"slot": "1", "q1": "a", "check": button_on(page)}, headers=SCRIPT)
    assert len(told) <= 7, told
