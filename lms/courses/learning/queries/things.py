"""Courses and their activities as statements of the record store name them."""

from collections.abc import Collection, Mapping
from typing import Final
from uuid import UUID

from sqlalchemy import select

from lms.courses.authoring.models import ActivityRow, CourseRow, CourseVersionRow
from lms.courses.kinds import kind_of
from lms.courses.learning.models import CompletionRow
from lms.courses.values import ActivityId, CompletionId, CourseId, EnrolmentId
from lms.kernel.among import among
from lms.kernel.db import fetch
from lms.lrs.values import Thing

COURSE_TYPE: Final = "http://adlnet.gov/expapi/activities/course"
_ACTIVITIES = (
    select(
        ActivityRow.id,
        ActivityRow.key,
        ActivityRow.kind,
        ActivityRow.title,
        CourseRow.id.label("course_id"),
        CourseRow.title.label("course_title"),
        CourseRow.language,
    )
    .join(CourseVersionRow, CourseVersionRow.id == ActivityRow.version_id)
    .join(CourseRow, CourseRow.id == CourseVersionRow.course_id)
    .where(among(ActivityRow.id, "ids"))
)
_COMPLETED = (
    select(CompletionRow.id, CompletionRow.enrolment_id, CourseRow.id, CourseRow.title, CourseRow.language)
    .join(CourseRow, CourseRow.id == CompletionRow.course_id)
    .where(among(CompletionRow.id, "ids"))
)


def things_of(ids: Collection[ActivityId]) -> Mapping[ActivityId, tuple[Thing, Thing]]:
    """Return each of these activities with its course. An activity is the same one in every version."""
    return {
        row.id: (
            Thing("activity", row.key, row.title, kind_of(row.kind).activity_type, row.language),
            _course(row.course_id, row.course_title, row.language),
        )
        for row in fetch(_ACTIVITIES, {"ids": list(ids)})
    }


def courses_completed(ids: Collection[CompletionId]) -> Mapping[CompletionId, tuple[EnrolmentId, Thing]]:
    """Return of each of these completions which enrolment ended with it, and the course."""
    rows = fetch(_COMPLETED, {"ids": list(ids)})
    return {row[0]: (row[1], _course(row[2], row[3], row[4])) for row in rows}


def _course(course_id: CourseId | UUID, title: str, language: str) -> Thing:
    return Thing("course", course_id, title, COURSE_TYPE, language)
