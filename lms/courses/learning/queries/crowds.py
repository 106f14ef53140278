"""What is asked of many people and one course at once."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import ColumnElement, Select, case, exists, func, select

from lms.audiences import facade as audiences
from lms.audiences.values import AudienceId
from lms.courses.authoring import queries as authoring
from lms.courses.learning.models import CourseWaitRow, EnrolmentChangeRow, EnrolmentRow
from lms.courses.values import CourseId, Ending, EnrolmentSource
from lms.identity import facade as identity
from lms.identity.values import PersonId
from lms.kernel.actor import Scope
from lms.kernel.db import db


class Before(NamedTuple):
    """What a person did in a course before: whether an enrolment is open, completed, or was ended by somebody."""

    is_open: bool
    is_completed: bool
    was_withdrawn: bool


def in_course(course_id: CourseId) -> Select[PersonId]:
    """Return the query of those who are in a course now."""
    return select(EnrolmentRow.person_id).where(
        EnrolmentRow.course_id == course_id, EnrolmentRow.ended_at.is_(None)
    )


def list_in(course_id: CourseId, people: Collection[PersonId]) -> frozenset[PersonId]:
    """Return those of these people who are in a course now."""
    return frozenset(db.session.scalars(in_course(course_id).where(EnrolmentRow.person_id.in_(people))))


def list_due(course_id: CourseId, people: Collection[PersonId]) -> Mapping[PersonId, date | None]:
    """Return those of these people who are in a course now, and when they are due."""
    rows = db.session.execute(
        select(EnrolmentRow.person_id, EnrolmentRow.due_on).where(
            EnrolmentRow.course_id == course_id,
            EnrolmentRow.person_id.in_(people),
            EnrolmentRow.ended_at.is_(None),
        )
    )
    return {person_id: due_on for person_id, due_on in rows}  # noqa: C416  rows are typed so


def in_audience(audience_id: AudienceId, scope: Scope) -> Select[PersonId]:
    """Return the query of those in an audience whom `scope` reaches."""
    people = audiences.people_in(audience_id).subquery()
    (person_id,) = people.c
    return select(person_id).where(identity.person_in_scope(person_id, scope))


def list_before(course_id: CourseId, people: Collection[PersonId]) -> Mapping[PersonId, Before]:
    """Return what these people did in a course; who never was in it, or only left its audience, is left out."""
    rows = db.session.execute(
        select(
            EnrolmentRow.person_id,
            func.max(_one_if(EnrolmentRow.ended_at.is_(None))),
            func.max(_one_if(EnrolmentRow.completed_at.is_not(None))),
        )
        .where(
            EnrolmentRow.course_id == course_id,
            EnrolmentRow.person_id.in_(people),
            ~_left_audience(),
        )
        .group_by(EnrolmentRow.person_id)
    )
    return {
        person_id: Before(bool(is_open), bool(done), not is_open and not done)
        for person_id, is_open, done in rows
    }


def _one_if(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return case((condition, 1), else_=0)


def _left_audience() -> ColumnElement[bool]:
    return exists().where(
        EnrolmentChangeRow.enrolment_id == EnrolmentRow.id,
        EnrolmentChangeRow.ending == Ending.LEFT_AUDIENCE,
    )


def to_enrol(course_id: CourseId) -> Select[PersonId]:
    """Return the query of those in a course's enrolled audiences who were never in it.

    Whom only leaving the audience took out of it counts as never: they are back.
    """
    people = audiences.people_in_any(authoring.list_enrolled_audiences(course_id)).subquery()
    was_in = exists().where(
        EnrolmentRow.course_id == course_id, EnrolmentRow.person_id == people.c.person_id, ~_left_audience()
    )
    return select(people.c.person_id).where(~was_in)


def list_leavers(course_id: CourseId, people: Collection[PersonId]) -> Sequence[EnrolmentRow]:
    """Return what these people have not begun of what an audience enrolled them on, held, unless another still does."""
    still = audiences.people_in_any(authoring.list_enrolled_audiences(course_id))
    return db.session.scalars(
        select(EnrolmentRow)
        .where(
            EnrolmentRow.course_id == course_id,
            EnrolmentRow.person_id.in_(people),
            EnrolmentRow.person_id.not_in(still),
            EnrolmentRow.source == EnrolmentSource.AUDIENCE,
            EnrolmentRow.started_at.is_(None),
            EnrolmentRow.ended_at.is_(None),
        )
        .order_by(EnrolmentRow.id)
        .with_for_update()
    ).all()


def list_waiting_leavers(course_id: CourseId, people: Collection[PersonId]) -> Sequence[PersonId]:
    """Return whom of these people an audience put on a course's waiting list, unless another still does."""
    still = audiences.people_in_any(authoring.list_enrolled_audiences(course_id))
    return db.session.scalars(
        select(CourseWaitRow.person_id).where(
            CourseWaitRow.course_id == course_id,
            CourseWaitRow.person_id.in_(people),
            CourseWaitRow.person_id.not_in(still),
            CourseWaitRow.source == EnrolmentSource.AUDIENCE,
            CourseWaitRow.ended_at.is_(None),
        )
    ).all()


def list_open(course_id: CourseId, people: Collection[PersonId]) -> Mapping[PersonId, EnrolmentRow]:
    """Return the open enrolments of these people in a course, held until the transaction ends."""
    rows = db.session.scalars(
        select(EnrolmentRow)
        .where(
            EnrolmentRow.course_id == course_id,
            EnrolmentRow.person_id.in_(people),
            EnrolmentRow.ended_at.is_(None),
        )
        .order_by(EnrolmentRow.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return {row.person_id: row for row in rows}
