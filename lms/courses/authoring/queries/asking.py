"""What certifications may ask for: published courses and activities, found by words of their titles or by id."""

from collections.abc import Collection, Sequence
from typing import NamedTuple

from sqlalchemy import Select, or_, select

from lms.courses.authoring.models import ActivityRow, CourseRow
from lms.courses.values import ActivityKey, CourseId
from lms.kernel.db import db


class Askable(NamedTuple):
    """An activity of a published course."""

    course_id: CourseId
    course_title: str
    row: ActivityRow


def find_courses_called(words: str, *, limit: int) -> Sequence[tuple[CourseId, str]]:
    """Return published courses whose title has every one of these words, by title."""
    query = select(CourseRow.id, CourseRow.title).where(CourseRow.published_id.is_not(None))
    for word in words.split():
        query = query.where(CourseRow.title.icontains(word, autoescape=True))
    rows = db.session.execute(query.order_by(CourseRow.title, CourseRow.id).limit(limit))
    return [(course_id, title) for course_id, title in rows]


def find_activities_called(words: str, kinds: Collection[str], *, limit: int) -> Sequence[Askable]:
    """Return activities of these kinds in published courses whose titles together have every word, by course."""
    query = _activities().where(ActivityRow.kind.in_(kinds))
    for word in words.split():
        query = query.where(
            or_(
                ActivityRow.title.icontains(word, autoescape=True),
                CourseRow.title.icontains(word, autoescape=True),
            )
        )
    order = (CourseRow.title, CourseRow.id, ActivityRow.position, ActivityRow.id)
    return [Askable(*row) for row in db.session.execute(query.order_by(*order).limit(limit))]


def list_asked(keys: Collection[ActivityKey]) -> Sequence[Askable]:
    """Return those of these activities that published courses have."""
    if not keys:
        return ()
    return [Askable(*row) for row in db.session.execute(_activities().where(ActivityRow.key.in_(keys)))]


def _activities() -> Select[CourseId, str, ActivityRow]:
    return select(CourseRow.id, CourseRow.title, ActivityRow).join(
        ActivityRow, CourseRow.published_id == ActivityRow.version_id
    )
