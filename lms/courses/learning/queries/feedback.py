"""SELECTs of what people say of courses that they completed."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from lms.courses.authoring.models import CourseRow
from lms.courses.learning.models import FeedbackRow
from lms.courses.learning.values.feedback import Feedback
from lms.identity.values import PersonId
from lms.kernel.db import db

FEEDBACK_COLUMNS: Any = (FeedbackRow.rating, FeedbackRow.comment, FeedbackRow.revision)


def feedback_of(rating: int | None, comment: str | None, revision: int | None) -> Feedback | None:
    """Return the value of those columns, None where there is no such row."""
    return None if revision is None else Feedback(rating, comment or "", revision)


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
