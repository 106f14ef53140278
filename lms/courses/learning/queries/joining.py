"""SELECTs of what two accounts of one person both have open."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import aliased

from lms.courses.authoring.models import CourseRow
from lms.courses.learning.models import EnrolmentRow
from lms.courses.learning.rules.joining import Way, further_first
from lms.courses.values import EnrolmentId
from lms.identity.values import PersonId
from lms.kernel.db import db

AT_ONCE = 500


class OpenTwice(NamedTuple):
    """A course that both accounts are in: by which enrolment it goes on, and which ends."""

    title: str
    goes_on_id: EnrolmentId
    ends_id: EnrolmentId


def list_open_twice(kept_id: PersonId, merged_id: PersonId) -> Sequence[OpenTwice]:
    """Return the courses that both accounts have open, by title."""
    mine, theirs = aliased(EnrolmentRow), aliased(EnrolmentRow)
    rows = db.session.execute(
        select(CourseRow.title, mine, theirs)
        .join(mine, mine.course_id == CourseRow.id)
        .join(theirs, theirs.course_id == CourseRow.id)
        .where(
            mine.person_id == kept_id,
            mine.ended_at.is_(None),
            theirs.person_id == merged_id,
            theirs.ended_at.is_(None),
        )
        .order_by(CourseRow.title, CourseRow.id)
        .limit(AT_ONCE)
    )
    found = []
    for title, one, other in rows:
        goes_on, ends = further_first(_way(one), _way(other))
        found.append(OpenTwice(title, EnrolmentId(goes_on.enrolment_id), EnrolmentId(ends.enrolment_id)))
    return found


def _way(row: EnrolmentRow) -> Way:
    return Way(row.id, row.done_count, row.started_at, row.enrolled_at, row.due_on)
