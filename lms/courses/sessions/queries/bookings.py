"""Bookings: whose they are, who waits, who is on a sheet, and who is to be reminded."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import and_, bindparam, exists, func, select
from sqlalchemy.orm import aliased

from lms.courses.authoring.models import ActivityRow, CourseRow
from lms.courses.learning.models import ActivityStateRow, EnrolmentRow
from lms.courses.sessions.models import BookingRow, LiveSessionRow
from lms.courses.sessions.queries.dates import list_sessions
from lms.courses.sessions.values import Booking, SheetLine, TeamLine
from lms.courses.values import (
    ActivityId,
    ActivityKey,
    BookingEnd,
    BookingId,
    BookingState,
    CourseId,
    CourseVersionId,
    EnrolmentId,
    LiveSessionId,
    Mark,
)
from lms.identity import facade as identity
from lms.identity.values import PersonId
from lms.kernel.actor import EVERYTHING, Scope
from lms.kernel.among import among
from lms.kernel.db import db, fetch
from lms.kernel.errors import NotFound
from lms.web.pages import Page, PageRequest, keyset

AT_ONCE = 500
OWN_AT_MOST = 50


class Enrolled(NamedTuple):
    """A person's open enrolment in the course of a date, and the activity as their version has it."""

    enrolment_id: EnrolmentId
    activity_id: ActivityId
    completed_at: datetime | None


def find_enrolled(person_id: PersonId, session_id: LiveSessionId) -> Enrolled | None:
    """Return the open enrolment that entitles a person to a date, held until the transaction ends; else None."""
    row = db.session.execute(
        select(EnrolmentRow.id, ActivityRow.id, ActivityStateRow.completed_at)
        .join(LiveSessionRow, LiveSessionRow.course_id == EnrolmentRow.course_id)
        .join(
            ActivityRow,
            and_(
                ActivityRow.version_id == EnrolmentRow.version_id,
                ActivityRow.key == LiveSessionRow.activity_key,
            ),
        )
        .outerjoin(
            ActivityStateRow,
            and_(
                ActivityStateRow.enrolment_id == EnrolmentRow.id,
                ActivityStateRow.activity_id == ActivityRow.id,
            ),
        )
        .where(
            LiveSessionRow.id == session_id,
            EnrolmentRow.person_id == person_id,
            EnrolmentRow.ended_at.is_(None),
        )
        .with_for_update(of=EnrolmentRow)
    ).first()
    return Enrolled(*row) if row else None


def count_seats(session_id: LiveSessionId) -> tuple[int, int]:
    """Return how many of a date's bookings are confirmed, and how many wait."""
    rows = db.session.execute(
        select(BookingRow.state, func.count())
        .where(BookingRow.session_id == session_id)
        .group_by(BookingRow.state)
    )
    counts = {state: count for state, count in rows}  # noqa: C416  a dict of rows has no types
    return counts.get(BookingState.CONFIRMED, 0), counts.get(BookingState.WAITING, 0)


def list_waiting(session_id: LiveSessionId, *, at_most: int | None) -> Sequence[BookingRow]:
    """Return who has waited longest."""
    return db.session.scalars(
        select(BookingRow)
        .where(BookingRow.session_id == session_id, BookingRow.state == BookingState.WAITING)
        .order_by(BookingRow.id)
        .limit(at_most)
    ).all()


def find_open(person_id: PersonId, key: ActivityKey) -> BookingRow | None:
    """Return the open booking of a person in an activity, or None."""
    return db.session.scalars(
        select(BookingRow).where(
            BookingRow.person_id == person_id,
            BookingRow.activity_key == key,
            BookingRow.ended_at.is_(None),
        )
    ).first()


def get_row(booking_id: BookingId) -> BookingRow:
    """Return a booking's row as it stands now; NotFound without it."""
    row = db.session.get(BookingRow, booking_id, populate_existing=True)
    if row is None:
        raise NotFound
    return row


