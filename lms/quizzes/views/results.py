"""The page after an exam: what it earned, what comes next, and as much of the answers as its rules show."""

from collections.abc import Sequence
from uuid import UUID

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from lms.courses import facade as courses
from lms.identity import facade as identity
from lms.kernel import clock
from lms.kernel.actor import current
from lms.quizzes.attempts import queries, rules
from lms.quizzes.attempts.queries import showing
from lms.quizzes.attempts.values import Past, Sitting, Slot
from lms.quizzes.bank import queries as bank
from lms.quizzes.kinds import kind_of, question_from_json
from lms.quizzes.marking import facade as marking
from lms.quizzes.policy import TAKE_EXAMS
from lms.quizzes.remarking import queries as remarking
from lms.quizzes.values import AttemptId, Shown, StoredQuestion
from lms.quizzes.views.blueprint import blueprint
from lms.quizzes.views.paper import files_in, review_of
from lms.quizzes.views.remarked import as_marked, counted
from lms.quizzes.views.sections import marks_by_section
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
    is_survey = attempt.rules.is_survey
    is_last = bool(attempt.passed) or decision.left == 0
    shows = showing.shown_of(attempt, clock.now(), is_last=is_last) if is_own else frozenset(Shown)
    if is_survey:
        shows = rules.OWN
    elif is_own and attempt.is_awaiting:
        shows &= rules.OWN
    slots = _reviewed(sitting, shows) if is_own else sitting.slots
    asked = {one for slot in slots for one in (slot.version_id, slot.key_id) if one is not None}
    versions = bank.list_versions(asked) if asked else {}
    files = queries.list_files(attempt.id, files_in(slots))
    marks = marking.marks_of(attempt.id) if any(_is_by_hand(one) for one in versions.values()) else {}
    scored = [one for one in past if one.passed is not None and one.score is not None]
    # What several come to gives away the score of each: it is told once all of them may be.
    hides = len(scored) > len(showing.list_scored(scored, clock.now())) if len(scored) > 1 else False
    parts = (
        marks_by_section(sitting, bank.list_versions([slot.version_id for slot in sitting.slots]))
        if attempt.rules.sections and not attempt.is_awaiting
        else ()
    )
    # By the enrolment, which may be on another version than the attempt was: what somebody did stays theirs to read.
    place = courses.get_place(attempt.enrolment_id, attempt.activity_key)
    back_url = (
        courses.place_url(place) if is_own else courses.place_in_preview_url(place, attempt.activity_key)
    )
    return render_template(
        "quizzes/survey_result.html" if is_survey else "quizzes/result.html",
        sitting=sitting,
        attempt=attempt,
        decision=decision,
        course=place.course,
        course_url=courses.course_url(place.course),
        back_url=back_url,
        start_url=url_for(".start", activity_id=place.activity_id) if place.activity_id else None,
        seconds=rules.seconds_taken(attempt.started_at, attempt.deadline_at, attempt.finished_at),
        reviewed=[
            counted(
                review_of(
                    *as_marked(slot, versions),
                    shows=shows,
                    quiz_rules=attempt.rules,
                    files=files,
                    marks=marks.get(slot.number, ()),
                ),
                slot,
            )
            for slot in slots
        ],
        names=identity.list_people(
            {one.marked_by for given in marks.values() for one in given if one.marked_by is not None}
        )
        if marks
        else {},
        shows=shows,
        left=() if is_own else queries.list_absences(attempt.id),
        parts=parts,
        graded=rules.graded(attempt.rules.grading, [one.score for one in scored if one.score is not None])
        if len(scored) > 1 and not (is_own and hides)
        else None,
        remarked=remarking.list_told(attempt.id),
        late=(late := queries.list_decided(attempt.id)),
        late_words=marking.words_of_late([one.id for one in late])
        if Shown.MARKS in shows and not attempt.is_awaiting
        else {},
        holder=None if is_own else identity.find_person(attempt.person_id),
    )


def _reviewed(sitting: Sitting, shows: frozenset[Shown]) -> Sequence[Slot]:
    """Return what its learner sees of an attempt: as its rules say, and while it waits what waits, without a mark."""
    if not sitting.attempt.is_awaiting:
        return sitting.slots if shows - {Shown.SCORE} else ()
    return [slot for slot in sitting.slots if slot.fraction is None and slot.given is not None]


def _is_by_hand(stored: StoredQuestion) -> bool:
    return kind_of(question_from_json(stored.content)).is_graded_by_person
