"""Of several attempts the best, the last, the first or their average counts; who has passed stays passed."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from sqlalchemy import select

from lms.app.portal import Portal
from lms.courses.learning.models import ActivityStateRow
from lms.courses.values import Activity, EnrolmentId
from lms.kernel import clock
from lms.kernel.db import db
from lms.kernel.uow import unit_of_work
from lms.quizzes.attempts import rules, service
from lms.quizzes.errors import NotNow
from lms.quizzes.values import AttemptId, Draw, Grading
from tests.quizzes.exams import VALVE, actor_of, enrol, fill_bank, give, set_up_exam, start
from tests.support.portal import Cast, Visitor

Visit = Callable[..., Visitor]


@pytest.mark.parametrize(
    "grading, scores, expected",
    [
        (Grading.BEST, ("0.4", "0.9", "0.6"), "0.9"),
        (Grading.LAST, ("0.4", "0.9", "0.6"), "0.6"),
        (Grading.FIRST, ("0.4", "0.9", "0.6"), "0.4"),
        (Grading.AVERAGE, ("0.4", "0.9", "0.6"), "0.633333"),
        (Grading.AVERAGE, ("1",), "1"),
    ],
)
def test_what_several_attempts_come_to(grading: Grading, scores: tuple[str, ...], expected: str) -> None:
    assert rules.graded(grading, [Decimal(one) for one in scores]) == Decimal(expected)
    assert rules.graded(grading, []) is None


def sit(exam: Activity, cast: Cast, *, right: bool) -> AttemptId:
    """Take the exam of one question, right or not at all."""
    attempt_id = start(exam.id, cast.amara)
    if right:
        give(attempt_id, 1, {"answer": ["b"]}, cast.amara)
    with unit_of_work():
        service.finish_attempt(attempt_id=attempt_id, actor=actor_of(cast.amara), now=clock.now())
    return attempt_id


def kept(enrolment_id: EnrolmentId) -> tuple[Decimal | None, bool | None, bool]:
    """Return the score and the pass that the course keeps, and whether the exam is done in it."""
    with unit_of_work(read_only=True):
        row = db.session.scalars(
            select(ActivityStateRow).where(ActivityStateRow.enrolment_id == enrolment_id)
        ).one()
        return row.score, row.passed, row.completed_at is not None


@pytest.mark.parametrize(
    "grading, expected",
    [(Grading.BEST, "1"), (Grading.LAST, "0"), (Grading.FIRST, "0"), (Grading.AVERAGE, "0.333333")],
)
def test_the_course_keeps_what_the_exam_says_counts_and_a_pass_stays_a_pass(
    app: Portal, cast: Cast, visit: Visit, grading: Grading, expected: str
) -> None:
    course_id, exam = set_up_exam(
        [Draw(count=1, bank_id=fill_bank([VALVE]))], grading=grading, may_retry=True
    )
    enrolment_id = enrol(cast.amara, course_id)
    sit(exam, cast, right=False)
    assert kept(enrolment_id) == (Decimal(0), False, False)
    sit(exam, cast, right=True)
    last = sit(exam, cast, right=False)
    assert kept(enrolment_id) == (Decimal(expected), True, True)
    words = {"best": "The best", "last": "The last", "first": "The first", "average": "Their average"}
    said = f"{words[grading.value]} counts: {round(Decimal(expected) * 100)}%"
    assert said in visit(cast.amara).get(f"/learn/exams/{last}/result").text
    assert said in visit(cast.odd).get(f"/learn/exams/{last}/result").text
    assert f"{words[grading.value]} counts" in visit(cast.amara).get(f"/learn/exams/{exam.id}/start").text


def test_who_has_passed_begins_no_other_attempt_unless_the_exam_lets_them(app: Portal, cast: Cast) -> None:
    course_id, exam = set_up_exam([Draw(count=1, bank_id=fill_bank([VALVE]))])
    enrol(cast.amara, course_id)
    sit(exam, cast, right=True)
    with pytest.raises(NotNow):
        start(exam.id, cast.amara)
