"""The marking queue: what waits, for whom, and who sees it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, and_, case, exists, func, or_, select, true

from lms.courses import policy
from lms.courses.assignments.models import MarkerTold, MarkRow, MarkWords, WorkMarker, WorkRow
from lms.courses.assignments.values import Counts, Waiting
from lms.courses.authoring.models import CourseRow
from lms.courses.values import CourseId
from lms.courses.values.marking import Work, WorkId
from lms.identity import facade as identity
from lms.identity.values import PersonId
from lms.kernel.actor import Actor, Role, Scope
from lms.kernel.db import db
from lms.kernel.errors import NotFound
from lms.web.pages import Page, PageRequest, keyset

SEES_ALL = frozenset({Role.ADMINISTRATOR, Role.PROGRAMME_MANAGER, Role.AUDITOR})
"""Who reads work that is named to others too."""
COURSES_AT_MOST = 200


class Which(StrEnum):
    """Which work a list shows."""

    WAITING = "waiting"
    MINE = "mine"
    MARKED = "marked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """What a marker looks for."""

    which: Which = Which.WAITING
    course_id: CourseId | None = None
    late: bool = False
    before: datetime | None = None
    """Only what has waited since earlier than this."""


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """Return the filter for work that `actor` sees in the queue: never their own.

    A trainer sees what is named to them, and of the people their role reaches what is named to nobody.
    """
    if actor.is_system:
        return true()
    me = PersonId(actor.person_id) if actor.person_id else None
    named = exists().where(WorkMarker.work_id == WorkRow.id, WorkMarker.person_id == me)
    reached = identity.person_in_scope(WorkRow.person_id, actor.scope_of(policy.VIEW_MARKING))
    if not actor.roles & SEES_ALL:
        reached = and_(reached, WorkRow.is_named.is_(False))
    return and_(WorkRow.person_id != me, or_(named, reached))


def _with_people() -> tuple[Any, Any]:
    query = identity.columns_of_people()
    person = query.column_descriptions[0]["entity"]
    return (
        query.join(WorkRow, WorkRow.person_id == person.id)
        .join(CourseRow, CourseRow.id == WorkRow.course_id)
        .add_columns(WorkRow, CourseRow.title),
        person,
    )


def page_queue(actor: Actor, wanted: Filter, now: datetime, at: PageRequest) -> Page[Waiting]:
    """Return a page of work: what has waited longest first, what is marked from the latest back."""
    query, _person = _with_people()
    query = query.where(visible_to(actor), _matching(wanted, actor, now))
    is_marked = wanted.which is Which.MARKED
    by = (WorkRow.ended_at if is_marked else WorkRow.waiting_since, WorkRow.id)
    page = keyset(query, by=by, wanted=at, descending=is_marked, scalars=False)
    return Page(_waiting_of(page.items, now), page.next, page.previous)


def _matching(wanted: Filter, actor: Actor, now: datetime) -> ColumnElement[bool]:
    said: list[ColumnElement[bool]] = [
        WorkRow.outcome.is_not(None) if wanted.which is Which.MARKED else WorkRow.ended_at.is_(None)
    ]
    if wanted.which is Which.MARKED:
        said.append(WorkRow.ended_at.is_not(None))
    if wanted.which is Which.MINE:
        said.append(_is_mine(actor, now))
    if wanted.course_id is not None:
        said.append(WorkRow.course_id == wanted.course_id)
    if wanted.late:
        said.append(WorkRow.is_late.is_(True))
    if wanted.before is not None:
        said.append(WorkRow.waiting_since <= wanted.before)
    return and_(*said)


def _is_mine(actor: Actor, now: datetime) -> ColumnElement[bool]:
    return and_(WorkRow.claimed_by == actor.person_id, WorkRow.claimed_until > now)


def _waiting_of(rows: Sequence[Any], now: datetime) -> list[Waiting]:
    claimers = identity.list_people({row[4].claimed_by for row in rows if row[4].claimed_by is not None})
    found = []
    for row in rows:
        person, work = identity.person_of(row), row[4]
        holds = work.ended_at is None and work.claimed_until is not None and work.claimed_until > now
        claimer = claimers.get(work.claimed_by) if holds else None
        is_hidden = work.is_blind and work.ended_at is None
        found.append(
            Waiting(
                id=work.id,
                work=work_of(work),
                person_name=nameless(work.id) if is_hidden else person.name,
                employer_name="" if is_hidden else person.employer_name,
                course_title=row[5],
                claimed_by=work.claimed_by if holds else None,
                claimed_by_name=claimer.name if claimer else "",
                ended_at=work.ended_at,
                outcome=work.outcome,
                marks=work.marks,
            )
        )
    return found


def work_of(row: WorkRow) -> Work:
    """Return a row's value, without who may mark it."""
    return Work(
        source=row.source,
        ref=row.ref,
        title=row.title,
        course_id=row.course_id,
        activity_id=row.activity_id,
        enrolment_id=row.enrolment_id,
        person_id=row.person_id,
        waiting_since=row.waiting_since,
        is_late=row.is_late,
        is_blind=row.is_blind and row.ended_at is None,
    )


