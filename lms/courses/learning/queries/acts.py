"""Acts on many people: which runs next and what is left of it; which somebody may see, and their lines."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, false, func, or_, select, true

from lms.audiences import facade as audiences
from lms.courses import policy
from lms.courses.authoring import queries as authoring
from lms.courses.authoring.models import CourseRow
from lms.courses.learning.models import EnrolmentActLine, EnrolmentActRow, EnrolmentRow
from lms.courses.learning.queries.pages import visible_to
from lms.courses.learning.values import Act, ActLine, ActState, EnrolmentActId, Outcome
from lms.courses.values import CourseId, CourseSummary, DueRule
from lms.identity import facade as identity
from lms.identity.values import PersonId
from lms.kernel.actor import Actor, Scope
from lms.kernel.db import db
from lms.kernel.errors import NotFound
from lms.web.pages import Page, PageRequest, keyset

AT_ONCE = 200


def claim_act() -> EnrolmentActRow | None:
    """Return the first act that is running and that nobody else works on, held until the transaction ends."""
    return db.session.scalars(
        select(EnrolmentActRow)
        .where(EnrolmentActRow.state == ActState.RUNNING)
        .order_by(EnrolmentActRow.id)
        .limit(1)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    ).first()


def list_waiting(act_id: EnrolmentActId, *, at_most: int, after: int = 0) -> Mapping[int, PersonId]:
    """Return the people of an act's next lines that are still to be done, by the lines' numbers."""
    rows = db.session.execute(
        select(EnrolmentActLine.number, EnrolmentActLine.person_id)
        .where(
            EnrolmentActLine.act_id == act_id,
            EnrolmentActLine.number > after,
            EnrolmentActLine.outcome.is_(None),
            EnrolmentActLine.person_id.is_not(None),
        )
        .order_by(EnrolmentActLine.number)
        .limit(at_most)
    )
    return {number: PersonId(person_id) for number, person_id in rows if person_id is not None}


def count_lines(act_id: EnrolmentActId) -> Mapping[Outcome | None, int]:
    """Return how many lines of an act came to which outcome; None counts those that are still to be done."""
    rows = db.session.execute(
        select(EnrolmentActLine.outcome, func.count())
        .where(EnrolmentActLine.act_id == act_id)
        .group_by(EnrolmentActLine.outcome)
    )
    return {outcome: count for outcome, count in rows}  # noqa: C416  rows are typed so


def list_shut_out(
    act_id: EnrolmentActId, course_id: CourseId, people: Collection[PersonId]
) -> frozenset[PersonId]:
    """Return those of an act's people for whom its course is not."""
    query = select(EnrolmentActLine.person_id).where(
        EnrolmentActLine.act_id == act_id,
        EnrolmentActLine.person_id.in_(people),
        _is_shut_out(course_id),
    )
    return frozenset(PersonId(one) for one in db.session.scalars(query) if one is not None)


def _is_shut_out(course_id: CourseId) -> ColumnElement[bool]:
    """Return the filter for an act's lines whose person does not see the course."""
    seeing = authoring.get_access(course_id).sees
    return EnrolmentActLine.person_id.not_in(audiences.people_in_any(seeing)) if seeing else false()


def list_stale(before: datetime) -> Sequence[EnrolmentActRow]:
    """Return acts that were only looked at, so long ago that nobody will begin them; held."""
    return db.session.scalars(
        select(EnrolmentActRow)
        .where(EnrolmentActRow.state == ActState.LOOKED_AT, EnrolmentActRow.asked_at < before)
        .order_by(EnrolmentActRow.asked_at)
        .limit(AT_ONCE)
        .with_for_update(skip_locked=True)
    ).all()


def acts_visible_to(actor: Actor) -> ColumnElement[bool]:
    """Return the filter for acts an actor may see: all, or those they asked for where they work today."""
    scope = actor.scope_of(policy.VIEW_ENROLMENTS)
    if scope.everything:
        return true()
    if actor.person_id is None or not actor.may(policy.VIEW_ENROLMENTS) or actor.employer_id is None:
        return false()
    return and_(EnrolmentActRow.asked_by == actor.person_id, EnrolmentActRow.employer_id == actor.employer_id)


def find_act_row(act_id: EnrolmentActId, actor: Actor, *, lock: bool = False) -> EnrolmentActRow | None:
    """Return the row of an act that an actor may see, or None."""
    query = select(EnrolmentActRow).where(EnrolmentActRow.id == act_id, acts_visible_to(actor))
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return db.session.scalars(query).first()


