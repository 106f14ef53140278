"""Who is to be reminded of what is due: found by index, a batch at a time."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, case, exists, func, select

from lms.courses.learning.models import (
    EnrolmentChangeRow,
    EnrolmentReminderRow,
    EnrolmentRow,
    TeamReminderRow,
)
from lms.courses.learning.values import EnrolmentChange
from lms.courses.values import CourseId, EnrolmentId
from lms.identity import facade as identity
from lms.identity.values import PersonId
from lms.kernel.actor import Scope
from lms.kernel.db import db

ADMINS_AT_ONCE = 500
_OPEN = EnrolmentRow.ended_at.is_(None)


class Unplanned(NamedTuple):
    """An open enrolment whose due day is new, and since when it is."""

    id: EnrolmentId
    due_on: date | None
    since: datetime


class ToRemind(NamedTuple):
    """An open enrolment whose day has come."""

    id: EnrolmentId
    person_id: PersonId
    course_id: CourseId
    due_on: date
    remind_on: date


class TeamDue(NamedTuple):
    """How many of somebody's people are overdue, how many others are due soon, and the first of them."""

    overdue: int
    soon: int
    first: Sequence[PersonId]


def claim_unplanned(*, at_most: int) -> Sequence[Unplanned]:
    """Return open enrolments whose reminders are not planned for the due day that they have, held."""
    moved = (
        select(func.max(EnrolmentChangeRow.at))
        .where(
            EnrolmentChangeRow.enrolment_id == EnrolmentRow.id,
            EnrolmentChangeRow.kind == EnrolmentChange.DUE_MOVED,
        )
        .scalar_subquery()
    )
    rows: Any = db.session.execute(
        select(EnrolmentRow.id, EnrolmentRow.due_on, EnrolmentRow.enrolled_at, moved)
        .where(_OPEN, EnrolmentRow.planned_for.is_distinct_from(EnrolmentRow.due_on))
        .order_by(EnrolmentRow.id)
        .limit(at_most)
        .with_for_update(skip_locked=True, of=EnrolmentRow)
    )
    return [Unplanned(row[0], row[1], row[2] if row[3] is None else max(row[2], row[3])) for row in rows]


def claim_to_remind(today: date, *, at_most: int) -> Sequence[ToRemind]:
    """Return open enrolments whose next reminder's day has come, held; what is to be planned anew is left out."""
    rows: Any = db.session.execute(
        select(
            EnrolmentRow.id,
            EnrolmentRow.person_id,
            EnrolmentRow.course_id,
            EnrolmentRow.due_on,
            EnrolmentRow.remind_on,
        )
        .where(_OPEN, EnrolmentRow.remind_on <= today, EnrolmentRow.planned_for == EnrolmentRow.due_on)
        .order_by(EnrolmentRow.remind_on, EnrolmentRow.id)
        .limit(at_most)
        .with_for_update(skip_locked=True, of=EnrolmentRow)
    )
    return [ToRemind(*row) for row in rows]


def list_standing_reminders(ids: Collection[UUID]) -> Collection[UUID]:
    """Return which of these reminders still say what is so: the course is open, and due on the day they name."""
    return db.session.scalars(
        select(EnrolmentReminderRow.id)
        .join(EnrolmentRow, EnrolmentRow.id == EnrolmentReminderRow.enrolment_id)
        .where(EnrolmentReminderRow.id.in_(ids), _OPEN, EnrolmentRow.due_on == EnrolmentReminderRow.due_on)
    ).all()


def list_admins_to_tell(today: date) -> Sequence[PersonId]:
    """Return partner admins of whose people somebody was reminded today, and who have not heard of it."""
    pairs = identity.pairs_of_admin().subquery()
    told = exists().where(TeamReminderRow.person_id == pairs.c.admin_id, TeamReminderRow.told_on == today)
    return db.session.scalars(
        select(pairs.c.admin_id)
        .distinct()
        .join(EnrolmentReminderRow, EnrolmentReminderRow.person_id == pairs.c.person_id)
        .where(EnrolmentReminderRow.told_on == today, pairs.c.admin_id != pairs.c.person_id, ~told)
        .order_by(pairs.c.admin_id)
        .limit(ADMINS_AT_ONCE)
    ).all()


def is_near(until: date) -> ColumnElement[bool]:
    """Return the filter for open enrolments that are overdue, or due until that day."""
    return (EnrolmentRow.due_on <= until) & _OPEN & (EnrolmentRow.due_on.is_not(None))


def count_team(scope: Scope, *, today: date, until: date, names: int) -> TeamDue:
    """Return what is near its day among the people whom `scope` reaches, each counted once by their first."""
    near: Any = (
        select(EnrolmentRow.person_id, func.min(EnrolmentRow.due_on).label("first"))
        .where(is_near(until), identity.person_in_scope(EnrolmentRow.person_id, scope))
        .group_by(EnrolmentRow.person_id)
        .subquery()
    )
    late = func.sum(case((near.c.first < today, 1), else_=0))
    all_of_them, overdue = db.session.execute(select(func.count(), late).select_from(near)).one()
    first = db.session.scalars(
        select(near.c.person_id).order_by(near.c.first, near.c.person_id).limit(names)
    ).all()
    return TeamDue(overdue=int(overdue or 0), soon=all_of_them - int(overdue or 0), first=first)
