"""Enrolling people, once each, and ending what they have open when they leave for good."""

from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from lms.courses import policy
from lms.courses.authoring import queries as authoring
from lms.courses.errors import Locked
from lms.courses.events import DueDateMoved, EnrolmentMade
from lms.courses.kinds import gates
from lms.courses.learning import queries
from lms.courses.learning.models import ActivityStateRow, EnrolmentChangeRow, EnrolmentRow
from lms.courses.learning.service import places
from lms.courses.learning.service.changing import end
from lms.courses.learning.service.counting import count_entered, count_forgotten
from lms.courses.values import CourseId, DueRule, Ending, EnrolmentId, EnrolmentSource
from lms.identity import facade as identity
from lms.identity.values import PersonId
from lms.kernel import events
from lms.kernel.actor import Actor
from lms.kernel.db import db, new_id
from lms.kernel.errors import Forbidden, NotFound


def enrol(
    *,
    person_id: PersonId,
    course_id: CourseId,
    source: EnrolmentSource,
    due_on: date | None,
    actor: Actor,
    now: datetime,
) -> EnrolmentId | None:
    """Enrol a person on the version published now and return the enrolment; the open one, if there is one.

    None where all places are taken: then they are on the waiting list. An open enrolment keeps the earlier of two due
    dates. NotFound for a course that is not published or not for this person, and for people whom `actor` cannot see;
    Forbidden for who may not enrol; Locked says what keeps the course from who would begin it by themselves.
    """
    _check_may_enrol(person_id, actor)
    if source is EnrolmentSource.SELF and actor.person_id == person_id:
        _check_gates(person_id, course_id)
    published_id = queries.find_published(course_id)
    if published_id is None or not _is_for(course_id, person_id, actor):
        raise NotFound
    if places.left_of(course_id) == 0 and not queries.find_open(person_id, course_id):
        by = PersonId(actor.person_id) if actor.person_id else None
        places.wait(course_id, [person_id], due=DueRule(on=due_on), source=source, by=by, now=now)
        return None
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
    count_entered(published_id, [person_id])
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


def _check_gates(person_id: PersonId, course_id: CourseId) -> None:
    if (why := gates.why_shut(course_id, person_id)) is not None and not queries.find_open(
        person_id, course_id
    ):
        raise Locked(why.reason)


def _is_for(course_id: CourseId, person_id: PersonId, actor: Actor) -> bool:
    """Return whether a person may be enrolled: whoever writes courses decides that, others within its audiences."""
    if actor.is_system or actor.may(policy.VIEW_AUTHORING) or queries.find_open(person_id, course_id):
        return True
    return authoring.may_see(course_id, person_id)


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


def forget_places(person_id: PersonId) -> None:
    """Delete where an erased person stopped reading or watching; what they completed stays under their bare id."""
    open_ones = select(EnrolmentRow.id).where(
        EnrolmentRow.person_id == person_id, EnrolmentRow.completed_at.is_(None)
    )
    forgotten = ActivityStateRow.enrolment_id.in_(open_ones), ActivityStateRow.completed_at.is_(None)
    count_forgotten(*forgotten)
    db.session.execute(delete(ActivityStateRow).where(*forgotten))
    for state in db.session.scalars(select(ActivityStateRow).where(ActivityStateRow.person_id == person_id)):
        state.place, state.watched = {}, {}


def forget_reasons(person_id: PersonId) -> None:
    """Forget what was written about an erased person's dates and ends; that they were moved stays."""
    db.session.execute(
        update(EnrolmentChangeRow).where(EnrolmentChangeRow.person_id == person_id).values(reason="")
    )


def withdraw_all(person_id: PersonId, now: datetime) -> None:
    """End every open enrolment of a person who leaves for good."""
    for row in db.session.scalars(
        select(EnrolmentRow)
        .where(EnrolmentRow.person_id == person_id, EnrolmentRow.ended_at.is_(None))
        .order_by(EnrolmentRow.course_id)
    ):
        end(row, ending=Ending.LEFT_FOR_GOOD, reason="", by=None, now=now)
    places.end_all_waits(person_id, now)
