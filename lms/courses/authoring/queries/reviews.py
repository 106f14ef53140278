"""SELECTs of requests that a second trainer reads a draft."""

from collections.abc import Sequence
from itertools import islice
from uuid import UUID

from sqlalchemy import or_, select

from lms.courses.authoring.models import CourseReviewRow, CourseRow, CourseVersionRow
from lms.courses.authoring.queries.courses import AT_ONCE
from lms.courses.authoring.rules.reviewing import may_decide
from lms.courses.authoring.values import Review, ReviewDesk
from lms.courses.values import CourseId
from lms.identity.values import PersonId
from lms.kernel.db import db
from lms.kernel.errors import NotFound


def get_review_desk(course_id: CourseId) -> ReviewDesk:
    """Return whether a course asks for a second trainer, the latest request and who wrote the draft. One query."""
    latest = (
        select(CourseReviewRow.id)
        .where(CourseReviewRow.course_id == course_id)
        .order_by(CourseReviewRow.id.desc())
        .limit(1)
    )
    row = db.session.execute(
        select(CourseRow, CourseReviewRow)
        .outerjoin(CourseReviewRow, CourseReviewRow.id == latest.scalar_subquery())
        .where(CourseRow.id == course_id)
    ).first()
    if row is None:
        raise NotFound
    course: CourseRow = row[0]
    review: CourseReviewRow | None = row[1]
    return ReviewDesk(
        is_needed=course.needs_review,
        changes=course.changes,
        writers=writers_of(course),
        review=review_of(review) if review is not None else None,
    )


def writers_of(course: CourseRow) -> frozenset[PersonId]:
    """Return who changed the draft since the last version."""
    return frozenset(PersonId(UUID(one)) for one in course.draft_writers)


def published_number(course: CourseRow) -> int:
    """Return the number of the version in use, 0 before the first."""
    row = db.session.get(CourseVersionRow, course.published_id) if course.published_id else None
    return row.number if row else 0


def review_of(row: CourseReviewRow) -> Review:
    """Return a row's value."""
    return Review(**{name: getattr(row, name) for name in Review.__dataclass_fields__})


def list_waiting_reviews(person_id: PersonId, *, at_most: int) -> Sequence[tuple[Review, CourseId, str]]:
    """Return the requests that somebody can decide, oldest first, each with its course's id and title."""
    rows = db.session.execute(
        select(CourseReviewRow, CourseRow)
        .join(CourseRow, CourseRow.id == CourseReviewRow.course_id)
        .where(
            CourseReviewRow.decided_at.is_(None),
            or_(CourseReviewRow.reviewer_id.is_(None), CourseReviewRow.reviewer_id == person_id),
        )
        .order_by(CourseReviewRow.id)
        .limit(AT_ONCE)
    )
    found = (
        (review_of(review), course.id, course.title)
        for review, course in rows
        if may_decide(person_id, review_of(review), writers_of(course))
    )
    return list(islice(found, at_most))
