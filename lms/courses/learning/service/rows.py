"""The rows that learning changes, held until the transaction ends."""

from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import select

from lms.courses import policy
from lms.courses.learning import queries
from lms.courses.learning.models import ActivityStateRow, EnrolmentRow
from lms.courses.learning.service.counting import watch
from lms.courses.values import ActivityId, EnrolmentId
from lms.kernel.actor import Actor
from lms.kernel.db import db
from lms.kernel.errors import Forbidden, NotFound


def own(enrolment_id: EnrolmentId, actor: Actor) -> EnrolmentRow:
    """Return the enrolment of `actor`, held; NotFound for another's."""
    if not policy.may_learn(actor):
        raise Forbidden(_("Auditors read everything and change nothing."))
    row = locked(enrolment_id)
    if row.person_id != actor.person_id:
        raise NotFound
    return row


def locked(enrolment_id: EnrolmentId) -> EnrolmentRow:
    """Return an enrolment's row, held until the transaction ends: results of one enrolment come one by one."""
    row = db.session.scalars(
        select(EnrolmentRow)
        .where(EnrolmentRow.id == enrolment_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).first()
    if row is None:
        raise NotFound
    watch(row)
    return row


def activity_of(enrolment: EnrolmentRow, activity_id: ActivityId) -> queries.Taken:
    """Return an activity as the learner's version has it; NotFound if it has it no more."""
    activity = queries.find_taken(enrolment.version_id, activity_id)
    if activity is None or not activity.is_current:
        raise NotFound
    return activity


def state_of(enrolment: EnrolmentRow, activity: queries.Taken, now: datetime) -> ActivityStateRow:
    """Return how an activity stands, begun now if it was not."""
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
            watched={},
        )
        db.session.add(state)
        db.session.flush()
        watch(state, is_new=True)
    else:
        watch(state)
    enrolment.started_at = enrolment.started_at or now
    return state
