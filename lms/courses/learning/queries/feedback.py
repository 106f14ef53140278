"""SELECTs of what people say of courses that they completed."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import BigInteger, cast, func, select

from lms.courses.authoring.models import CourseRow, CourseVersionRow
from lms.courses.learning.models import CountRow, FeedbackRow
from lms.courses.learning.rules.counting import EVERYBODY, RATED
from lms.courses.learning.values.feedback import Feedback
from lms.identity.values import PersonId
from lms.kernel.db import db

FEEDBACK_COLUMNS: Any = (FeedbackRow.rating, FeedbackRow.comment, FeedbackRow.revision)


def feedback_of(rating: int | None, comment: str | None, revision: int | None) -> Feedback | None:
    """Return the value of those columns, None where there is no such row."""
    return None if revision is None else Feedback(rating, comment or "", revision)


_POINTS: Final[Any] = sum(rating * getattr(CountRow, one) for rating, one in enumerate(RATED, 1))
_TOTAL: Final[Any] = sum(getattr(CountRow, one) for one in RATED)


def rating_columns() -> tuple[Any, Any]:
    """Return the columns of a course's rating, as `rating_of` takes them: all points, and how many gave them."""
    return _of_course(_POINTS), _of_course(_TOTAL)


def _of_course(measure: Any) -> Any:
    """Return the sum of a measure over all versions of the row's course."""
    return (
        select(cast(func.coalesce(func.sum(measure), 0), BigInteger))
        .select_from(CourseVersionRow)
        .join(CountRow, CountRow.subject_id == CourseVersionRow.id)
        # The places of everybody are the lowest there are: one stretch of the index.
        .where(
            CourseVersionRow.course_id == CourseRow.id,
            CountRow.place_id.between(EVERYBODY[0], EVERYBODY[-1]),
        )
        .correlate(CourseRow)
        .scalar_subquery()
    )


def export_feedback(person_id: PersonId) -> Sequence[Mapping[str, Any]]:
    """Return all that a person said of courses, as JSON values."""
    rows = db.session.execute(
        select(
            CourseRow.title,
            FeedbackRow.rating,
            FeedbackRow.comment,
            FeedbackRow.given_at,
            FeedbackRow.changed_at,
        )
        .join(CourseRow, CourseRow.id == FeedbackRow.course_id)
        .where(FeedbackRow.person_id == person_id)
        .order_by(FeedbackRow.id)
    )
    return [
        {
            "course": title,
            "rating": rating,
            "comment": comment,
            "given_at": given_at.isoformat(),
            "changed_at": changed_at.isoformat(),
        }
        for title, rating, comment, given_at, changed_at in rows
    ]
