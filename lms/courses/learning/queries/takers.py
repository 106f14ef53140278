"""One enrolment as features above read it: who takes what, and each result as it came in."""

from sqlalchemy import select

from lms.courses.authoring.models import ActivityRow, CourseRow, CourseVersionRow
from lms.courses.authoring.queries import summary_of
from lms.courses.learning.models import ActivityResultRow, EnrolmentRow
from lms.courses.learning.queries.pages import shows
from lms.courses.values import ActivityKey, EnrolmentId
from lms.courses.values.taken import Place, TakenResult, Taker
from lms.identity import facade as identity
from lms.kernel.actor import Scope
from lms.kernel.db import db
from lms.kernel.errors import NotFound
from lms.web.pages import Page, PageRequest, keyset


def get_taker(enrolment_id: EnrolmentId, scope: Scope) -> Taker:
    """Return who an enrolment is of; NotFound for that of somebody whom `scope` does not reach."""
    found = db.session.execute(
        select(EnrolmentRow, CourseRow.title)
        .join(CourseRow, CourseRow.id == EnrolmentRow.course_id)
        .where(EnrolmentRow.id == enrolment_id, identity.person_in_scope(EnrolmentRow.person_id, scope))
    ).first()
    if found is None:
        raise NotFound
    row, title = found
    return Taker(
        enrolment_id=row.id,
        person_id=row.person_id,
        name=identity.list_people([row.person_id])[row.person_id].name,
        course_id=row.course_id,
        course_title=title,
        version_id=row.version_id,
        ended_at=row.ended_at,
    )


def get_place(enrolment_id: EnrolmentId, key: ActivityKey) -> Place:
    """Return where an activity of an enrolment stands now; NotFound without the enrolment.

    Whose enrolment may be read the caller has asked.
    """
    found = db.session.execute(
        select(CourseRow, CourseVersionRow.minutes, ActivityRow.id)
        .select_from(EnrolmentRow)
        .join(CourseRow, CourseRow.id == EnrolmentRow.course_id)
        .join(CourseVersionRow, CourseVersionRow.id == EnrolmentRow.version_id)
        .outerjoin(
            ActivityRow,
            (ActivityRow.version_id == EnrolmentRow.version_id)
            & (ActivityRow.key == key)
            & shows(EnrolmentRow),
        )
        .where(EnrolmentRow.id == enrolment_id)
    ).first()
    if found is None:
        raise NotFound
    course, minutes, activity_id = found
    return Place(course=summary_of(course, minutes), activity_id=activity_id)


def page_results(enrolment_id: EnrolmentId, key: ActivityKey, wanted: PageRequest) -> Page[TakenResult]:
    """Return one page of the results of an activity in an enrolment, whatever its version, the newest first."""
    same = select(ActivityRow.id).where(ActivityRow.key == key)
    query = select(ActivityResultRow).where(
        ActivityResultRow.enrolment_id == enrolment_id, ActivityResultRow.activity_id.in_(same)
    )
    page = keyset(query, by=[ActivityResultRow.id], wanted=wanted, descending=True)
    return page.map(
        lambda row: TakenResult(
            activity_id=row.activity_id,
            at=row.at,
            completed=row.completed,
            passed=row.passed,
            score=row.score,
            seconds=row.seconds,
            evidence=row.evidence,
        )
    )