def get_own(booking_id: BookingId, person_id: PersonId) -> Booking:
    """Return a person's own booking; NotFound for any other."""
    found = _list_own(BookingRow.id == booking_id, BookingRow.person_id == person_id)
    if not found:
        raise NotFound
    return found[0]


def list_own(person_id: PersonId, key: ActivityKey) -> Sequence[Booking]:
    """Return a person's bookings of an activity, the latest first."""
    return _list_own(BookingRow.person_id == person_id, BookingRow.activity_key == key)


def _list_own(*where: Any) -> Sequence[Booking]:
    before = aliased(BookingRow)
    line = (
        select(func.count())
        .where(
            before.session_id == BookingRow.session_id,
            before.state == BookingState.WAITING,
            before.id <= BookingRow.id,
        )
        .correlate(BookingRow)
        .scalar_subquery()
    )
    rows = db.session.execute(
        select(BookingRow, line).where(*where).order_by(BookingRow.id.desc()).limit(OWN_AT_MOST)
    )
    return [booking_of(row, place) for row, place in rows]


def booking_of(row: BookingRow, place: int = 0) -> Booking:
    """Return a row's value."""
    return Booking(
        id=row.id,
        session_id=row.session_id,
        person_id=row.person_id,
        enrolment_id=row.enrolment_id,
        activity_id=row.activity_id,
        state=row.state,
        ended_at=row.ended_at,
        ended_why=row.ended_why,
        mark=row.mark,
        minutes=row.minutes,
        place_in_line=place if row.state is BookingState.WAITING else 0,
    )


def list_open_of_enrolments(enrolment_ids: Collection[EnrolmentId]) -> Sequence[BookingRow]:
    """Return the open bookings that rest on any of these enrolments, by session."""
    return db.session.scalars(
        select(BookingRow)
        .where(BookingRow.enrolment_id.in_(enrolment_ids), BookingRow.ended_at.is_(None))
        .order_by(BookingRow.session_id)
    ).all()


def list_open_without_activity(course_id: CourseId, version_id: CourseVersionId) -> Sequence[BookingRow]:
    """Return the open bookings of people on a version of the course that has no such activity, by session."""
    return db.session.scalars(
        select(BookingRow)
        .join(EnrolmentRow, EnrolmentRow.id == BookingRow.enrolment_id)
        .where(
            EnrolmentRow.course_id == course_id,
            EnrolmentRow.version_id == version_id,
            BookingRow.ended_at.is_(None),
            ~exists().where(ActivityRow.version_id == version_id, ActivityRow.key == BookingRow.activity_key),
        )
        .order_by(BookingRow.session_id, BookingRow.id)
    ).all()


def list_open(session_id: LiveSessionId) -> Sequence[BookingRow]:
    """Return every open booking of a date, in the order they were made."""
    return db.session.scalars(
        select(BookingRow)
        .where(BookingRow.session_id == session_id, BookingRow.ended_at.is_(None))
        .order_by(BookingRow.id)
    ).all()


def list_confirmed(session_id: LiveSessionId, scope: Scope = EVERYTHING) -> Sequence[BookingRow]:
    """Return every booking that has a seat, also once the session is past, of people whom `scope` reaches."""
    return db.session.scalars(
        select(BookingRow)
        .where(
            BookingRow.session_id == session_id,
            BookingRow.state == BookingState.CONFIRMED,
            identity.person_in_scope(BookingRow.person_id, scope),
        )
        .order_by(BookingRow.id)
    ).all()


class Stated(NamedTuple):
    """A confirmed booking as it is told to the record store."""

    id: BookingId
    session_id: LiveSessionId
    person_id: PersonId
    enrolment_id: EnrolmentId
    activity_id: ActivityId
    mark: Mark
    minutes: int
    title: str
    language: str


