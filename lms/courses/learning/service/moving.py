"""Learners going on in another version, with all that it shares with theirs."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import func, update
from sqlalchemy.dialects import postgresql, sqlite

from lms.courses.events import LearnersMoved
from lms.courses.learning import queries
from lms.courses.learning.models import ActivityStateRow, EnrolmentRow
from lms.courses.learning.service.counting import count_enrolments
from lms.courses.learning.service.results import settle
from lms.courses.learning.service.rows import locked
from lms.courses.values import CourseId, CourseVersionId, EnrolmentId, LearnerGroup
from lms.kernel import events
from lms.kernel.db import db

MOVED_AT_ONCE = 500


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
    count_enrolments(enrolment_ids, sign=-1)
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
    count_enrolments(enrolment_ids, sign=1)
    for enrolment_id in queries.list_fulfilled(enrolment_ids, version_id):
        enrolment = locked(enrolment_id)
        settle(enrolment, enrolment.resume_id or first, now)


def _carry_states(enrolment_ids: Collection[EnrolmentId], version_id: CourseVersionId) -> None:
    """Give each activity of the new version the state that the same activity has in the older ones."""
    insert = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    columns, carried = queries.carried_states(enrolment_ids, version_id)
    db.session.execute(insert(ActivityStateRow).from_select(columns, carried).on_conflict_do_nothing())
