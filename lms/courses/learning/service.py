"""Every write of learning: enrolling, reading, results, completion."""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from lms.courses import policy
from lms.courses.events import (
    ActivityResultRecorded,
    CourseCompleted,
    DueDateMoved,
    EnrolmentMade,
    EnrolmentWithdrawn,
    LearnersMoved,
)
from lms.courses.learning import queries, rules
from lms.courses.learning.models import (
    ActivityResultRow,
    ActivityStateRow,
    CompletionRow,
    EnrolmentRow,
)
from lms.courses.values import (
    PAGE,
    ActivityId,
    CompletionId,
    CourseId,
    CourseVersionId,
    EnrolmentId,
    EnrolmentSource,
    LearnerGroup,
    ResultId,
)
from lms.identity import facade as identity
from lms.identity.values import PersonId
from lms.kernel import events
from lms.kernel.actor import Actor
from lms.kernel.db import db, new_id
from lms.kernel.errors import Forbidden, Invalid, NotFound

MOVED_AT_ONCE = 500


def enrol(
    *,
    person_id: PersonId,
    course_id: CourseId,
    source: EnrolmentSource,
    due_on: date | None,
    actor: Actor,
    now: datetime,
) -> EnrolmentId:
    """Enrol a person on the version published now and return the enrolment; the open one, if there is one.

    An open enrolment keeps the earlier of two due dates. NotFound for a course that is not published, and for
    people whom `actor` cannot see; Forbidden for who may not enrol.
    """
    _check_may_enrol(person_id, actor)
    published_id = queries.find_published(course_id)
    if published_id is None:
        raise NotFound
    first = queries.find_first_activity(published_id)
    made = _insert_unless_open(
        id=EnrolmentId(new_id()),
        person_id=person_id,
        course_id=course_id,
        version_id=published_id,
        source=source,
        due_on=due_on,
        enrolled_at=now,
        enrolled_by=actor.person_id,
        done_count=0,
        resume_id=first,
    )
    if made is None:
        return _keep_open(person_id, course_id, due_on=due_on)
    events.record(
        EnrolmentMade(
            enrolment_id=made,
            person_id=person_id,
            course_id=course_id,
            source=source,
            due_on=due_on,
            enrolled_by=PersonId(actor.person_id) if actor.person_id else None,
        )
    )
    return made


def _check_may_enrol(person_id: PersonId, actor: Actor) -> None:
    if actor.is_system:
        return
    if actor.person_id == person_id:
        if not policy.may_learn(actor):
            raise Forbidden(_("Auditors read everything and change nothing."))
        return
    if not actor.may(policy.ENROL_PEOPLE):
        raise Forbidden
    if not identity.is_person_visible(person_id, actor.scope_of(policy.ENROL_PEOPLE)):
        raise NotFound


def _insert_unless_open(**values: Any) -> EnrolmentId | None:
    # Two at once: the second waits at the partial unique index, then inserts nothing and finds the first's row.
    insert = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    made: EnrolmentId | None = db.session.scalar(
        insert(EnrolmentRow).values(**values).on_conflict_do_nothing().returning(EnrolmentRow.id)
    )
    return made


def _keep_open(person_id: PersonId, course_id: CourseId, *, due_on: date | None) -> EnrolmentId:
    row = queries.find_open(person_id, course_id)
    if row is None:
        raise NotFound
    if due_on is not None and (row.due_on is None or due_on < row.due_on):
        row.due_on = due_on
        events.record(DueDateMoved(enrolment_id=row.id, person_id=person_id, due_on=due_on))
    return row.id