_STATED = (
    select(
        BookingRow.id,
        BookingRow.session_id,
        BookingRow.person_id,
        BookingRow.enrolment_id,
        BookingRow.activity_id,
        BookingRow.mark,
        BookingRow.minutes,
        LiveSessionRow.title,
        LiveSessionRow.language,
    )
    .join(LiveSessionRow, LiveSessionRow.id == BookingRow.session_id)
    .where(among(BookingRow.session_id, "sessions"), BookingRow.mark.is_not(None))
    .order_by(BookingRow.id)
)


def list_stated(session_ids: Collection[LiveSessionId]) -> Sequence[Stated]:
    """Return everybody who has a mark in one of these sessions, of which there are a few."""
    return [Stated(*row) for row in fetch(_STATED, {"sessions": list(session_ids)})]


def list_dropped(session_id: LiveSessionId) -> Sequence[BookingRow]:
    """Return the bookings that ended because their date was called off."""
    return db.session.scalars(
        select(BookingRow)
        .where(BookingRow.session_id == session_id, BookingRow.ended_why == BookingEnd.SESSION_CANCELLED)
        .order_by(BookingRow.id)
    ).all()


def page_sheet(
    session_id: LiveSessionId, state: BookingState, scope: Scope, wanted: PageRequest
) -> Page[SheetLine]:
    """Return a page of who has a seat, by name, or of who waits, by their place; within `scope` alone."""
    query, person = _with_people(scope)
    query = query.where(BookingRow.session_id == session_id, BookingRow.state == state)
    by = (BookingRow.id,) if state is BookingState.WAITING else (person.name, BookingRow.id)
    return keyset(query, by=by, wanted=wanted, scalars=False).map(_line_of)


def _with_people(scope: Scope) -> tuple[Any, Any]:
    """Return the query of bookings with their people whom `scope` reaches, and the people's table."""
    query = identity.columns_of_people()
    person = query.column_descriptions[0]["entity"]
    return (
        query.join(BookingRow, BookingRow.person_id == person.id)
        .add_columns(BookingRow)
        .where(identity.person_in_scope(BookingRow.person_id, scope)),
        person,
    )


def _line_of(row: Any) -> SheetLine:
    person, booking = identity.person_of(row), row[4]
    return SheetLine(
        booking_id=booking.id,
        person_id=person.id,
        name=person.name,
        employer_name=person.employer_name,
        state=booking.state,
        mark=booking.mark,
        minutes=booking.minutes,
    )


def count_marks(session_id: LiveSessionId) -> Mapping[Any, int]:
    """Return how many of those with a seat are marked how; None for who is not marked yet."""
    rows = db.session.execute(
        select(BookingRow.mark, func.count())
        .where(BookingRow.session_id == session_id, BookingRow.state == BookingState.CONFIRMED)
        .group_by(BookingRow.mark)
    )
    return {mark: count for mark, count in rows}  # noqa: C416  a dict of rows has no types


def page_team(scope: Scope, now: datetime, wanted: PageRequest) -> Page[TeamLine]:
    """Return a page of who, of the people `scope` reaches, has a seat or waits for one, by time."""
    query, _person = _with_people(scope)
    query = query.join(LiveSessionRow, LiveSessionRow.id == BookingRow.session_id).where(
        BookingRow.ended_at.is_(None), LiveSessionRow.ends_at > now
    )
    page = keyset(query, by=(LiveSessionRow.starts_at, BookingRow.id), wanted=wanted, scalars=False)
    found = list_sessions({row[4].session_id for row in page.items})
    return page.map(
        lambda row: TeamLine(
            session=found[row[4].session_id],
            name=identity.person_of(row).name,
            employer_name=identity.person_of(row).employer_name,
            state=row[4].state,
        )
    )


