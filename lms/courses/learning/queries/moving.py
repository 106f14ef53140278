"""What is asked when learners go on in another version: whom it finds, and what carries over."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, Select, and_, distinct, exists, func, select
from sqlalchemy.orm import aliased

from lms.courses.authoring.models import ActivityRow, CourseVersionRow
from lms.courses.learning.models import ActivityStateRow, CompletionRow, EnrolmentRow
from lms.courses.learning.values import Affected
from lms.courses.values import ActivityId, CourseId, CourseVersionId, EnrolmentId, LearnerGroup
from lms.kernel.db import AnyColumn, db

KEPT = (
    ActivityStateRow.person_id,
    ActivityStateRow.started_at,
    ActivityStateRow.seen_at,
    ActivityStateRow.seconds,
    ActivityStateRow.score,
    ActivityStateRow.passed,
    ActivityStateRow.scored_at,
    ActivityStateRow.completed_at,
    ActivityStateRow.took_seconds,
    ActivityStateRow.place,
    ActivityStateRow.watched,
)
"""What of a state is the same in every version."""


def _on_older(course_id: CourseId, version_id: CourseVersionId, group: LearnerGroup) -> ColumnElement[bool]:
    """Return the filter for open enrolments of a group that are on another version than this one."""
    began = EnrolmentRow.started_at.is_not(None)
    return and_(
        EnrolmentRow.course_id == course_id,
        EnrolmentRow.version_id != version_id,
        EnrolmentRow.ended_at.is_(None),
        began if group is LearnerGroup.IN_PROGRESS else ~began,
    )


def count_affected(course_id: CourseId, version_id: CourseVersionId) -> Affected:
    """Return whom a version concerns that is about to take the place of those before it. One query."""
    counted = db.session.execute(
        select(
            *(
                select(func.count()).where(_on_older(course_id, version_id, group)).scalar_subquery()
                for group in (LearnerGroup.NOT_STARTED, LearnerGroup.IN_PROGRESS)
            ),
            select(func.count(distinct(CompletionRow.person_id)))
            .where(CompletionRow.course_id == course_id)
            .scalar_subquery(),
        )
    ).one()
    return Affected(counted[0], counted[1], counted[2])


def list_older(
    course_id: CourseId, version_id: CourseVersionId, group: LearnerGroup, *, at_most: int
) -> Sequence[EnrolmentId]:
    """Return the first enrolments of a group that are on another version, held until the transaction ends."""
    return db.session.scalars(
        select(EnrolmentRow.id)
        .where(_on_older(course_id, version_id, group))
        .order_by(EnrolmentRow.id)
        .limit(at_most)
        .with_for_update()
    ).all()


def carried_states(
    enrolment_ids: Collection[EnrolmentId], version_id: CourseVersionId
) -> tuple[Sequence[str], Select[Any]]:
    """Return the columns and the query of the states that activities of a version take over from older ones."""
    new = aliased(ActivityRow)
    old = aliased(ActivityRow)
    query = (
        select(ActivityStateRow.enrolment_id, new.id, new.key, *KEPT)
        .join(old, old.id == ActivityStateRow.activity_id)
        .join(new, and_(new.key == old.key, new.kind == old.kind, new.version_id == version_id))
        .join(
            EnrolmentRow,
            and_(EnrolmentRow.id == ActivityStateRow.enrolment_id, EnrolmentRow.version_id == old.version_id),
        )
        .where(ActivityStateRow.enrolment_id.in_(enrolment_ids))
    )
    return ["enrolment_id", "activity_id", "activity_key", *(column.key for column in KEPT)], query


def activity_in(version_id: CourseVersionId, activity_id: AnyColumn) -> ScalarSelect[Any]:
    """Return the activity of a version that is the same as this one of another."""
    old, new = aliased(ActivityRow), aliased(ActivityRow)
    return (
        select(new.id)
        .join(old, and_(old.key == new.key, old.kind == new.kind))
        .where(new.version_id == version_id, old.id == activity_id)
        .scalar_subquery()
    )


def count_done(version_id: CourseVersionId, enrolment_id: AnyColumn) -> ScalarSelect[int]:
    """Return how many required activities of a version an enrolment has done."""
    return (
        select(func.count())
        .select_from(ActivityStateRow)
        .join(ActivityRow, ActivityRow.id == ActivityStateRow.activity_id)
        .where(
            ActivityStateRow.enrolment_id == enrolment_id,
            ActivityStateRow.completed_at.is_not(None),
            ActivityRow.version_id == version_id,
            ActivityRow.is_required,
        )
        .scalar_subquery()
    )


def list_fulfilled(
    enrolment_ids: Collection[EnrolmentId], version_id: CourseVersionId
) -> Sequence[EnrolmentId]:
    """Return those enrolments in which everything is done that the version requires."""
    missing = exists().where(
        ActivityRow.version_id == version_id,
        ActivityRow.is_required,
        ~exists().where(
            ActivityStateRow.enrolment_id == EnrolmentRow.id,
            ActivityStateRow.activity_id == ActivityRow.id,
            ActivityStateRow.completed_at.is_not(None),
        ),
    )
    return db.session.scalars(
        select(EnrolmentRow.id)
        .where(EnrolmentRow.id.in_(enrolment_ids), EnrolmentRow.done_count > 0, ~missing)
        .order_by(EnrolmentRow.id)
    ).all()


def list_earlier(
    version_id: CourseVersionId, kind: str
) -> Sequence[tuple[ActivityRow, Sequence[ActivityRow]]]:
    """Return each activity of a kind in a version, with the same one in the other versions, the latest first."""
    new, old = aliased(ActivityRow), aliased(ActivityRow)
    query = (
        select(new, old)
        .join(old, and_(old.key == new.key, old.kind == new.kind, old.version_id != new.version_id))
        .join(CourseVersionRow, CourseVersionRow.id == old.version_id)
        .where(
            new.version_id == version_id,
            new.kind == kind,
            CourseVersionRow.course_id == _course_of(version_id),
        )
        .order_by(new.position, old.id.desc())
    )
    found: dict[ActivityId, tuple[ActivityRow, list[ActivityRow]]] = {}
    for here, there in db.session.execute(query):
        found.setdefault(here.id, (here, []))[1].append(there)
    return list(found.values())


def enrolments_on(version_id: CourseVersionId) -> Select[EnrolmentId]:
    """Return the subquery of the enrolments that are on a version."""
    return select(EnrolmentRow.id).where(
        EnrolmentRow.course_id == _course_of(version_id), EnrolmentRow.version_id == version_id
    )


def _course_of(version_id: CourseVersionId) -> ScalarSelect[CourseId]:
    row = aliased(CourseVersionRow)
    return select(row.course_id).where(row.id == version_id).scalar_subquery()