def get_act(act_id: EnrolmentActId, actor: Actor) -> Act:
    """Return an act that an actor may see; NotFound for any other."""
    found = db.session.execute(
        select(EnrolmentActRow, CourseRow.title)
        .join(CourseRow, CourseRow.id == EnrolmentActRow.course_id)
        .where(EnrolmentActRow.id == act_id, acts_visible_to(actor))
    ).first()
    if found is None:
        raise NotFound
    row, title = found
    asked_by = identity.list_people([row.asked_by]) if row.asked_by else {}
    return _act_of(row, title, {one: person.name for one, person in asked_by.items()})


def page_acts(course_id: CourseId, actor: Actor, at: PageRequest) -> Page[Act]:
    """Return a page of what was begun, or is looked at, of a course, newest first: two queries."""
    query = (
        select(EnrolmentActRow, CourseRow.title)
        .join(CourseRow, CourseRow.id == EnrolmentActRow.course_id)
        .where(
            EnrolmentActRow.course_id == course_id,
            or_(EnrolmentActRow.state != ActState.CANCELLED, EnrolmentActRow.begun_at.is_not(None)),
            acts_visible_to(actor),
        )
    )
    page = keyset(query, by=[EnrolmentActRow.id], wanted=at, descending=True, scalars=False)
    people = identity.list_people([row[0].asked_by for row in page.items if row[0].asked_by])
    names = {one: person.name for one, person in people.items()}
    return page.map(lambda row: _act_of(row[0], row[1], names))


def _act_of(row: EnrolmentActRow, title: str, names: Mapping[PersonId, str]) -> Act:
    return Act(
        id=row.id,
        course_id=row.course_id,
        course_title=title,
        kind=row.kind,
        state=row.state,
        way=row.way,
        whom=row.whom,
        due=DueRule(on=row.due_on, days=row.due_days),
        reason=row.reason,
        counts={one: row.counts[one.value] for one in Outcome if row.counts.get(one.value)},
        total=row.total,
        done=row.done,
        asked_at=row.asked_at,
        asked_by=names.get(row.asked_by, "") if row.asked_by else "",
        begun_at=row.begun_at,
        ended_at=row.ended_at,
    )


def page_act_lines(
    act_id: EnrolmentActId,
    scope: Scope,
    at: PageRequest,
    *,
    outcome: Outcome | None = None,
    only_waiting: bool = False,
) -> Page[ActLine]:
    """Return a page of an act's lines in order: all, those of one outcome, or those still to be done.

    Names stand at those alone whom `scope` reaches today. Two queries.
    """
    query = select(EnrolmentActLine).where(EnrolmentActLine.act_id == act_id)
    if only_waiting:
        query = query.where(EnrolmentActLine.outcome.is_(None))
    elif outcome is not None:
        query = query.where(EnrolmentActLine.outcome == outcome)
    page = keyset(query, by=[EnrolmentActLine.number], wanted=at)
    people = identity.list_people([row.person_id for row in page.items if row.person_id], scope)
    return page.map(lambda row: _line_of(row, people))


def _line_of(row: EnrolmentActLine, people: Mapping[PersonId, Any]) -> ActLine:
    person = people.get(row.person_id) if row.person_id else None
    return ActLine(
        number=row.number,
        name=person.name if person else "",
        email=person.email if person else "",
        employer_name=person.employer_name if person else "",
        given=row.given,
        same_as=row.same_as,
        outcome=row.outcome,
    )


def get_managed_course(course_id: CourseId, actor: Actor) -> CourseSummary:
    """Return a course on which `actor` sees who is enrolled; NotFound for one that they do not meet.

    Authors meet every course; others those that are for them, and those that one of their people is or was in.
    """
    found = authoring.list_courses([course_id]).get(course_id)
    if found is None:
        raise NotFound
    if not actor.may(policy.VIEW_AUTHORING):
        theirs = exists().where(
            EnrolmentRow.course_id == course_id,
            identity.person_in_scope(EnrolmentRow.person_id, actor.scope_of(policy.VIEW_ENROLMENTS)),
        )
        met = select(CourseRow.id).where(
            CourseRow.id == course_id, CourseRow.published_id.is_not(None), or_(visible_to(actor), theirs)
        )
        if db.session.scalars(met).first() is None:
            raise NotFound
    return found
