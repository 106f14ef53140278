"""What the catalogue is made of: the facts of published courses, many courses at a time."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import and_, func, or_, select

from lms.courses.authoring.models import (
    ActivityRow,
    CourseAudience,
    CoursePosition,
    CourseRow,
    CourseVersionRow,
    ShelfRow,
)
from lms.courses.values import ActivityKey, AudienceUse, CourseId, Level, VersionState
from lms.identity.values import BrandId, PositionId
from lms.kernel.db import db


class CatalogueFacts(NamedTuple):
    """What a published course says of itself; `minutes` is the published version's sum."""

    id: CourseId
    brand_id: BrandId | None
    language: str
    level: Level | None
    minutes: int


def list_facts(course_ids: Collection[CourseId]) -> Sequence[CatalogueFacts]:
    """Return the facts of those of these courses that are published."""
    rows = db.session.execute(
        select(
            CourseRow.id, CourseRow.brand_id, CourseRow.language, CourseRow.level, CourseVersionRow.minutes
        )
        .join(CourseVersionRow, CourseVersionRow.id == CourseRow.published_id)
        .where(CourseRow.id.in_(course_ids))
    )
    return [CatalogueFacts(*row) for row in rows]


def positions_of(course_ids: Collection[CourseId]) -> Mapping[CourseId, Sequence[PositionId]]:
    """Return whom each of these courses is meant for; those for everybody are left out."""
    found: dict[CourseId, list[PositionId]] = defaultdict(list)
    rows = db.session.execute(
        select(CoursePosition.course_id, CoursePosition.position_id)
        .where(CoursePosition.course_id.in_(course_ids))
        .order_by(CoursePosition.course_id, CoursePosition.position_id)
    )
    for course_id, position_id in rows:
        found[course_id].append(position_id)
    return found


def kinds_of(course_ids: Collection[CourseId]) -> Mapping[CourseId, Sequence[str]]:
    """Return the kinds of activity in what each of these courses publishes."""
    found: dict[CourseId, list[str]] = defaultdict(list)
    rows = db.session.execute(
        select(CourseRow.id, ActivityRow.kind)
        .join(ActivityRow, ActivityRow.version_id == CourseRow.published_id)
        .where(CourseRow.id.in_(course_ids))
        .distinct()
        .order_by(CourseRow.id, ActivityRow.kind)
    )
    for course_id, kind in rows:
        found[course_id].append(kind)
    return found


def sees_of(course_ids: Collection[CourseId]) -> Mapping[CourseId, Sequence[str]]:
    """Return the audiences that see each of these courses; those for everybody are left out."""
    found: dict[CourseId, list[str]] = defaultdict(list)
    rows = db.session.execute(
        select(CourseAudience.course_id, CourseAudience.audience_id)
        .where(CourseAudience.course_id.in_(course_ids), CourseAudience.use == AudienceUse.SEES)
        .order_by(CourseAudience.course_id, CourseAudience.audience_id)
    )
    for course_id, audience_id in rows:
        found[course_id].append(str(audience_id))
    return found


def lock_published(course_ids: Collection[CourseId]) -> Sequence[Any]:
    """Return these courses, of those that are published, with their version and when the first was published.

    Their rows are held until the transaction ends, taken in one order by everybody.
    """
    held = db.session.scalars(
        select(CourseRow.id)
        .where(CourseRow.id.in_(course_ids), CourseRow.published_id.is_not(None))
        .order_by(CourseRow.id)
        .with_for_update(key_share=True)
    ).all()
    first = (
        select(func.min(CourseVersionRow.published_at))
        .where(CourseVersionRow.course_id == CourseRow.id, CourseVersionRow.state == VersionState.PUBLISHED)
        .correlate(CourseRow)
        .scalar_subquery()
    )
    return db.session.execute(
        select(
            CourseRow.id,
            CourseRow.title,
            CourseRow.summary,
            CourseRow.language,
            CourseVersionRow,
            first.label("first_published_at"),
        )
        .join(CourseVersionRow, CourseVersionRow.id == CourseRow.published_id)
        .where(CourseRow.id.in_(held))
        .order_by(CourseRow.id)
    ).all()


def list_unshelved(form: int, *, at_most: int) -> Sequence[CourseId]:
    """Return some published courses that the catalogue does not hold by the rules of `form`."""
    return db.session.scalars(
        select(CourseRow.id)
        .outerjoin(ShelfRow, ShelfRow.course_id == CourseRow.id)
        .where(CourseRow.published_id.is_not(None), or_(ShelfRow.course_id.is_(None), ShelfRow.form != form))
        .order_by(CourseRow.id)
        .limit(at_most)
    ).all()


def list_holding(keys: Collection[ActivityKey]) -> Sequence[CourseId]:
    """Return the published courses that hold any of these activities."""
    return db.session.scalars(
        select(CourseRow.id)
        .join(
            ActivityRow,
            and_(ActivityRow.version_id == CourseRow.published_id, ActivityRow.key.in_(keys)),
        )
        .distinct()
        .order_by(CourseRow.id)
    ).all()
