"""The page after an exam: what it earned, what comes next, and as much of the answers as its rules show."""

from uuid import UUID

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from lms.courses import facade as courses
from lms.identity import facade as identity
from lms.kernel import clock
from lms.kernel.actor import current
from lms.quizzes.attempts import queries, rules
from lms.quizzes.attempts.values import Past
from lms.quizzes.bank import queries as bank
from lms.quizzes.policy import TAKE_EXAMS
from lms.quizzes.values import AttemptId
from lms.quizzes.views.blueprint import blueprint
from lms.quizzes.views.paper import review_of
from lms.web.access import requires


@blueprint.get("/learn/exams/<uuid:attempt_id>/result")
@requires(TAKE_EXAMS)
def result(attempt_id: UUID) -> ResponseReturnValue:
    """Show how an attempt ended."""
    sitting = queries.get_result(AttemptId(attempt_id), current())
    attempt = sitting.attempt
    if attempt.finished_at is None:
        return redirect(url_for(".question", attempt_id=attempt_id, slot=1), 303)
    past = queries.list_attempts(attempt.enrolment_id, attempt.activity_key)
    decision = rules.may_start(
        attempt.rules,
        [Past(number=one.number, finished_at=one.finished_at, passed=one.passed) for one in past],
        clock.now(),
    )
    is_own = attempt.person_id == current().person_id
    with_marks, with_answers = (
        rules.shows(attempt.rules, is_last=bool(attempt.passed) or decision.left == 0)
        if is_own
        else (True, True)
    )
    versions = bank.list_versions([slot.version_id for slot in sitting.slots]) if with_marks else {}
    launch = courses.get_launch(activity_id=attempt.activity_id, actor=current())
    course = courses.list_courses([launch.activity.course_id])[launch.activity.course_id]
    return render_template(
        "quizzes/result.html",
        sitting=sitting,
        attempt=attempt,
        decision=decision,
        launch=launch,
        course=course,
        course_url=courses.course_url(course),
        seconds=rules.seconds_taken(attempt.started_at, attempt.deadline_at, attempt.finished_at),
        reviewed=[
            review_of(slot, versions[slot.version_id], with_answers=with_answers) for slot in sitting.slots
        ]
        if with_marks
        else (),
        with_answers=with_answers,
        holder=None if is_own else identity.find_person(attempt.person_id),
    )
