"""Enrolment for tests: courses for audiences, jobs that run, and what came of them."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import select

from lms.audiences.values import AudienceId
from lms.courses import facade as courses
from lms.courses.authoring.values import CourseAccess
from lms.courses.learning.models import EnrolmentRow
from lms.courses.values import CourseId, DueRule, EnrolmentId, EnrolmentSource
from lms.identity.values import PersonId
from lms.kernel import clock, events, outbox
from lms.kernel.actor import SYSTEM, acting_as
from lms.kernel.db import db
from lms.kernel.uow import run, unit_of_work


def give(
    course_id: CourseId,
    *,
    sees: Iterable[AudienceId] = (),
    enrolled: Iterable[AudienceId] = (),
    withdraws_leavers: bool = False,
    places: int | None = None,
    **due: Any,
) -> None:
    """Say who takes a course, as its trainer does."""
    access = CourseAccess(
        sees=frozenset(sees),
        enrolled=frozenset(enrolled),
        due=DueRule(**due),
        withdraws_leavers=withdraws_leavers,
        places=places,
    )
    with acting_as(SYSTEM):
        run(lambda: courses.set_access(course_id=course_id, access=access, actor=SYSTEM, now=clock.now()))


def rows_of(course_id: CourseId, *people: PersonId) -> list[EnrolmentRow]:
    """Return a course's enrolments in the order they were made, of these people or of all."""
    with unit_of_work(read_only=True):
        query = select(EnrolmentRow).where(EnrolmentRow.course_id == course_id).order_by(EnrolmentRow.id)
        return list(db.session.scalars(query.where(EnrolmentRow.person_id.in_(people)) if people else query))


def open_people(course_id: CourseId) -> set[PersonId]:
    """Return who is in a course today."""
    return {row.person_id for row in rows_of(course_id) if row.ended_at is None}


def deliver() -> None:
    """Deliver what waits in the outbox."""
    outbox.deliver_due(events.apply)


def ask_for_place(
    person_id: PersonId, course_id: CourseId, *, due_on: date | None = None
) -> EnrolmentId | None:
    """Enrol a person, or put them on the waiting list if all places are taken; None says that."""
    with unit_of_work(), acting_as(SYSTEM):
        return courses.enrol(
            person_id=person_id,
            course_id=course_id,
            source=EnrolmentSource.SELF,
            due_on=due_on,
            actor=SYSTEM,
            now=clock.now(),
        )
