"""Every SELECT of authoring: courses, drafts and what is in them."""

from collections.abc import Collection, Sequence

from sqlalchemy import func, select

from lms.courses.authoring.models import (
    ActivityRow,
    CourseRow,
    CourseVersionRow,
)
from lms.courses.values import (
    CourseId,
    CourseSummary,
)
from lms.kernel.db import db

AT_ONCE = 500


def summary_of(row: CourseRow, minutes: int) -> CourseSummary:
    """Return a row's value."""
    return CourseSummary(
        id=row.id,
        slug=row.slug,
        title=row.title,
        summary=row.summary,
        brand_id=row.brand_id,
        language=row.language,
        minutes=minutes,
        level=row.level,
    )


def list_courses(ids: Collection[CourseId]) -> dict[CourseId, CourseSummary]:
    """Return the courses of these ids (at most `AT_ONCE`), published or not, by id."""
    if not ids:
        return {}
    rows = db.session.execute(
        select(CourseRow, CourseVersionRow.minutes)
        .join(
            CourseVersionRow,
            CourseVersionRow.id == func.coalesce(CourseRow.published_id, CourseRow.draft_id),
        )
        .where(CourseRow.id.in_(ids))
        .limit(AT_ONCE)
    )
    return {row.id: summary_of(row, minutes) for row, minutes in rows}


def list_published() -> Sequence[CourseSummary]:
    """Return published courses by title: for choice lists, at most `AT_ONCE`."""
    rows = db.session.execute(
        select(CourseRow, CourseVersionRow.minutes)
        .join(CourseVersionRow, CourseVersionRow.id == CourseRow.published_id)
        .order_by(CourseRow.title, CourseRow.id)
        .limit(AT_ONCE)
    )
    return [summary_of(row, minutes) for row, minutes in rows]


def find_course_by_slug(slug: str) -> CourseSummary | None:
    """Return a course, published or not, or None."""
    row = db.session.execute(
        select(CourseRow, CourseVersionRow.minutes)
        .join(
            CourseVersionRow,
            CourseVersionRow.id == func.coalesce(CourseRow.published_id, CourseRow.draft_id),
        )
        .where(CourseRow.slug == slug)
    ).first()
    return summary_of(*row) if row else None


def list_published_activities(course_id: CourseId) -> Sequence[ActivityRow]:
    """Return the activities of a course's published version, in order."""
    return db.session.scalars(
        select(ActivityRow)
        .join(CourseRow, CourseRow.published_id == ActivityRow.version_id)
        .where(CourseRow.id == course_id)
        .order_by(ActivityRow.position, ActivityRow.id)
    ).all()
