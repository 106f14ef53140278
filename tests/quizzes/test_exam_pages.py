"""The pages of an exam: what they ask, save and show, to whom, and what it costs."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest

from lms.app.portal import Portal
from lms.kernel.db import new_id
from lms.quizzes.values import Draw, Layout, Review
from tests.courses.courses import activities_of, write_course
from tests.quizzes.exams import (
    RIGHT,
    SIX_KINDS,
    VALVE,
    enrol,
    fill_bank,
    give,
    set_up_exam,
    sitting,
    start,
)
from tests.support.portal import Cast, Visitor, counted_queries

Visit = Callable[..., Visitor]
SCRIPT = {"Accept": "application/json"}


def named(number: int) -> dict[str, Any]:
    """Return the right answer to a question in the fields of its page."""
    return {name.replace("answer", f"q{number}"): values for name, values in RIGHT[number - 1].items()}


@pytest.fixture
def amara(cast: Cast, visit: Visit) -> Visitor:
    return visit(cast.amara)


def test_an_exam_is_taken_without_a_line_of_script(app: Portal, cast: Cast, amara: Visitor) -> None:
    course_id, exam = set_up_exam()
    enrol(cast.amara, course_id)
    page = amara.get(f"/learn/exams/{exam.id}/start")
    assert "Start the exam" in page.text
    begun = amara.post(f"/learn/exams/{exam.id}/start")
    assert begun.status_code == 303
    address = begun.location
    for number in range(1, 7):
        assert f"Question {number} of 6" in amara.get(address).text
        go = str(number + 1) if number < 6 else "check"
        saved = amara.post(address, {"slot": str(number), "go": go, **named(number)})
        assert saved.status_code == 303
        address = saved.location
    assert "Every question is answered." in amara.get(address).text
    ended = amara.post(address.replace("/check", "/finish"))
    result = amara.get(ended.location).text
    assert "You passed with 100%." in result
    assert "Back to the course" in result


def test_going_back_and_choosing_again_counts_the_last_choice(
    app: Portal, cast: Cast, amara: Visitor
) -> None:
    course_id, exam = set_up_exam()
    enrol(cast.amara, course_id)
    attempt = start(exam.id, cast.amara)
    for key in ("a", "b", "a", "b"):
        amara.post(f"/learn/exams/{attempt}/1", {"slot": "1", "q1": key, "go": "2"})
    given = sitting(attempt, cast.amara).slots[0].given
    assert given == {"type": "single_choice", "key": "b"}


def test_a_script_is_told_when_its_answer_was_saved(app: Portal, cast: Cast, amara: Visitor) -> None:
    course_id, exam = set_up_exam()
    enrol(cast.amara, course_id)
    attempt, key = start(exam.id, cast.amara), str(uuid4())
    sent = {"slot": "1", "q1": "b", "key": key}
    for _time in range(2):
        told = amara.post(f"/learn/exams/{attempt}/1", sent, headers=SCRIPT)
        assert told.json is not None
        assert told.json["answered"] is True
        assert told.json["saved"].startswith("Answer saved at ")
    flagged = amara.post(f"/learn/exams/{attempt}/1", {"slot": "", "flag": "1:on"}, headers=SCRIPT)
    assert flagged.status_code == 200
    slot = sitting(attempt, cast.amara).slots[0]
    assert (slot.is_flagged, slot.is_answered) == (True, True), "a flag takes no answer away"


def test_after_the_end_a_script_is_told_where_the_result_is(app: Portal, cast: Cast, amara: Visitor) -> None:
    course_id, exam = set_up_exam()
    enrol(cast.amara, course_id)
    attempt = start(exam.id, cast.amara)
    amara.post(f"/learn/exams/{attempt}/finish")
    refused = amara.post(f"/learn/exams/{attempt}/1", {"slot": "1", "q1": "b"}, headers=SCRIPT)
    assert refused.status_code == 409
    assert refused.json is not None
    assert refused.json["url"] == f"/learn/exams/{attempt}/result"
    assert amara.get(f"/learn/exams/{attempt}/1").location == f"/learn/exams/{attempt}/result"


def test_all_on_one_page_are_saved_at_once(app: Portal, cast: Cast, amara: Visitor) -> None:
    course_id, exam = set_up_exam(layout=Layout.ALL)
    enrol(cast.amara, course_id)
    attempt = start(exam.id, cast.amara)
    page = amara.get(f"/learn/exams/{attempt}/1").text
    assert all(f'id="q{number}"' in page for number in range(1, 7))
    form: dict[str, Any] = {"slot": [str(number) for number in range(1, 7)], "go": "check"}
    for number in range(1, 7):
        form |= named(number)
    amara.post(f"/learn/exams/{attempt}/1", form)
    assert sitting(attempt, cast.amara).answered == 6


@pytest.mark.parametrize("path", ["/1", "/check", "/result"])
def test_anothers_attempt_is_not_found(app: Portal, cast: Cast, visit: Visit, path: str) -> None:
    course_id, exam = set_up_exam()
    enrol(cast.amara, course_id)
    enrol(cast.nils, course_id)
    attempt = start(exam.id, cast.amara)
    nils = visit(cast.nils)
    assert nils.get(f"/learn/exams/{attempt}{path}").status_code == 404
    assert nils.post(f"/learn/exams/{attempt}/1", {"slot": "1", "q1": "b"}).status_code == 404
    assert nils.post(f"/learn/exams/{attempt}/finish").status_code == 404


def test_who_is_not_enrolled_finds_no_exam(app: Portal, cast: Cast, amara: Visitor) -> None:
    _course_id, exam = set_up_exam()
    for path in (f"/learn/exams/{exam.id}/start", f"/learn/exams/{new_id()}/start"):
        assert amara.get(path).status_code == 404
        assert amara.post(path).status_code == 404


def test_an_auditor_begins_nothing(app: Portal, cast: Cast, visit: Visit) -> None:
    course_id, exam = set_up_exam()
    enrol(cast.odd, course_id)
    assert visit(cast.odd).post(f"/learn/exams/{exam.id}/start").status_code == 403


@pytest.mark.parametrize(
    "review, own, right",
    [(Review.SCORE, False, False), (Review.MARKS, True, False), (Review.ANSWERS, True, True)],
)
def test_a_result_shows_what_its_rules_allow(
    app: Portal, cast: Cast, amara: Visitor, review: Review, own: bool, right: bool
) -> None:
    bank_id = fill_bank([VALVE])
    course_id, exam = set_up_exam([Draw(count=1, bank_id=bank_id)], review=review)
    enrol(cast.amara, course_id)
    attempt = start(exam.id, cast.amara)
    give(attempt, 1, {"answer": ["a"]}, cast.amara)
    amara.post(f"/learn/exams/{attempt}/finish")
    page = amara.get(f"/learn/exams/{attempt}/result").text
    assert ("Reset the controller." in page) is own
    assert ("Clear the room." in page) is right
    assert ("See lesson 3." in page) is right


def test_an_auditor_reads_every_answer_of_anybodys_result_once_it_is_over_and_nothing_before(
    app: Portal, cast: Cast, amara: Visitor, visit: Visit
) -> None:
    bank_id = fill_bank([VALVE])
    course_id, exam = set_up_exam([Draw(count=1, bank_id=bank_id)], review=Review.SCORE)
    enrol(cast.amara, course_id)
    attempt = start(exam.id, cast.amara)
    give(attempt, 1, {"answer": ["a"]}, cast.amara)
    odd = visit(cast.odd)
    assert odd.get(f"/learn/exams/{attempt}/result").status_code == 404
    amara.post(f"/learn/exams/{attempt}/finish")
    page = odd.get(f"/learn/exams/{attempt}/result")
    assert page.status_code == 200
    for words in ("Answered by Amara Osei.", "Reset the controller.", "Clear the room."):
        assert words in page.text
    assert "Try again" not in page.text
    assert odd.post(f"/learn/exams/{attempt}/1", {"slot": "1", "q1": "b"}).status_code == 403
    assert visit(cast.tomas).get(f"/learn/exams/{attempt}/result").status_code == 404


def test_a_lesson_that_is_no_exam_and_no_package_is_neither(
    app: Portal, cast: Cast, amara: Visitor, visit: Visit
) -> None:
    course_id = write_course()
    enrol(cast.amara, course_id)
    lesson = activities_of(course_id)[0].id
    for visitor in (amara, visit(cast.tomas)):
        for path in (f"/learn/packages/{lesson}", f"/learn/exams/{lesson}/start"):
            assert visitor.get(path).status_code == 404
        for path in (f"/learn/packages/{lesson}/commit", f"/learn/exams/{lesson}/start"):
            assert visitor.post(path, json={}).status_code == 404


@pytest.mark.parametrize("copies", [1, 8])
def test_a_question_page_and_a_saved_answer_cost_the_same_in_a_long_exam(
    app: Portal, cast: Cast, amara: Visitor, copies: int
) -> None:
    bank_id = fill_bank(
        [replace(one, title=f"{one.title} {copy}") for copy in range(copies) for one in SIX_KINDS]
    )
    course_id, exam = set_up_exam([Draw(count=6 * copies, bank_id=bank_id)], minutes=40)
    enrol(cast.amara, course_id)
    attempt = start(exam.id, cast.amara)
    amara.get(f"/learn/exams/{attempt}/1")
    with counted_queries() as asked:
        assert amara.get(f"/learn/exams/{attempt}/1").status_code == 200
    assert len(asked) <= 6, asked
    with counted_queries() as saved:
        amara.post(f"/learn/exams/{attempt}/1", {"slot": "1", "q1-a": "x", "q1": "a"}, headers=SCRIPT)
    assert len(saved) <= 5, saved


@pytest.mark.parametrize(
    "sent",
    [
        {"go": "²"},
        {"go": "9" * 5000},
        {"slot": "²", "q1": "b"},
        {"slot": "9" * 30, "q1": "b"},
        {"flag": "²:on"},
        {"flag": "99999999999999999999:on"},
    ],
)
def test_a_number_that_was_tampered_with_breaks_no_page_and_changes_nothing(
    app: Portal, cast: Cast, amara: Visitor, sent: dict[str, str]
) -> None:
    course_id, exam = set_up_exam()
    enrol(cast.amara, course_id)
    attempt = start(exam.id, cast.amara)
    assert amara.post(f"/learn/exams/{attempt}/1", {"slot": "", **sent}).status_code == 303
    slots = sitting(attempt, cast.amara).slots
    assert not any(slot.is_answered or slot.is_flagged for slot in slots)
