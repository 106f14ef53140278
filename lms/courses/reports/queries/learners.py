"""SELECTs of the rows behind a course report's numbers: who is in the course and how far."""

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, null, select

from lms.courses.authoring.models import ActivityRow, CourseVersionRow
from lms.courses.learning.models import ActivityStateRow, EnrolmentRow
from lms.courses.learning.queries import counts
from lms.courses.reports.values import DeedState, LearnerFilter, LearnerLine, Stage
from lms.courses.values import CourseId
from lms.identity import facade as identity
from lms.identity.values import RegionId
from lms.kernel.actor import Scope
from lms.kernel.db import AnyColumn
from lms.web.pages import Page, PageRequest, keyset


def page_learners(
    course_id: CourseId, wanted: LearnerFilter, scope: Scope, at: PageRequest, today: date
) -> Page[LearnerLine]:
    """Return a page of a course's enrolments within `scope`, the newest first. Two queries."""
    query = _narrowed(_learners(course_id, wanted, scope), wanted, today)
    page = keyset(query, by=[EnrolmentRow.id], wanted=at, descending=True, scalars=False)
    people = identity.list_people([row[1] for row in page.items])
    return page.map(lambda row: _line_of(row, people[row[1]]))


def _learners(course_id: CourseId, wanted: LearnerFilter, scope: Scope) -> Select[*tuple[Any, ...]]:
    with_activity = wanted.activity_key is not None
    query = (
        select(
            EnrolmentRow.id,
            EnrolmentRow.person_id,
            CourseVersionRow.number,
            EnrolmentRow.enrolled_at,
            EnrolmentRow.started_at,
            EnrolmentRow.due_on,
            EnrolmentRow.done_count,
            CourseVersionRow.required_count,
            EnrolmentRow.completed_at,
            EnrolmentRow.ended_at,
            ActivityStateRow.score if with_activity else null(),
        )
        .select_from(EnrolmentRow)
        .join(CourseVersionRow, CourseVersionRow.id == EnrolmentRow.version_id)
        .where(EnrolmentRow.course_id == course_id, identity.person_in_scope(EnrolmentRow.person_id, scope))
    )
    if not with_activity:
        return query
    return query.join(
        ActivityRow,
        and_(ActivityRow.version_id == EnrolmentRow.version_id, ActivityRow.key == wanted.activity_key),
    ).join(
        ActivityStateRow,
        and_(
            ActivityStateRow.enrolment_id == EnrolmentRow.id, ActivityStateRow.activity_id == ActivityRow.id
        ),
    )


def _narrowed(
    query: Select[*tuple[Any, ...]], wanted: LearnerFilter, today: date
) -> Select[*tuple[Any, ...]]:
    if wanted.version_id is not None:
        query = query.where(EnrolmentRow.version_id == wanted.version_id)
    if wanted.stage is not None:
        query = query.where(_at_stage(wanted.stage, today))
    if wanted.deed is not None and wanted.activity_key is not None:
        query = query.where(_DEEDS[wanted.deed])
    if wanted.tenth is not None and wanted.activity_key is not None:
        query = query.where(counts.in_tenth(wanted.tenth))
    if wanted.organisation_id is not None:
        below = identity.employed_at(wanted.organisation_id, with_branches=True)
        query = query.where(EnrolmentRow.person_id.in_(below))
    if wanted.employer_id is not None:
        query = query.where(EnrolmentRow.person_id.in_(identity.employed_at(wanted.employer_id)))
    if wanted.region_id is not None:
        query = query.where(_in_region(EnrolmentRow.person_id, wanted.region_id))
    return query


def _at_stage(stage: Stage, today: date) -> ColumnElement[bool]:
    """Return the filter for what a number of the funnel counts."""
    return {
        Stage.ENROLLED: EnrolmentRow.id.is_not(None),
        Stage.BEGUN: EnrolmentRow.started_at.is_not(None),
        Stage.HALF: counts.is_half_done(),
        Stage.COMPLETED: EnrolmentRow.completed_at.is_not(None),
        Stage.WITHDRAWN: counts.is_withdrawn(),
        Stage.OPEN: EnrolmentRow.ended_at.is_(None),
        Stage.OVERDUE: and_(EnrolmentRow.ended_at.is_(None), EnrolmentRow.due_on < today),
    }[stage]


_DEEDS = {
    DeedState.BEGUN: ActivityStateRow.started_at.is_not(None),
    DeedState.COMPLETED: ActivityStateRow.completed_at.is_not(None),
    DeedState.LEFT: ActivityStateRow.completed_at.is_(None),
    DeedState.PASSED: ActivityStateRow.passed.is_(True),
    DeedState.FAILED: ActivityStateRow.passed.is_(False),
}


def _in_region(person_id: AnyColumn, region_id: RegionId) -> ColumnElement[bool]:
    """Return the filter for people whose employer lies in a region itself, as the report groups them."""
    at = identity.pairs_of_organisation_and_region().subquery()
    employed = identity.pairs_of_employer().subquery()
    return person_id.in_(select(employed.c[0]).join(at, at.c[0] == employed.c[1]).where(at.c[1] == region_id))


def _line_of(row: Any, person: Any) -> LearnerLine:
    return LearnerLine(
        id=row[0],
        person_id=row[1],
        name=person.name,
        employer_name=person.employer_name or "",
        version=row[2],
        enrolled_at=row[3],
        started_at=row[4],
        due_on=row[5],
        done=row[6],
        total=row[7],
        completed_at=row[8],
        ended_at=row[9],
        score=row[10],
    )