def nameless(work_id: WorkId) -> str:
    """Return what work is called whose marker is not to know whose it is: by letters that say nothing of a person."""
    return _("Without name, %(letters)s", letters=work_id.hex[-4:].upper())


def count_queue(actor: Actor, now: datetime) -> Counts:
    """Return how much waits that `actor` sees, how much of it came late, and how much they have taken: one query."""
    mine = _is_mine(actor, now)
    row = db.session.execute(
        select(
            func.count(),
            func.coalesce(func.sum(case((WorkRow.is_late.is_(True), 1), else_=0)), 0),
            func.coalesce(func.sum(case((mine, 1), else_=0)), 0),
        ).where(visible_to(actor), WorkRow.ended_at.is_(None))
    ).one()
    return Counts(*(int(one) for one in row))


def list_courses(actor: Actor) -> Sequence[tuple[CourseId, str]]:
    """Return the courses of which there is work, by title."""
    rows = db.session.execute(
        select(CourseRow.id, CourseRow.title)
        .where(exists().where(WorkRow.course_id == CourseRow.id, visible_to(actor)))
        .order_by(CourseRow.title)
        .limit(COURSES_AT_MOST)
    )
    return [(course_id, title) for course_id, title in rows]


def get_waiting(work_id: WorkId, actor: Actor, now: datetime) -> Waiting:
    """Return a piece of work that `actor` sees; NotFound for any other."""
    query, _person = _with_people()
    rows = db.session.execute(query.where(WorkRow.id == work_id, visible_to(actor))).all()
    if not rows:
        raise NotFound
    return _waiting_of(rows, now)[0]


def is_visible(work_id: WorkId, actor: Actor) -> bool:
    """Return whether `actor` sees a piece of work in the queue."""
    query = select(WorkRow.id).where(WorkRow.id == work_id, visible_to(actor))
    return db.session.scalars(query).first() is not None


def lock_work(work_id: WorkId, actor: Actor) -> WorkRow:
    """Return the row of work that `actor` sees, held until the transaction ends; NotFound for any other."""
    row = db.session.scalars(
        select(WorkRow)
        .where(WorkRow.id == work_id, visible_to(actor))
        .with_for_update()
        .execution_options(populate_existing=True)
    ).first()
    if row is None:
        raise NotFound
    return row


def find_work(source: str, ref: UUID) -> WorkRow | None:
    """Return the row of what a source put into the queue under this id."""
    return db.session.scalars(select(WorkRow).where(WorkRow.source == source, WorkRow.ref == ref)).first()


