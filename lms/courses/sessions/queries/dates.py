"""Dates of live sessions: one, those of an activity, and lists of all."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Select, func, select

from lms.courses.authoring.models import CourseRow
from lms.courses.sessions.models import BookingRow, LiveSessionDay, LiveSessionRow, LiveSessionTrainer
from lms.courses.sessions.values import Day, Session, SessionState
from lms.courses.values import ActivityKey, BookingState, CourseId, LiveSessionId
from lms.identity import facade as identity
from lms.identity.values import PersonId
from lms.kernel.db import db
from lms.kernel.errors import NotFound
from lms.web.pages import Page, PageRequest, keyset


class Which(StrEnum):
    """Which dates a list shows."""

    UPCOMING = "upcoming"
    TO_CLOSE = "to_close"
    PAST = "past"
    CANCELLED = "cancelled"


def _count(state: BookingState) -> Any:
    return (
        select(func.count())
        .where(BookingRow.session_id == LiveSessionRow.id, BookingRow.state == state)
        .correlate(LiveSessionRow)
        .scalar_subquery()
    )


def _sessions() -> Select[Any]:
    return select(
        LiveSessionRow,
        CourseRow.title,
        CourseRow.slug,
        _count(BookingState.CONFIRMED),
        _count(BookingState.WAITING),
    ).join(CourseRow, CourseRow.id == LiveSessionRow.course_id)


def values_of(rows: Sequence[Any]) -> list[Session]:
    """Return the values of rows of `_sessions`, their days and trainers read at once."""
    ids = [row[0].id for row in rows]
    days, trainers = _days_of(ids), _trainers_of(ids)
    return [_value_of(row, days.get(row[0].id, []), trainers.get(row[0].id, {})) for row in rows]


def _value_of(row: Any, days: Sequence[Day], trainers: Mapping[PersonId, str]) -> Session:
    session, course_title, course_slug, confirmed, waiting = row[:5]
    return Session(
        id=session.id,
        course_id=session.course_id,
        course_title=course_title,
        course_slug=course_slug,
        activity_key=session.activity_key,
        title=session.title,
        state=session.state,
        days=days,
        time_zone=session.time_zone,
        place=session.place,
        link=session.link,
        seats=session.seats,
        trainers=trainers,
        language=session.language,
        note=session.note,
        book_closes_hours=session.book_closes_hours,
        cancel_closes_hours=session.cancel_closes_hours,
        sequence=session.sequence,
        version=session.version,
        cancel_reason=session.cancel_reason,
        closed_at=session.closed_at,
        confirmed=confirmed,
        waiting=waiting,
    )


def _days_of(ids: Collection[LiveSessionId]) -> dict[LiveSessionId, list[Day]]:
    found: dict[LiveSessionId, list[Day]] = {}
    rows = db.session.execute(
        select(LiveSessionDay.session_id, LiveSessionDay.starts_at, LiveSessionDay.ends_at)
        .where(LiveSessionDay.session_id.in_(ids))
        .order_by(LiveSessionDay.session_id, LiveSessionDay.number)
    )
    for session_id, starts_at, ends_at in rows:
        found.setdefault(session_id, []).append(Day(starts_at, ends_at))
    return found


def _trainers_of(ids: Collection[LiveSessionId]) -> dict[LiveSessionId, dict[PersonId, str]]:
    rows = db.session.execute(
        select(LiveSessionTrainer.session_id, LiveSessionTrainer.person_id).where(
            LiveSessionTrainer.session_id.in_(ids)
        )
    ).all()
    people = identity.list_people({person_id for _session, person_id in rows})
    found: dict[LiveSessionId, dict[PersonId, str]] = {}
    for session_id, person_id in rows:
        found.setdefault(session_id, {})[person_id] = people[person_id].name
    return found


def get_session(session_id: LiveSessionId) -> Session:
    """Return a date; NotFound if there is none."""
    return list_sessions([session_id]).get(session_id) or _missing()


def _missing() -> Session:
    raise NotFound


def list_sessions(ids: Collection[LiveSessionId]) -> Mapping[LiveSessionId, Session]:
    """Return the dates of these ids, by id."""
    if not ids:
        return {}
    rows = db.session.execute(_sessions().where(LiveSessionRow.id.in_(ids))).all()
    return {one.id: one for one in values_of(rows)}


def lock_session(session_id: LiveSessionId) -> LiveSessionRow:
    """Return a date's row, held until the transaction ends: its seats are given one by one; NotFound without it."""
    row = db.session.scalars(
        select(LiveSessionRow)
        .where(LiveSessionRow.id == session_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).first()
    if row is None:
        raise NotFound
    return row


def list_day_rows(session_id: LiveSessionId) -> Sequence[LiveSessionDay]:
    """Return the rows of a date's days, in order."""
    return db.session.scalars(
        select(LiveSessionDay).where(LiveSessionDay.session_id == session_id).order_by(LiveSessionDay.number)
    ).all()


def list_trainer_rows(session_id: LiveSessionId) -> Sequence[LiveSessionTrainer]:
    """Return the rows of who holds a date."""
    return db.session.scalars(
        select(LiveSessionTrainer).where(LiveSessionTrainer.session_id == session_id)
    ).all()


def page_offered(key: ActivityKey, now: datetime, wanted: PageRequest) -> Page[Session]:
    """Return a page of the dates of an activity that are still to come, the soonest first."""
    query = _sessions().where(
        LiveSessionRow.activity_key == key,
        LiveSessionRow.state == SessionState.SCHEDULED,
        LiveSessionRow.starts_at > now,
    )
    return _paged(query, wanted)


def page_dates(
    which: Which,
    now: datetime,
    wanted: PageRequest,
    *,
    course_id: CourseId | None = None,
    key: ActivityKey | None = None,
    held_by: PersonId | None = None,
) -> Page[Session]:
    """Return a page of dates: what comes by time, what has been from the latest back."""
    query = _sessions().where(_filter(which, now))
    if course_id is not None:
        query = query.where(LiveSessionRow.course_id == course_id)
    if key is not None:
        query = query.where(LiveSessionRow.activity_key == key)
    if held_by is not None:
        holds = select(LiveSessionTrainer.session_id).where(LiveSessionTrainer.person_id == held_by)
        query = query.where(LiveSessionRow.id.in_(holds))
    return _paged(query, wanted, descending=which in {Which.PAST, Which.CANCELLED})


def _filter(which: Which, now: datetime) -> Any:
    state = LiveSessionRow.state
    if which is Which.CANCELLED:
        return state == SessionState.CANCELLED
    if which is Which.PAST:
        return state == SessionState.HELD
    scheduled = state == SessionState.SCHEDULED
    over = LiveSessionRow.ends_at <= now
    return scheduled & (over if which is Which.TO_CLOSE else ~over)


def _paged(query: Select[Any], wanted: PageRequest, *, descending: bool = False) -> Page[Session]:
    by = (LiveSessionRow.starts_at, LiveSessionRow.id)
    page = keyset(query, by=by, wanted=wanted, descending=descending, scalars=False)
    return Page(values_of(page.items), page.next, page.previous)
