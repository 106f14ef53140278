"""Results of activities: each kept as evidence, the best kept as standing, the course completed when it is all."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from lms.courses.events import ActivityResultRecorded, CourseCompleted
from lms.courses.events.learning import ActivityCompleted
from lms.courses.learning import queries, rules
from lms.courses.learning.models import ActivityResultRow, ActivityStateRow, CompletionRow, EnrolmentRow
from lms.courses.learning.rules.completing import ask, evidence_of
from lms.courses.learning.rules.counting import as_stored
from lms.courses.learning.rules.watching import Film, films_from_json
from lms.courses.learning.service import places
from lms.courses.learning.service.locking import check_open, where_to_go_on
from lms.courses.learning.service.rows import locked, state_of
from lms.courses.values import ActivityId, CompletionId, EnrolmentId, ResultId, RuleKind, Word
from lms.kernel import events
from lms.kernel.db import db, new_id
from lms.kernel.errors import Invalid, NotFound


def record_result(  # noqa: PLR0913  what a result is, and who says so
    *,
    enrolment_id: EnrolmentId,
    activity_id: ActivityId,
    completed: bool,
    passed: bool | None,
    score: Decimal | None,
    seconds: int,
    evidence: Mapping[str, Any],
    now: datetime,
    word: Word = Word.ACTIVITY,
    standing: Decimal | None = None,
) -> None:
    """Take one result of an activity: keep it as evidence, keep the best, and complete the course if it is all.

    `standing` is the score that all results so far come to, where the activity does not go by the best.

    `score` is from 0 to 1, `seconds` the time it took, `word` who says so: whether it completes the activity is for the
    activity's rule to say. What was completed stays completed whatever comes later. Locked while the activity is, but
    for what a trainer or a session says of somebody. NotFound unless the activity belongs to the course; one that the
    learner's version no longer has is kept as evidence and counts for nothing in it.
    """
    if score is not None and not 0 <= score <= 1:
        raise Invalid(f"A score is from 0 to 1, not {score}.", fields={"score": "from 0 to 1"})
    score = as_stored(score)
    enrolment = locked(enrolment_id)
    activity = queries.find_taken(enrolment.version_id, activity_id)
    if activity is None:
        raise NotFound
    if word is Word.ACTIVITY and activity.is_current:
        check_open(enrolment, activity, now)
    db.session.add(
        ActivityResultRow(
            id=ResultId(new_id()),
            enrolment_id=enrolment_id,
            activity_id=activity.id,
            at=now,
            completed=completed,
            passed=passed,
            score=score,
            seconds=seconds,
            evidence=dict(evidence),
        )
    )
    if activity.is_current:
        state = state_of(enrolment, activity, now)
        state.seen_at = now
        state.seconds += max(seconds, 0)
        _keep_best(state, passed=passed, score=score, standing=as_stored(standing), now=now)
        known = evidence_of(
            word,
            completed=completed,
            passed=passed,
            score=state.score,
            seconds=state.seconds,
            films=films_of(state, activity),
        )
        if state.completed_at is None and ask(activity.rule, known).is_met:
            state.completed_at, state.took_seconds = now, state.seconds
            events.record(
                ActivityCompleted(
                    enrolment_id=enrolment_id,
                    person_id=enrolment.person_id,
                    course_id=enrolment.course_id,
                    activity_id=activity.id,
                    passed=state.passed,
                    score=state.score,
                    seconds=state.seconds,
                )
            )
    enrolment.seen_at = now
    events.record(
        ActivityResultRecorded(
            enrolment_id=enrolment_id,
            person_id=enrolment.person_id,
            course_id=enrolment.course_id,
            activity_key=activity.key,
            completed=completed,
            passed=passed,
            score=score,
        )
    )
    if activity.is_current:
        settle(enrolment, activity.id, now)


def films_of(state: ActivityStateRow, activity: queries.Taken) -> Sequence[Film]:
    """Return the films of an activity as this person saw them, where its rule asks for them."""
    if activity.rule.kind is not RuleKind.WATCHED:
        return ()
    return films_from_json(state.watched, queries.list_films(activity.id))


def _keep_best(
    state: ActivityStateRow,
    *,
    passed: bool | None,
    score: Decimal | None,
    standing: Decimal | None = None,
    now: datetime,
) -> None:
    if passed is None and score is None:
        return
    best = rules.best_score(state.score, score) if standing is None else standing
    if (best, bool(passed)) != (state.score, bool(state.passed)) or state.scored_at is None:
        state.scored_at = now
    state.score = best
    if passed is not None:
        state.passed = bool(state.passed) or passed


def settle(enrolment: EnrolmentRow, last: ActivityId | None, now: datetime) -> None:
    """Bring the enrolment's sums up to date and complete it if every required activity is done."""
    db.session.flush()
    standing = queries.list_standing(enrolment.version_id, enrolment.id)
    done = {one.activity_id for one in standing if one.completed_at is not None}
    required = {one.activity_id for one in standing if one.is_required}
    enrolment.done_count = len(done & required)
    enrolment.resume_id = where_to_go_on(enrolment, standing, last, now)
    if enrolment.completed_at is not None or not rules.is_complete(required, done):
        return
    if places.hold(enrolment.course_id) is not None:
        places.fill_later(enrolment.course_id, now)
    enrolment.completed_at = enrolment.ended_at = now
    completion = CompletionRow(
        id=CompletionId(new_id()),
        enrolment_id=enrolment.id,
        person_id=enrolment.person_id,
        course_id=enrolment.course_id,
        version_id=enrolment.version_id,
        completed_at=now,
        evidence={
            "activities": [
                {
                    "activity_key": str(one.key),
                    "completed_at": one.completed_at.isoformat(),
                    "score": str(one.score) if one.score is not None else None,
                    "passed": one.passed,
                }
                for one in standing
                if one.activity_id in done
            ]
        },
    )
    db.session.add(completion)
    db.session.flush()
    events.record(
        CourseCompleted(
            person_id=enrolment.person_id,
            course_id=enrolment.course_id,
            version_id=enrolment.version_id,
            completion_id=completion.id,
        )
    )
