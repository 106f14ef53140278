"""What a result says to whose it is: for ever, and of other attempts no more than each of them shows."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from lms.app.factory import deliver_outbox
from lms.app.portal import Portal
from lms.courses.values import Activity
from lms.identity.values import PersonId
from lms.kernel import clock
from lms.quizzes.values import AttemptId, ReviewPolicy, Shown, SittingRules
from tests.courses.courses import activities_of
from tests.courses.test_moving import change, move
from tests.quizzes.by_hand import mark, waiting
from tests.quizzes.by_hand import sat as sat_essay
from tests.quizzes.exams import RIGHT, enrol, finish, give, set_up_exam, start
from tests.support.portal import Cast, Visitor

Visit = Callable[..., Visitor]


@pytest.mark.parametrize("is_there", [True, False])
def test_a_result_opens_for_its_owner_after_they_went_on_in_a_new_version(
    app: Portal, cast: Cast, visit: Visit, is_there: bool
) -> None:
    course_id, exam = set_up_exam(pass_percent=80)
    enrol(cast.amara, course_id)
    attempt, open_one = start(exam.id, cast.amara), f"/learn/exams/{exam.id}/start"
    give(attempt, 1, RIGHT[0], cast.amara)
    finish(attempt, cast.amara)
    amara, reader = visit(cast.amara), visit(cast.ruth)
    assert f'href="{open_one}"' in amara.get(f"/learn/exams/{attempt}/result").text
    assert move(course_id, change(course_id, add=("Defrost",), drop=None if is_there else 0)) == 1
    now = {one.key: one.id for one in activities_of(course_id)}
    page = amara.get(f"/learn/exams/{attempt}/result")
    assert page.status_code == 200
    assert open_one not in page.text, "it leads to a version that is theirs no more"
    assert ("Try again" in page.text) is is_there
    for link in {"/learn/cold", *([f"/learn/exams/{now[exam.key]}/start"] if is_there else [])}:
        assert f'href="{link}"' in page.text
        assert amara.get(link).status_code == 200
    assert reader.get(f"/learn/exams/{attempt}/result").status_code == 404


def sat(exam: Activity, person_id: PersonId, right: int) -> AttemptId:
    """Let somebody answer so many questions rightly and hand in."""
    attempt = start(exam.id, person_id)
    for number in range(1, right + 1):
        give(attempt, number, RIGHT[number - 1], person_id)
    finish(attempt, person_id)
    return attempt


def main_of(page: str) -> str:
    return page.split("<main", 1)[1]


def test_what_attempts_come_to_is_told_once_the_score_of_each_may_be(
    app: Portal, cast: Cast, visit: Visit
) -> None:
    course_id, exam = set_up_exam(
        pass_percent=90, sitting=SittingRules(review=ReviewPolicy(while_open=(Shown.SCORE, Shown.ANSWERS)))
    )
    enrol(cast.amara, course_id)
    with clock.frozen_at(clock.now()) as advance:
        first = sat(exam, cast.amara, 2)
        advance(timedelta(minutes=20))
        second = sat(exam, cast.amara, 4)
        amara = visit(cast.amara)
        for one in (first, second):
            page = main_of(amara.get(f"/learn/exams/{one}/result").text)
            assert "The best counts" not in page
            assert "71%" not in page, "the score of the second is hidden still"
        advance(timedelta(minutes=20))
        amara = visit(cast.amara)
        page = main_of(amara.get(f"/learn/exams/{first}/result").text)
        assert "The best counts: 71%" in page


@pytest.mark.parametrize("policy", [ReviewPolicy(right_after=(Shown.ANSWERS,)), None])
def test_who_is_told_that_an_answer_is_marked_reads_there_what_the_notice_says(
    app: Portal, cast: Cast, visit: Visit, policy: ReviewPolicy | None
) -> None:
    _course, _exam, attempt = sat_essay(cast.amara, sitting=SittingRules(review=policy))
    (work,) = waiting(app, cast.tomas)
    mark(app, cast.tomas, work, comment="Well ordered.")
    deliver_outbox()
    amara = visit(cast.amara)
    notices = amara.get("/notifications").text
    page = amara.get(f"/learn/exams/{attempt}/result").text
    assert f"/learn/exams/{attempt}/result" in notices
    is_there = policy is None
    assert ("Well ordered." in page) is is_there
    assert ("stands beside your answer" in notices) is is_there
    assert ("the rules of the exam say" in notices) is not is_there
