"""Places of courses that have only so many: how many are taken, and who waits in which order."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Uuid, bindparam, case, func, select
from sqlalchemy.orm import aliased

from lms.courses.authoring.models import CourseRow
from lms.courses.learning.models import CourseWaitRow, EnrolmentRow
from lms.courses.learning.values import CourseWaitId, WaitLine
from lms.courses.values import CourseId
from lms.courses.values.seats import free
from lms.identity import facade as identity
from lms.identity.values import PersonId
from lms.kernel.actor import Scope
from lms.kernel.db import db
from lms.web.pages import Page, PageRequest, keyset

_WAITS = CourseWaitRow.ended_at.is_(None)


def count_open(course_id: CourseId) -> int:
    """Return how many are in a course now."""
    query = select(func.count()).where(EnrolmentRow.course_id == course_id, EnrolmentRow.ended_at.is_(None))
    return db.session.scalar(query) or 0


def count_waiting(course_id: CourseId) -> int:
    """Return how many wait for a place in a course."""
    return db.session.scalar(select(func.count()).where(CourseWaitRow.course_id == course_id, _WAITS)) or 0


def count_left(course_id: CourseId) -> int | None:
    """Return how many more may be enrolled on a course today; None without limit."""
    places = db.session.scalar(select(CourseRow.places).where(CourseRow.id == course_id))
    if places is None:
        return None
    return 0 if count_waiting(course_id) else free(places, count_open(course_id))


def list_waits(course_id: CourseId, *, at_most: int | None) -> Sequence[CourseWaitRow]:
    """Return who has waited longest for a place in a course, held; all where `at_most` is None."""
    query = (
        select(CourseWaitRow)
        .where(CourseWaitRow.course_id == course_id, _WAITS)
        .order_by(CourseWaitRow.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return db.session.scalars(query if at_most is None else query.limit(at_most)).all()


def list_waits_of(course_id: CourseId, people: Collection[PersonId]) -> Sequence[CourseWaitRow]:
    """Return those of these people who wait for a place in a course, held."""
    return db.session.scalars(
        select(CourseWaitRow)
        .where(CourseWaitRow.course_id == course_id, CourseWaitRow.person_id.in_(people), _WAITS)
        .order_by(CourseWaitRow.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()


def list_on_list(course_id: CourseId, people: Collection[PersonId]) -> frozenset[PersonId]:
    """Return those of these people who wait for a place in a course."""
    query = select(CourseWaitRow.person_id).where(
        CourseWaitRow.course_id == course_id, CourseWaitRow.person_id.in_(people), _WAITS
    )
    return frozenset(db.session.scalars(query))


def list_waited_for(person_id: PersonId) -> Sequence[CourseId]:
    """Return the courses in which a person waits for a place, in the order in which courses are held."""
    return db.session.scalars(
        select(CourseWaitRow.course_id)
        .where(CourseWaitRow.person_id == person_id, _WAITS)
        .order_by(CourseWaitRow.course_id)
    ).all()


def find_wait(wait_id: CourseWaitId) -> CourseWaitRow | None:
    """Return a place on a waiting list, or None."""
    return db.session.get(CourseWaitRow, wait_id)


def export_waits(person_id: PersonId) -> Sequence[Mapping[str, Any]]:
    """Return the places that a person waited or waits for, for their own export."""
    rows = db.session.execute(
        select(CourseWaitRow, CourseRow.title)
        .join(CourseRow, CourseRow.id == CourseWaitRow.course_id)
        .where(CourseWaitRow.person_id == person_id)
        .order_by(CourseWaitRow.id)
    )
    return [
        {
            "course": title,
            "asked_at": row.asked_at.isoformat(),
            "ended_at": row.ended_at.isoformat() if row.ended_at else None,
            "ended_why": row.ended_why.value if row.ended_why else None,
        }
        for row, title in rows
    ]


def page_waits(course_id: CourseId, scope: Scope, at: PageRequest) -> Page[WaitLine]:
    """Return a page of those whom `scope` reaches on a course's waiting list, in their order: two queries."""
    numbered = (
        select(
            CourseWaitRow.id,
            CourseWaitRow.person_id,
            CourseWaitRow.asked_at,
            func.row_number().over(order_by=CourseWaitRow.id).label("number"),
        )
        .where(CourseWaitRow.course_id == course_id, _WAITS)
        .subquery()
    )
    query = select(numbered.c.id, numbered.c.person_id, numbered.c.asked_at, numbered.c.number).where(
        identity.person_in_scope(numbered.c.person_id, scope)
    )
    page = keyset(query, by=[numbered.c.id], wanted=at, scalars=False)
    people = identity.list_people([row[1] for row in page.items])
    return page.map(
        lambda row: WaitLine(row[0], row[3], people[row[1]].name, people[row[1]].employer_name, row[2])
    )


def place_columns() -> tuple[Any, ...]:
    """Return columns beside a course's row: its places, how many are taken, and :person_id's number among who waits."""
    inner, ahead, own = aliased(EnrolmentRow), aliased(CourseWaitRow), aliased(CourseWaitRow)
    taken = select(func.count()).where(inner.course_id == CourseRow.id, inner.ended_at.is_(None))
    theirs = (
        select(own.id)
        .where(
            own.course_id == CourseRow.id,
            own.person_id == bindparam("person_id", type_=Uuid()),
            own.ended_at.is_(None),
        )
        .correlate(CourseRow)
        .scalar_subquery()
    )
    number = (
        select(func.count())
        .where(ahead.course_id == CourseRow.id, ahead.ended_at.is_(None), ahead.id <= theirs)
        .correlate(CourseRow)
        .scalar_subquery()
    )
    limited = CourseRow.places.is_not(None)
    return (
        CourseRow.places,
        case((limited, taken.correlate(CourseRow).scalar_subquery()), else_=0),
        case((limited, number), else_=0),
    )