def record_result(
    *,
    enrolment_id: EnrolmentId,
    activity_id: ActivityId,
    completed: bool,
    passed: bool | None,
    score: Decimal | None,
    seconds: int,
    evidence: Mapping[str, Any],
    now: datetime,
) -> None:
    """Take one result of an activity: keep it as evidence, keep the best, and complete the course if it is all.

    `score` is from 0 to 1, `seconds` the time it took. What was completed stays completed whatever comes later.
    NotFound unless the activity belongs to the course; one that the learner's version no longer has is kept as
    evidence and counts for nothing in it.
    """
    if score is not None and not 0 <= score <= 1:
        raise Invalid(f"A score is from 0 to 1, not {score}.", fields={"score": "from 0 to 1"})
    enrolment = _locked(enrolment_id)
    activity = queries.find_taken(enrolment.version_id, activity_id)
    if activity is None:
        raise NotFound
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
        _keep_state(
            enrolment, activity, completed=completed, passed=passed, score=score, seconds=seconds, now=now
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
        _settle(enrolment, activity.id, now)


def _keep_state(
    enrolment: EnrolmentRow,
    activity: queries.Taken,
    *,
    completed: bool,
    passed: bool | None,
    score: Decimal | None,
    seconds: int,
    now: datetime,
) -> None:
    state = _state(enrolment, activity, now)
    state.seen_at = now
    state.seconds += max(seconds, 0)
    _keep_best(state, passed=passed, score=score, now=now)
    if rules.counts(completed=completed, passed=passed) and state.completed_at is None:
        state.completed_at = now


def _keep_best(state: ActivityStateRow, *, passed: bool | None, score: Decimal | None, now: datetime) -> None:
    if passed is None and score is None:
        return
    best = rules.best_score(state.score, score)
    if (best, bool(passed)) != (state.score, bool(state.passed)) or state.scored_at is None:
        state.scored_at = now
    state.score = best
    if passed is not None:
        state.passed = bool(state.passed) or passed


def _settle(enrolment: EnrolmentRow, last: ActivityId | None, now: datetime) -> None:
    """Bring the enrolment's sums up to date and complete it if every required activity is done."""
    db.session.flush()
    standing = queries.list_standing(enrolment.version_id, enrolment.id)
    done = {one.activity_id for one in standing if one.completed_at is not None}
    required = {one.activity_id for one in standing if one.is_required}
    enrolment.done_count = len(done & required)
    enrolment.resume_id = rules.resume_at([one.activity_id for one in standing], done, last)
    if enrolment.completed_at is not None or not rules.is_complete(required, done):
        return
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


def move_to_version(
    *, course_id: CourseId, version_id: CourseVersionId, groups: Collection[LearnerGroup], now: datetime
) -> int:
    """Let these groups go on in a published version, with the progress of every activity it still has.

    What they did in the older version stays as it was; who has everything done that the new one requires has
    completed it. Returns how many were moved; those who are on it already are passed over, so twice is once.
    """
    moved = 0
    for group in groups:
        while enrolment_ids := queries.list_older(course_id, version_id, group, at_most=MOVED_AT_ONCE):
            _move(enrolment_ids, version_id, now)
            moved += len(enrolment_ids)
    if moved:
        events.record(LearnersMoved(course_id=course_id, version_id=version_id, count=moved))
    return moved


def _move(enrolment_ids: Collection[EnrolmentId], version_id: CourseVersionId, now: datetime) -> None:
    _carry_states(enrolment_ids, version_id)
    was = queries.activity_in(version_id, EnrolmentRow.resume_id)
    first = queries.find_first_activity(version_id)
    db.session.execute(
        update(EnrolmentRow)
        .where(EnrolmentRow.id.in_(enrolment_ids))
        .values(
            version_id=version_id,
            resume_id=func.coalesce(was, first),
            done_count=queries.count_done(version_id, EnrolmentRow.id),
        )
        .execution_options(synchronize_session=False)
    )
    for enrolment_id in queries.list_fulfilled(enrolment_ids, version_id):
        enrolment = _locked(enrolment_id)
        _settle(enrolment, enrolment.resume_id or first, now)


def _carry_states(enrolment_ids: Collection[EnrolmentId], version_id: CourseVersionId) -> None:
    """Give each activity of the new version the state that the same activity has in the older ones."""
    insert = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    columns, carried = queries.carried_states(enrolment_ids, version_id)
    db.session.execute(insert(ActivityStateRow).from_select(columns, carried).on_conflict_do_nothing())


def finish_page(*, enrolment_id: EnrolmentId, activity_id: ActivityId, actor: Actor, now: datetime) -> None:
    """Complete a page that was read to the end; a second click changes nothing."""
    enrolment = _own(enrolment_id, actor)
    activity = _activity_of(enrolment, activity_id)
    if activity.kind != PAGE:
        raise Invalid(_("This activity is completed by taking it."))
    state = _state(enrolment, activity, now)
    if state.completed_at is not None:
        _go_on_from(enrolment, activity_id, now)
        return
    record_result(
        enrolment_id=enrolment_id,
        activity_id=activity_id,
        completed=True,
        passed=None,
        score=None,
        seconds=0,
        evidence={"said": "done"},
        now=now,
    )


def note_reading(
    *,
    enrolment_id: EnrolmentId,
    activity_id: ActivityId,
    seconds: int,
    place: Mapping[str, Any] | None,
    actor: Actor,
    now: datetime,
) -> None:
    """Note that a page is open: time read since the last word of it, and how far down it is.

    `seconds` are believed only as far as time has passed; opening alone completes nothing.
    """
    enrolment = _own(enrolment_id, actor)
    activity = _activity_of(enrolment, activity_id)
    state = _state(enrolment, activity, now)
    state.seconds += rules.credited_seconds(seconds, since_last=(now - state.seen_at).total_seconds())
    state.seen_at = now
    if place is not None:
        state.place = dict(place)
    _go_on_from(enrolment, activity_id, now)


def _go_on_from(enrolment: EnrolmentRow, activity_id: ActivityId, now: datetime) -> None:
    enrolment.seen_at = now
    db.session.flush()
    standing = queries.list_standing(enrolment.version_id, enrolment.id)
    done = {one.activity_id for one in standing if one.completed_at is not None}
    enrolment.resume_id = rules.resume_at([one.activity_id for one in standing], done, activity_id)


def _own(enrolment_id: EnrolmentId, actor: Actor) -> EnrolmentRow:
    if not policy.may_learn(actor):
        raise Forbidden(_("Auditors read everything and change nothing."))
    row = _locked(enrolment_id)
    if row.person_id != actor.person_id:
        raise NotFound
    return row


def _locked(enrolment_id: EnrolmentId) -> EnrolmentRow:
    """Return an enrolment's row, held until the transaction ends: results of one enrolment come one by one."""
    row = db.session.scalars(
        select(EnrolmentRow)
        .where(EnrolmentRow.id == enrolment_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).first()
    if row is None:
        raise NotFound
    return row


def _activity_of(enrolment: EnrolmentRow, activity_id: ActivityId) -> queries.Taken:
    activity = queries.find_taken(enrolment.version_id, activity_id)
    if activity is None or not activity.is_current:
        raise NotFound
    return activity


def _state(enrolment: EnrolmentRow, activity: queries.Taken, now: datetime) -> ActivityStateRow:
    state = db.session.get(ActivityStateRow, (enrolment.id, activity.id), populate_existing=True)
    if state is None:
        state = ActivityStateRow(
            enrolment_id=enrolment.id,
            activity_id=activity.id,
            activity_key=activity.key,
            person_id=enrolment.person_id,
            started_at=now,
            seen_at=now,
            seconds=0,
            place={},
        )
        db.session.add(state)
        db.session.flush()
    enrolment.started_at = enrolment.started_at or now
    return state


def forget_places(person_id: PersonId) -> None:
    """Delete where an erased person stopped reading; what they completed stands under their bare id, as proof."""
    open_ones = select(EnrolmentRow.id).where(
        EnrolmentRow.person_id == person_id, EnrolmentRow.completed_at.is_(None)
    )
    db.session.execute(
        delete(ActivityStateRow).where(
            ActivityStateRow.enrolment_id.in_(open_ones), ActivityStateRow.completed_at.is_(None)
        )
    )
    for state in db.session.scalars(select(ActivityStateRow).where(ActivityStateRow.person_id == person_id)):
        state.place = {}


def withdraw_all(person_id: PersonId, now: datetime) -> None:
    """End every open enrolment of a person who leaves for good."""
    for row in db.session.scalars(
        select(EnrolmentRow).where(EnrolmentRow.person_id == person_id, EnrolmentRow.ended_at.is_(None))
    ):
        row.ended_at = now
        events.record(EnrolmentWithdrawn(enrolment_id=row.id, person_id=person_id, course_id=row.course_id))
