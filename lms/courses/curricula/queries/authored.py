"""Curricula as their authors have them, where a course is named, and what counts for what."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import func, select

from lms.courses.authoring.models import CourseRow
from lms.courses.curricula.models import (
    CurriculumDraftCourse,
    CurriculumRow,
    CurriculumVersionCourse,
    CurriculumVersionRow,
    EquivalenceRow,
    FollowingRow,
)
from lms.courses.curricula.queries.known import equivalence_of
from lms.courses.curricula.values import (
    Curriculum,
    CurriculumFacts,
    DraftState,
    Equivalence,
    Followers,
    Use,
    stages_from_json,
)
from lms.courses.values import CourseId, CurriculumId, EquivalenceId
from lms.kernel.db import db
from lms.kernel.errors import NotFound
from lms.web.pages import Page, PageRequest, keyset

AT_ONCE = 500


def _authored() -> Any:
    return select(CurriculumRow, CurriculumVersionRow.number).outerjoin(
        CurriculumVersionRow, CurriculumVersionRow.id == CurriculumRow.published_id
    )


def _curriculum_of(row: Any) -> Curriculum:
    one, number = row[0], row[1]
    return Curriculum(
        id=one.id,
        facts=CurriculumFacts(
            title=one.title,
            slug=one.slug,
            summary=one.summary,
            brand_id=one.brand_id,
            language=one.language,
            is_strict=one.is_strict,
        ),
        state=DraftState.DRAFT
        if number is None
        else DraftState.CHANGED
        if one.has_draft
        else DraftState.PUBLISHED,
        number=number or 0,
        revision=one.revision,
        stages=stages_from_json(one.draft),
        changed_at=one.changed_at,
    )


def page_authored(wanted: PageRequest) -> Page[Curriculum]:
    """Return a page of all curricula, the one changed last first."""
    by = (CurriculumRow.changed_at, CurriculumRow.id)
    return keyset(_authored(), by=by, wanted=wanted, descending=True, scalars=False).map(_curriculum_of)


def get_authored(curriculum_id: CurriculumId) -> Curriculum:
    """Return a curriculum as its author has it; NotFound without one."""
    row = db.session.execute(_authored().where(CurriculumRow.id == curriculum_id)).first()
    if row is None:
        raise NotFound
    return _curriculum_of(row)


def hold_curriculum(curriculum_id: CurriculumId) -> CurriculumRow:
    """Return a curriculum's row, held until the transaction ends: authors change it one by one."""
    row = db.session.scalars(
        select(CurriculumRow)
        .where(CurriculumRow.id == curriculum_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).first()
    if row is None:
        raise NotFound
    return row


def is_slug_taken(slug: str, *, by_other_than: CurriculumId | None = None) -> bool:
    """Return whether another curriculum has this address."""
    query = select(CurriculumRow.id).where(CurriculumRow.slug == slug)
    if by_other_than is not None:
        query = query.where(CurriculumRow.id != by_other_than)
    return db.session.scalar(query) is not None


def newest_number(curriculum_id: CurriculumId) -> int:
    """Return the number of the newest published version, 0 before there is one."""
    query = select(func.max(CurriculumVersionRow.number)).where(
        CurriculumVersionRow.curriculum_id == curriculum_id
    )
    return db.session.scalar(query) or 0


def published_among(course_ids: Collection[CourseId]) -> frozenset[CourseId]:
    """Return those of these courses that people can take."""
    query = select(CourseRow.id).where(CourseRow.id.in_(course_ids), CourseRow.published_id.is_not(None))
    return frozenset(db.session.scalars(query))


def count_followers(curriculum_id: CurriculumId) -> Followers:
    """Return whom a new version of a curriculum concerns."""
    published = select(CurriculumRow.published_id).where(CurriculumRow.id == curriculum_id).scalar_subquery()
    is_open = FollowingRow.completed_at.is_(None)
    row = db.session.execute(
        select(
            func.count().filter(is_open),
            func.count().filter(is_open, FollowingRow.version_id != published),
            func.count().filter(FollowingRow.completed_at.is_not(None)),
        ).where(FollowingRow.curriculum_id == curriculum_id, FollowingRow.left_at.is_(None))
    ).one()
    return Followers(*row)


def list_uses(course_id: CourseId) -> Sequence[Use]:
    """Return the curricula that name a course, in their draft or in a version, by title."""
    named = (
        select(CurriculumDraftCourse.curriculum_id)
        .where(CurriculumDraftCourse.course_id == course_id)
        .union(
            select(CurriculumVersionRow.curriculum_id)
            .join(CurriculumVersionCourse, CurriculumVersionCourse.version_id == CurriculumVersionRow.id)
            .where(CurriculumVersionCourse.course_id == course_id)
        )
    )
    rows = db.session.execute(
        select(CurriculumRow.id, CurriculumRow.title)
        .where(CurriculumRow.id.in_(named))
        .order_by(CurriculumRow.title, CurriculumRow.id)
        .limit(AT_ONCE)
    )
    return [Use(curriculum_id=row.id, title=row.title) for row in rows]


def page_equivalences(wanted: PageRequest) -> Page[Equivalence]:
    """Return a page of what counts for what, the newest first."""
    page = keyset(select(EquivalenceRow), by=(EquivalenceRow.id,), wanted=wanted, descending=True)
    return page.map(equivalence_of)


def hold_equivalence(equivalence_id: EquivalenceId) -> EquivalenceRow | None:
    """Return an equivalence, held until the transaction ends, or None."""
    return db.session.scalars(
        select(EquivalenceRow).where(EquivalenceRow.id == equivalence_id).with_for_update()
    ).first()
