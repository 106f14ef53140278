"""Places of courses that have only so many: who gets one, who waits, and who moves up when one is free.

A course with places is held while they are counted, so two who want the last one come one after the other; a course
without is not held. Whoever has an open enrolment has a place; who has completed the course has left theirs to others.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.dialects import postgresql, sqlite

from lms.courses import policy
from lms.courses.authoring import queries as authoring
from lms.courses.events import EnrolmentMade, PlaceFound, WaitBegun, WaitEnded
from lms.courses.learning import queries
from lms.courses.learning.models import CourseWaitRow, EnrolmentRow
from lms.courses.learning.rules.due import due_of
from lms.courses.learning.service.counting import count_entered
from lms.courses.learning.values import CourseWaitId, WaitEnd
from lms.courses.values import CourseId, DueRule, EnrolmentId, EnrolmentSource
from lms.courses.values.seats import free, gets_one
from lms.identity import facade as identity
from lms.identity.values import PersonId
from lms.kernel import events, uow
from lms.kernel.actor import Actor
from lms.kernel.db import db, new_id
from lms.kernel.errors import Forbidden, NotFound
from lms.web.context import oem_zone

_WAITS: Any = CourseWaitRow.__table__


def hold(course_id: CourseId) -> int | None:
    """Return how many places a course has, held until the transaction ends; None, and not held, if without end."""
    return authoring.hold_places(course_id)


def left_of(course_id: CourseId) -> int | None:
    """Return how many more may be enrolled on a course, which is held; None without limit. Nobody passes who waits."""
    places = hold(course_id)
    if places is None:
        return None
    taken, waiting = queries.count_open(course_id), queries.count_waiting(course_id)
    return (free(places, taken) or 0) if gets_one(places, taken, waiting) else 0


def wait(
    course_id: CourseId,
    people: Sequence[PersonId],
    *,
    due: DueRule,
    source: EnrolmentSource,
    by: PersonId | None,
    now: datetime,
) -> frozenset[PersonId]:
    """Put people on the waiting list of a course that is held, in this order; return who of them is on it now."""
    if not people:
        return frozenset()
    insert = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    statement = insert(_WAITS).on_conflict_do_nothing().returning(_WAITS.c.person_id)
    rows = [
        {
            "id": new_id(),
            "course_id": course_id,
            "person_id": person_id,
            "source": source,
            "due_on": due.on,
            "due_days": due.days,
            "asked_at": now,
            "asked_by": by,
        }
        for person_id in people
    ]
    db.session.flush()
    made = sorted(PersonId(one) for one in db.session.connection().execute(statement, rows).scalars())
    for person_id in made:
        events.record(WaitBegun(course_id=course_id, person_id=person_id, asked_by=by))
    return frozenset(row.person_id for row in queries.list_waits_of(course_id, people))


def fill_later(course_id: CourseId, now: datetime) -> None:
    """Give what is free of a course to who waits, as the last thing before this transaction commits."""
    uow.gather(_fill_all, [(course_id, now)])


def _fill_all(wanted: set[tuple[CourseId, datetime]]) -> None:
    for course_id, now in sorted(dict(sorted(wanted)).items()):
        fill(course_id, now)


def fill(course_id: CourseId, now: datetime) -> None:
    """Give every free place of a course to who has waited longest; all who wait, where it is without limit."""
    places = hold(course_id)
    offer = authoring.find_offer(course_id)
    if offer is None:
        return
    some = free(places, queries.count_open(course_id)) if places is not None else None
    for row in queries.list_waits(course_id, at_most=some):
        _move_up(row, offer, now)


def _move_up(row: CourseWaitRow, offer: authoring.Offer, now: datetime) -> None:
    row.ended_at, row.ended_why = now, WaitEnd.PLACED
    due = due_of(DueRule(on=row.due_on, days=row.due_days), now.astimezone(oem_zone()).date())
    insert = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    db.session.flush()
    made: EnrolmentId | None = db.session.scalar(
        insert(EnrolmentRow)
        .values(
            id=EnrolmentId(new_id()),
            person_id=row.person_id,
            course_id=row.course_id,
            version_id=offer.version_id,
            source=row.source,
            due_on=due,
            enrolled_at=now,
            enrolled_by=row.asked_by,
            done_count=0,
            resume_id=queries.find_first_activity(offer.version_id),
        )
        .on_conflict_do_nothing()
        .returning(EnrolmentRow.id)
    )
    if made is None:
        return
    count_entered(offer.version_id, [row.person_id])
    # Nobody did it: who moved up is told by the place that was found.
    events.record(
        EnrolmentMade(
            enrolment_id=made,
            person_id=row.person_id,
            course_id=row.course_id,
            source=row.source,
            due_on=due,
            enrolled_by=None,
        )
    )
    events.record(PlaceFound(enrolment_id=made, person_id=row.person_id, course_id=row.course_id))


def leave_list(*, course_id: CourseId, actor: Actor, now: datetime) -> bool:
    """Take oneself off a course's waiting list; return whether one was on it."""
    if not policy.may_learn(actor) or actor.person_id is None:
        raise Forbidden(_("Auditors read everything and change nothing."))
    return end_waits(course_id, [PersonId(actor.person_id)], WaitEnd.BY_PERSON, now) != frozenset()


def take_off(*, wait_id: CourseWaitId, actor: Actor, now: datetime) -> CourseId:
    """Take somebody within reach off a waiting list, and return its course; twice is once."""
    if not actor.may(policy.ENROL_PEOPLE):
        raise Forbidden
    row = queries.find_wait(wait_id)
    if row is None or not identity.is_person_visible(row.person_id, actor.scope_of(policy.ENROL_PEOPLE)):
        raise NotFound
    end_waits(row.course_id, [row.person_id], WaitEnd.BY_OTHERS, now)
    return row.course_id


def end_waits(
    course_id: CourseId, people: Collection[PersonId], why: WaitEnd, now: datetime
) -> frozenset[PersonId]:
    """Take those of these people off a course's waiting list who are on it, and return whom."""
    hold(course_id)
    rows = queries.list_waits_of(course_id, people)
    for row in rows:
        row.ended_at, row.ended_why = now, why
        events.record(WaitEnded(course_id=course_id, person_id=row.person_id, why=why.value))
    db.session.flush()
    return frozenset(row.person_id for row in rows)


def end_all_waits(person_id: PersonId, now: datetime) -> None:
    """Take who leaves for good off every waiting list."""
    for course_id in queries.list_waited_for(person_id):
        end_waits(course_id, [person_id], WaitEnd.LEFT_FOR_GOOD, now)