def is_visible(booking_id: BookingId, session_id: LiveSessionId, scope: Scope) -> bool:
    """Return whether a booking is one of this date and its person within `scope`."""
    query = select(BookingRow.id).where(
        BookingRow.id == booking_id,
        BookingRow.session_id == session_id,
        identity.person_in_scope(BookingRow.person_id, scope),
    )
    return db.session.scalars(query).first() is not None


# Built once: the home page asks.
_NEXT: Any = (
    select(
        BookingRow.id,
        BookingRow.state,
        BookingRow.activity_id,
        LiveSessionRow.title,
        LiveSessionRow.starts_at,
        LiveSessionRow.ends_at,
        LiveSessionRow.time_zone,
        LiveSessionRow.place,
        LiveSessionRow.link,
        CourseRow.slug,
        CourseRow.title.label("course_title"),
    )
    .join(LiveSessionRow, LiveSessionRow.id == BookingRow.session_id)
    .join(CourseRow, CourseRow.id == LiveSessionRow.course_id)
    .where(
        BookingRow.person_id == bindparam("person_id"),
        BookingRow.ended_at.is_(None),
        LiveSessionRow.ends_at > bindparam("now", type_=LiveSessionRow.ends_at.type),
    )
    .order_by(LiveSessionRow.starts_at, BookingRow.id)
    .limit(1)
)


def find_next(person_id: PersonId, now: datetime) -> Any:
    """Return what the home page says of a person's next session, or None."""
    return fetch(_NEXT, {"person_id": person_id, "now": now}).first()


def list_to_remind(now: datetime, *, at_most: int) -> Sequence[BookingId]:
    """Return bookings whose reminder is due."""
    return db.session.scalars(
        select(BookingRow.id)
        .where(BookingRow.remind_at.is_not(None), BookingRow.remind_at <= now)
        .order_by(BookingRow.remind_at)
        .limit(at_most)
    ).all()


def lock_to_remind(booking_id: BookingId, now: datetime) -> tuple[BookingRow, LiveSessionRow] | None:
    """Return a booking whose reminder is due, with its date, held until the transaction ends; None if told already."""
    row = db.session.execute(
        select(BookingRow, LiveSessionRow)
        .join(LiveSessionRow, LiveSessionRow.id == BookingRow.session_id)
        .where(BookingRow.id == booking_id, BookingRow.remind_at <= now)
        .with_for_update(of=BookingRow)
        .execution_options(populate_existing=True)
    ).first()
    return (row[0], row[1]) if row else None


def list_past_open(person_id: PersonId, key: ActivityKey, now: datetime) -> Sequence[BookingRow]:
    """Return a person's open bookings of an activity whose session is over, though its sheet is not closed."""
    return db.session.scalars(
        select(BookingRow)
        .join(LiveSessionRow, LiveSessionRow.id == BookingRow.session_id)
        .where(
            BookingRow.person_id == person_id,
            BookingRow.activity_key == key,
            BookingRow.ended_at.is_(None),
            LiveSessionRow.ends_at <= now,
        )
    ).all()


def list_of_person(person_id: PersonId) -> Sequence[BookingRow]:
    """Return every booking of a person."""
    return db.session.scalars(
        select(BookingRow).where(BookingRow.person_id == person_id).order_by(BookingRow.id)
    ).all()


def export_person(person_id: PersonId) -> Sequence[Mapping[str, Any]]:
    """Return a person's bookings, as JSON values."""
    rows = db.session.execute(
        select(BookingRow, LiveSessionRow.title, LiveSessionRow.starts_at)
        .join(LiveSessionRow, LiveSessionRow.id == BookingRow.session_id)
        .where(BookingRow.person_id == person_id)
        .order_by(BookingRow.id)
        .limit(AT_ONCE)
    )
    return [
        {
            "session": title,
            "starts_at": starts_at.isoformat(),
            "booked_at": row.booked_at.isoformat(),
            "state": row.state.value,
            "attendance": row.mark.value if row.mark else None,
            "minutes": row.minutes,
        }
        for row, title, starts_at in rows
    ]
