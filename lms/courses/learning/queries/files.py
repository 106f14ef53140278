"""Enrolments as those read them who answer for people: within their reach, with what was done to each."""

from datetime import date

from sqlalchemy import select

from lms.courses.authoring.models import CourseRow, CourseVersionRow
from lms.courses.learning.models import EnrolmentChangeRow, EnrolmentRow
from lms.courses.learning.queries.reminding import is_near
from lms.courses.learning.values import EnrolmentFile, EnrolmentLine, HistoryEntry
from lms.courses.values import CourseId, EnrolmentId
from lms.identity import facade as identity
from lms.identity.values import PersonId
from lms.kernel.actor import Scope
from lms.kernel.db import db
from lms.kernel.errors import NotFound
from lms.web.pages import Page, PageRequest, keyset

CHANGES_AT_MOST = 100


def page_enrolled(
    scope: Scope, course_id: CourseId | None, wanted: PageRequest, *, due_by: date | None = None
) -> Page[EnrolmentLine]:
    """Return a page of the open enrolments of people whom `scope` reaches, the newest first: two queries.

    With `due_by`, those that are due until that day, the longest overdue first.
    """
    query = (
        select(EnrolmentRow, CourseRow.title, CourseVersionRow.required_count)
        .join(CourseRow, CourseRow.id == EnrolmentRow.course_id)
        .join(CourseVersionRow, CourseVersionRow.id == EnrolmentRow.version_id)
        .where(EnrolmentRow.ended_at.is_(None), identity.person_in_scope(EnrolmentRow.person_id, scope))
    )
    if course_id is not None:
        query = query.where(EnrolmentRow.course_id == course_id)
    if due_by is None:
        page = keyset(query, by=[EnrolmentRow.id], wanted=wanted, descending=True, scalars=False)
    else:
        near = query.where(is_near(due_by))
        page = keyset(near, by=[EnrolmentRow.due_on, EnrolmentRow.id], wanted=wanted, scalars=False)
    people = identity.list_people([row[0].person_id for row in page.items])
    return page.map(
        lambda row: EnrolmentLine(
            id=row[0].id,
            name=people[row[0].person_id].name,
            employer_name=people[row[0].person_id].employer_name or "",
            course_id=row[0].course_id,
            course_title=row[1],
            due_on=row[0].due_on,
            done=row[0].done_count,
            total=row[2],
        )
    )


def get_file(enrolment_id: EnrolmentId, scope: Scope) -> EnrolmentFile:
    """Return an enrolment with its history; NotFound for that of somebody whom `scope` does not reach."""
    found = db.session.execute(
        select(EnrolmentRow, CourseRow.title, CourseVersionRow.required_count)
        .join(CourseRow, CourseRow.id == EnrolmentRow.course_id)
        .join(CourseVersionRow, CourseVersionRow.id == EnrolmentRow.version_id)
        .where(EnrolmentRow.id == enrolment_id, identity.person_in_scope(EnrolmentRow.person_id, scope))
    ).first()
    if found is None:
        raise NotFound
    row, title, total = found
    changes = db.session.scalars(
        select(EnrolmentChangeRow)
        .where(EnrolmentChangeRow.enrolment_id == enrolment_id)
        .order_by(EnrolmentChangeRow.id.desc())
        .limit(CHANGES_AT_MOST)
    ).all()
    ids = {row.person_id, row.enrolled_by, *(one.made_by for one in changes)}
    people = identity.list_people([one for one in ids if one is not None])
    names: dict[PersonId | None, str] = {one: person.name for one, person in people.items()}
    return EnrolmentFile(
        id=row.id,
        name=people[row.person_id].name,
        course_title=title,
        source=row.source,
        enrolled_at=row.enrolled_at,
        enrolled_by=names.get(row.enrolled_by, ""),
        due_on=row.due_on,
        ended_at=row.ended_at,
        completed_at=row.completed_at,
        done=row.done_count,
        total=total,
        history=[
            HistoryEntry(
                kind=one.kind,
                at=one.at,
                by=names.get(one.made_by, ""),
                due_before=one.due_before,
                due_after=one.due_after,
                ending=one.ending,
                reason=one.reason,
            )
            for one in changes
        ],
    )
