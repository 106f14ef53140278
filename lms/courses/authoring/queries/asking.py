"""What certifications may ask for: published courses and activities, found by words of their titles or by id."""

from collections.abc import Collection, Sequence
from typing import NamedTuple

from sqlalchemy import Select, or_, select

from lms.courses.authoring.models import ActivityRow, CourseRow, CourseVersionRow
from lms.courses.values import ActivityKey, CourseId, VersionState
from lms.kernel.db import db

AT_ONCE = 500


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


def list_graded_of(
    course_ids: Collection[CourseId], kinds: Collection[str]
) -> Sequence[tuple[CourseId, ActivityRow, bool]]:
    """Return the activities of these kinds in what courses publish and draft, each once, the published first."""
    rows = db.session.execute(
        select(CourseVersionRow.course_id, ActivityRow, CourseRow.published_id == CourseVersionRow.id)
        .join(CourseVersionRow, CourseVersionRow.id == ActivityRow.version_id)
        .join(CourseRow, CourseRow.id == CourseVersionRow.course_id)
        .where(
            CourseVersionRow.course_id.in_(course_ids),
            or_(CourseRow.published_id == CourseVersionRow.id, CourseVersionRow.state == VersionState.DRAFT),
            ActivityRow.kind.in_(kinds),
        )
        .order_by(CourseVersionRow.course_id, CourseVersionRow.number, ActivityRow.position)
        .limit(AT_ONCE)
    )
    found: dict[ActivityKey, tuple[CourseId, ActivityRow, bool]] = {}
    for course_id, row, is_published in rows:
        if row.key not in found or is_published:
            found[row.key] = (course_id, row, bool(is_published))
    return list(found.values())


def list_drafted(
    keys: Collection[ActivityKey], kinds: Collection[str]
) -> Sequence[tuple[CourseId, ActivityRow]]:
    """Return those of these activities, of these kinds, that drafts have."""
    rows = db.session.execute(
        select(CourseVersionRow.course_id, ActivityRow)
        .join(CourseVersionRow, CourseVersionRow.id == ActivityRow.version_id)
        .where(
            ActivityRow.key.in_(keys),
            ActivityRow.kind.in_(kinds),
            CourseVersionRow.state == VersionState.DRAFT,
        )
    )
    return [(course_id, row) for course_id, row in rows]


def _activities() -> Select[CourseId, str, ActivityRow]:
    return select(CourseRow.id, CourseRow.title, ActivityRow).join(
        ActivityRow, CourseRow.published_id == ActivityRow.version_id
    )
