"""Which activities name something in their configuration, in drafts and in what is published."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import ColumnElement, or_, select

from lms.courses.authoring.models import ActivityRow, CourseRow
from lms.courses.values import ActivityKey, CourseId
from lms.courses.values.using import Use
from lms.kernel.db import db

MOST: Final = 400
"""Activities of drafts and published versions together: more nobody changes on one page."""


def list_uses(kind: str, name: str, value: str) -> Sequence[Use]:
    """Return the activities of a kind whose configuration has this value, by their courses' titles."""
    return _list(ActivityRow.kind == kind, ActivityRow.config[name].as_string() == value)


def list_asking(name: str) -> Sequence[Use]:
    """Return the activities whose text asks a knowledge check of this name, by their courses' titles."""
    return _list(ActivityRow.html.contains(f'data-check="{name}"', autoescape=True))


def _list(*which: ColumnElement[bool]) -> Sequence[Use]:
    current = or_(
        ActivityRow.version_id == CourseRow.draft_id, ActivityRow.version_id == CourseRow.published_id
    )
    query = (
        select(
            CourseRow.id,
            CourseRow.title,
            CourseRow.draft_id,
            CourseRow.published_id,
            ActivityRow.key,
            ActivityRow.title.label("activity_title"),
            ActivityRow.version_id,
            ActivityRow.config,
        )
        .join(CourseRow, current)
        .where(*which)
        .order_by(CourseRow.title, CourseRow.id, ActivityRow.position, ActivityRow.id)
        .limit(MOST)
    )
    found: dict[tuple[CourseId, ActivityKey], Use] = {}
    for row in db.session.execute(query):
        configs: Mapping[Any, Mapping[str, Any]] = {row.version_id: row.config}
        before = found.get((row.id, row.key))
        written, published = configs.get(row.draft_id or row.published_id), configs.get(row.published_id)
        found[row.id, row.key] = Use(
            course_id=row.id,
            course_title=row.title,
            key=row.key,
            title=row.activity_title,
            written=written or (before.written if before else None),
            published=published or (before.published if before else None),
        )
    return list(found.values())