def find_seen(source: str, ref: UUID, actor: Actor) -> Work | None:
    """Return what a source put into the queue under this id if `actor` sees it there, else None."""
    row = db.session.scalars(
        select(WorkRow).where(WorkRow.source == source, WorkRow.ref == ref, visible_to(actor))
    ).first()
    return work_of(row) if row else None


def get_work(work_id: WorkId) -> WorkRow:
    """Return the row of a piece of work; NotFound without it."""
    row = db.session.get(WorkRow, work_id, populate_existing=True)
    if row is None:
        raise NotFound
    return row


def find_mark(work_id: WorkId, number: int) -> tuple[MarkRow, MarkWords | None] | None:
    """Return one decision with its words."""
    row = db.session.execute(
        select(MarkRow, MarkWords)
        .outerjoin(MarkWords, MarkWords.mark_id == MarkRow.id)
        .where(MarkRow.work_id == work_id, MarkRow.number == number)
    ).first()
    return (row[0], row[1]) if row else None


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamLine:
    """Work of somebody in a team, without what it is: that is between them and who marks it."""

    name: str
    employer_name: str
    title: str
    course_title: str
    waiting_since: datetime
    is_late: bool
    is_being_marked: bool


def page_team(scope: Scope, now: datetime, at: PageRequest, *, hides_names: bool = False) -> Page[TeamLine]:
    """Return a page of the work of people whom `scope` reaches that waits, the longest first.

    `hides_names`: the reader marks too, and is not to learn here whose work is marked without names.
    """
    query, _person = _with_people()
    query = query.where(WorkRow.ended_at.is_(None), identity.person_in_scope(WorkRow.person_id, scope))
    page = keyset(query, by=(WorkRow.waiting_since, WorkRow.id), wanted=at, scalars=False)
    return page.map(
        lambda row: TeamLine(
            name=nameless(row[4].id) if hides_names and row[4].is_blind else identity.person_of(row).name,
            employer_name="" if hides_names and row[4].is_blind else identity.person_of(row).employer_name,
            title=row[4].title,
            course_title=row[5],
            waiting_since=row[4].waiting_since,
            is_late=row[4].is_late,
            is_being_marked=row[4].claimed_until is not None and row[4].claimed_until > now,
        )
    )


def list_new(actor: Actor, since: datetime | None) -> tuple[int, datetime | None]:
    """Return how much waits for a marker, and when the newest came if that was after `since`, else None."""
    row = db.session.execute(
        select(func.count(), func.max(WorkRow.waiting_since)).where(
            visible_to(actor), WorkRow.ended_at.is_(None)
        )
    ).one()
    count, newest = int(row[0]), row[1]
    return count, newest if count and (since is None or newest > since) else None


def find_newest() -> datetime | None:
    """Return when the newest work came that waits, None if none does."""
    return db.session.scalar(select(func.max(WorkRow.waiting_since)).where(WorkRow.ended_at.is_(None)))


def find_told(person_id: PersonId) -> MarkerTold | None:
    """Return when somebody was last told that work waits."""
    return db.session.get(MarkerTold, person_id, populate_existing=True)


def list_waiting_of(person_id: PersonId) -> Sequence[WorkRow]:
    """Return every piece of a person's work that waits."""
    return db.session.scalars(
        select(WorkRow).where(WorkRow.person_id == person_id, WorkRow.ended_at.is_(None))
    ).all()


def list_words_about(person_id: PersonId) -> Sequence[MarkWords]:
    """Return what markers wrote about a person's work."""
    return db.session.scalars(
        select(MarkWords)
        .join(MarkRow, MarkRow.id == MarkWords.mark_id)
        .join(WorkRow, WorkRow.id == MarkRow.work_id)
        .where(WorkRow.person_id == person_id)
    ).all()


def list_named() -> Sequence[PersonId]:
    """Return who is named to mark something that waits."""
    return db.session.scalars(
        select(WorkMarker.person_id)
        .join(WorkRow, WorkRow.id == WorkMarker.work_id)
        .where(WorkRow.ended_at.is_(None))
        .distinct()
    ).all()
