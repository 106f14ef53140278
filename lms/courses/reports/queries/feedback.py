"""SELECTs of what people say of a course: nobody's name, and nothing of a few people to who knows them."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import select

from lms.courses.authoring.models import CourseVersionRow
from lms.courses.learning.models import FeedbackRow
from lms.courses.reports.queries.counts import are_told, sum_versions
from lms.courses.reports.queries.courses import all_of
from lms.courses.reports.values import FeedbackFilter, FeedbackLine, Ratings
from lms.courses.values import CourseId
from lms.identity import facade as identity
from lms.kernel.actor import Scope
from lms.web.context import oem_zone
from lms.web.pages import Page, PageRequest, keyset


def find_ratings(versions: Collection[UUID], scope: Scope) -> Ratings | None:
    """Return how these versions are rated within `scope`; None of so few that it would tell of somebody."""
    ratings = all_of(sum_versions(versions, scope), versions).ratings
    return ratings if are_told(ratings, scope) else None


def page_feedback(
    course_id: CourseId,
    versions: Collection[UUID],
    wanted: FeedbackFilter,
    scope: Scope,
    at: PageRequest,
) -> Page[FeedbackLine]:
    """Return a page of what is said of these versions of a course, the newest first; none of too few. Two queries."""
    if find_ratings(versions, scope) is None:
        return Page((), None, None)
    query = (
        select(FeedbackRow.rating, FeedbackRow.comment, CourseVersionRow.number, FeedbackRow.given_at)
        .join(CourseVersionRow, CourseVersionRow.id == FeedbackRow.version_id)
        .where(
            FeedbackRow.course_id == course_id,
            FeedbackRow.rating.is_not(None),
            identity.person_in_scope(FeedbackRow.person_id, scope),
        )
    )
    if wanted.version_id is not None:
        query = query.where(FeedbackRow.version_id == wanted.version_id)
    if wanted.rating is not None:
        query = query.where(FeedbackRow.rating == wanted.rating)
    if wanted.only_comments:
        query = query.where(FeedbackRow.comment != "")
    return keyset(query, by=[FeedbackRow.id], wanted=at, descending=True, scalars=False).map(_line_of)


def _line_of(row: Any) -> FeedbackLine:
    rating, comment, version, given_at = row
    return FeedbackLine(rating, comment, version, given_at.astimezone(oem_zone()).date().replace(day=1))
