"""Who takes a course: the audiences that see it, those that are enrolled on it, and the one filter of who sees it."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, literal, or_, select

from lms.audiences import facade as audiences
from lms.audiences.values import AudienceId
from lms.courses.authoring.models import CourseAudience, CourseRow
from lms.courses.authoring.values import CourseAccess
from lms.courses.values import AudienceUse, CourseId, CourseVersionId, DueRule
from lms.identity.values import PersonId
from lms.kernel.db import AnyColumn, db
from lms.kernel.errors import NotFound

USES_AT_MOST = 20


def is_seen(course_id: AnyColumn, person_id: AnyColumn) -> ColumnElement[bool]:
    """Return the filter for courses that a person sees: those for everybody, and those for an audience of theirs."""
    named = select(CourseAudience.audience_id).where(
        CourseAudience.course_id == course_id, CourseAudience.use == AudienceUse.SEES
    )
    theirs = named.where(CourseAudience.audience_id.in_(audiences.audiences_with(person_id)))
    return or_(~named.exists(), theirs.exists())


def may_see(course_id: CourseId, person_id: PersonId) -> bool:
    """Return whether a course is for a person."""
    query = select(CourseRow.id).where(CourseRow.id == course_id)
    seen = query.where(is_seen(CourseRow.id, literal(person_id)))
    return db.session.scalars(seen).first() is not None


def get_access(course_id: CourseId) -> CourseAccess:
    """Return who takes a course; NotFound if there is none."""
    course = db.session.get(CourseRow, course_id)
    if course is None:
        raise NotFound
    named: dict[AudienceUse, set[AudienceId]] = {use: set() for use in AudienceUse}
    rows = db.session.execute(
        select(CourseAudience.use, CourseAudience.audience_id).where(CourseAudience.course_id == course_id)
    )
    for use, audience_id in rows:
        named[use].add(audience_id)
    return CourseAccess(
        sees=frozenset(named[AudienceUse.SEES]),
        enrolled=frozenset(named[AudienceUse.ENROLLED]),
        due=DueRule(on=course.due_on, days=course.due_days),
        withdraws_leavers=course.withdraws_leavers,
        places=course.places,
    )


def hold_places(course_id: CourseId) -> int | None:
    """Return how many places a course has, held until the transaction ends; None, and not held, if without limit."""
    return db.session.scalar(
        select(CourseRow.places)
        .where(CourseRow.id == course_id, CourseRow.places.is_not(None))
        .with_for_update()
    )


class Offer(NamedTuple):
    """A course as people are enrolled on it: the version they begin with, and when they are due."""

    course_id: CourseId
    version_id: CourseVersionId
    due: DueRule
    withdraws_leavers: bool


_OFFER = (
    CourseRow.id,
    CourseRow.published_id,
    CourseRow.due_on,
    CourseRow.due_days,
    CourseRow.withdraws_leavers,
)


def find_offer(course_id: CourseId) -> Offer | None:
    """Return a published course as its audiences are enrolled on it, or None."""
    row = db.session.execute(
        select(*_OFFER).where(CourseRow.id == course_id, CourseRow.published_id.is_not(None))
    ).first()
    return _offer_of(row) if row else None


def list_offers(audience_id: AudienceId) -> Sequence[Offer]:
    """Return the published courses on which an audience is enrolled."""
    rows = db.session.execute(
        select(*_OFFER)
        .join(CourseAudience, CourseAudience.course_id == CourseRow.id)
        .where(
            CourseAudience.audience_id == audience_id,
            CourseAudience.use == AudienceUse.ENROLLED,
            CourseRow.published_id.is_not(None),
        )
        .order_by(CourseRow.id)
    )
    return [_offer_of(row) for row in rows]


def _offer_of(row: Any) -> Offer:
    return Offer(row[0], row[1], DueRule(on=row[2], days=row[3]), row[4])


def list_enrolled_audiences(course_id: CourseId) -> Sequence[AudienceId]:
    """Return the audiences that are enrolled on a course."""
    return db.session.scalars(
        select(CourseAudience.audience_id)
        .where(CourseAudience.course_id == course_id, CourseAudience.use == AudienceUse.ENROLLED)
        .order_by(CourseAudience.audience_id)
    ).all()


def list_naming(audience_id: AudienceId) -> Sequence[tuple[CourseId, str]]:
    """Return a few of the courses that name an audience, by title."""
    rows = db.session.execute(
        select(CourseRow.id, CourseRow.title)
        .join(CourseAudience, CourseAudience.course_id == CourseRow.id)
        .where(CourseAudience.audience_id == audience_id)
        .distinct()
        .order_by(CourseRow.title, CourseRow.id)
        .limit(USES_AT_MOST)
    )
    return [(course_id, title) for course_id, title in rows]
