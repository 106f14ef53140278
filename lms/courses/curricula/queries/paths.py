"""Paths as learners and their partners meet them, and the rows that are held while one is judged."""

from collections.abc import Collection, Mapping, Sequence
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, bindparam, case, func, select
from sqlalchemy.orm import Bundle

from lms.courses.curricula import rules
from lms.courses.curricula.models import (
    CurriculumCompletionRow,
    CurriculumRow,
    CurriculumVersionCourse,
    CurriculumVersionRow,
    FollowingRow,
)
from lms.courses.curricula.queries.known import Known, know, reached
from lms.courses.curricula.values import Path, Stage, TeamLine, stages_from_json
from lms.courses.learning.models import CompletionRow
from lms.courses.values import CourseId, CurriculumId, CurriculumVersionId, FollowingId
from lms.identity import facade as identity
from lms.identity.values import PersonId
from lms.kernel.actor import Scope
from lms.kernel.db import db
from lms.web.pages import Page, PageRequest, keyset

FOLLOWED_AT_MOST = 20
_COLUMNS: tuple[Any, ...] = (
    CurriculumRow.id,
    CurriculumRow.slug,
    CurriculumRow.title,
    CurriculumRow.summary,
    CurriculumRow.language,
    CurriculumRow.is_strict,
    identity.brand_name_of(CurriculumRow.brand_id).label("brand_name"),
    CurriculumVersionRow.number,
    CurriculumVersionRow.stages,
    FollowingRow.id.label("following_id"),
    FollowingRow.person_id,
    FollowingRow.started_at,
    FollowingRow.completed_at,
)

_PATH: Any = Bundle("path", *_COLUMNS)


@cache
def _met() -> Any:
    """Return the query of what :person_id may follow: what is published, in the version that they follow."""
    return (
        select(_PATH)
        .select_from(CurriculumRow)
        .outerjoin(
            FollowingRow,
            and_(
                FollowingRow.curriculum_id == CurriculumRow.id,
                FollowingRow.person_id == bindparam("person_id"),
                FollowingRow.left_at.is_(None),
            ),
        )
        .join(
            CurriculumVersionRow,
            CurriculumVersionRow.id == func.coalesce(FollowingRow.version_id, CurriculumRow.published_id),
        )
    )


def _stages(row: Any) -> tuple[Stage, ...]:
    return stages_from_json(row.stages)


def _know(rows: Collection[Any], people: Collection[PersonId]) -> Known:
    return know(people, frozenset(course_id for row in rows for course_id in rules.courses_of(_stages(row))))


def _path_of(row: Any, person_id: PersonId, known: Known) -> Path:
    stages = _stages(row)
    wanted = rules.courses_of(stages)
    return Path(
        curriculum_id=row.id,
        slug=row.slug,
        title=row.title,
        summary=row.summary,
        language=row.language,
        brand_name=row.brand_name or "",
        is_strict=row.is_strict,
        number=row.number,
        following_id=row.following_id,
        started_at=row.started_at,
        completed_at=row.completed_at,
        place=known.place_of(person_id, stages),
        courses={course_id: one for course_id, one in known.courses.items() if course_id in wanted},
    )


def _paths_of(rows: Sequence[Any], person_id: PersonId) -> Sequence[Path]:
    if not rows:
        return ()
    known = _know(rows, [person_id])
    return [_path_of(row, person_id, known) for row in rows]


@cache
def _followed() -> Any:
    return (
        _met()
        .where(FollowingRow.id.is_not(None))
        .order_by(case((FollowingRow.completed_at.is_(None), 0), else_=1), FollowingRow.id.desc())
        .limit(FOLLOWED_AT_MOST)
    )


@cache
def _under_way() -> Any:
    return _followed().where(FollowingRow.completed_at.is_(None))


def list_followed(person_id: PersonId, *, only_under_way: bool = False) -> Sequence[Path]:
    """Return the paths that a person follows, those under way first, the one begun last first."""
    query = _under_way() if only_under_way else _followed()
    return _paths_of(db.session.scalars(query, {"person_id": person_id}).all(), person_id)


def find_path(slug: str, person_id: PersonId) -> Path | None:
    """Return a path as a person meets it, None if none is published at that address."""
    rows = db.session.scalars(_met().where(CurriculumRow.slug == slug), {"person_id": person_id}).all()
    return next(iter(_paths_of(rows, person_id)), None)


def page_published(person_id: PersonId, wanted: PageRequest) -> Page[Path]:
    """Return a page of published paths that the person does not follow, by title."""
    query = _met().params(person_id=person_id).where(FollowingRow.id.is_(None))
    page = keyset(query, by=(CurriculumRow.title, CurriculumRow.id), wanted=wanted)
    known = _know(page.items, [person_id])
    return page.map(lambda row: _path_of(row, person_id, known))


def list_naming(course_id: CourseId, person_id: PersonId, *, only_strict: bool = False) -> Sequence[Path]:
    """Return the paths with this course, as a person meets them: in the version that they follow, or the newest."""
    query = (
        _met()
        .join(
            CurriculumVersionCourse,
            and_(
                CurriculumVersionCourse.version_id == CurriculumVersionRow.id,
                CurriculumVersionCourse.course_id == course_id,
            ),
        )
        .order_by(CurriculumRow.title, CurriculumRow.id)
        .limit(FOLLOWED_AT_MOST)
    )
    if only_strict:
        query = query.where(CurriculumRow.is_strict)
    return _paths_of(db.session.scalars(query, {"person_id": person_id}).all(), person_id)


def page_team(
    scope: Scope, wanted: PageRequest, *, curriculum_id: CurriculumId | None = None
) -> Page[TeamLine]:
    """Return a page of who, of the people `scope` reaches, is where on which path, by name."""
    people = identity.columns_of_people()
    person = people.column_descriptions[0]["entity"]
    query = (
        people.join(FollowingRow, FollowingRow.person_id == person.id)
        .join(CurriculumRow, CurriculumRow.id == FollowingRow.curriculum_id)
        .join(CurriculumVersionRow, CurriculumVersionRow.id == FollowingRow.version_id)
        .add_columns(_PATH)
        .where(FollowingRow.left_at.is_(None), identity.person_in_scope(FollowingRow.person_id, scope))
    )
    if curriculum_id is not None:
        query = query.where(CurriculumRow.id == curriculum_id)
    page = keyset(query, by=(person.name, FollowingRow.id), wanted=wanted, scalars=False)
    rows = [row[-1] for row in page.items]
    known = _know(rows, [row.person_id for row in rows])
    return page.map(
        lambda row: TeamLine(
            name=identity.person_of(row).name,
            employer_name=identity.person_of(row).employer_name,
            path=_path_of(row[-1], row[-1].person_id, known),
        )
    )


def list_titles() -> Sequence[tuple[CurriculumId, str]]:
    """Return published curricula by title: for choice lists, at most 500."""
    rows = db.session.execute(
        select(CurriculumRow.id, CurriculumRow.title)
        .where(CurriculumRow.published_id.is_not(None))
        .order_by(CurriculumRow.title, CurriculumRow.id)
        .limit(500)
    )
    return [(row.id, row.title) for row in rows]


def find_following(person_id: PersonId, curriculum_id: CurriculumId) -> FollowingRow | None:
    """Return the row of a person on a path, held until the transaction ends; None without one."""
    return db.session.scalars(
        _held(
            FollowingRow.person_id == person_id,
            FollowingRow.curriculum_id == curriculum_id,
            FollowingRow.left_at.is_(None),
        )
    ).first()


def _held(*conditions: ColumnElement[bool]) -> Any:
    return (
        select(FollowingRow)
        .where(*conditions)
        .order_by(FollowingRow.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


_UNDER_WAY = (FollowingRow.left_at.is_(None), FollowingRow.completed_at.is_(None))


def hold_of_person(person_id: PersonId) -> Sequence[FollowingRow]:
    """Return what a person is on the way on, held: two completions at once are judged one after the other."""
    return db.session.scalars(_held(FollowingRow.person_id == person_id, *_UNDER_WAY)).all()


def hold_batch(
    after: UUID,
    size: int,
    *,
    curriculum_id: CurriculumId | None = None,
    counting: Collection[CourseId] = (),
) -> Sequence[FollowingRow]:
    """Return the next followings under way, held.

    Of one curriculum, or of who has completed what counts for `counting`.
    """
    conditions: list[ColumnElement[bool]] = [FollowingRow.id > after, *_UNDER_WAY]
    if curriculum_id is not None:
        conditions.append(FollowingRow.curriculum_id == curriculum_id)
    if counting:
        conditions.append(
            select(CompletionRow.id)
            .where(
                CompletionRow.person_id == FollowingRow.person_id,
                CompletionRow.course_id.in_(reached(counting)),
            )
            .exists()
        )
    return db.session.scalars(_held(*conditions).limit(size)).all()


def stages_by_version(
    ids: Collection[CurriculumVersionId],
) -> Mapping[CurriculumVersionId, tuple[Stage, ...]]:
    """Return the stages of these versions."""
    rows = db.session.execute(
        select(CurriculumVersionRow.id, CurriculumVersionRow.stages).where(CurriculumVersionRow.id.in_(ids))
    )
    return {version_id: stages_from_json(kept) for version_id, kept in rows}


def export_person(person_id: PersonId) -> Sequence[Mapping[str, Any]]:
    """Return the paths that a person followed, as JSON values."""
    rows = db.session.execute(
        select(CurriculumRow.title, FollowingRow, CurriculumCompletionRow.evidence)
        .join(FollowingRow, FollowingRow.curriculum_id == CurriculumRow.id)
        .outerjoin(
            CurriculumCompletionRow,
            and_(
                CurriculumCompletionRow.curriculum_id == CurriculumRow.id,
                CurriculumCompletionRow.person_id == FollowingRow.person_id,
            ),
        )
        .where(FollowingRow.person_id == person_id)
        .order_by(FollowingRow.id)
    )
    return [
        {
            "path": title,
            "started_at": row.started_at.isoformat(),
            "completed_at": row.completed_at.isoformat() if row.completed_at else None,
            "left_at": row.left_at.isoformat() if row.left_at else None,
            "rests_on": evidence,
        }
        for title, row, evidence in rows
    ]


def list_open_of(person_id: PersonId) -> Sequence[FollowingId]:
    """Return what a person follows and has not completed."""
    return db.session.scalars(
        select(FollowingRow.id).where(FollowingRow.person_id == person_id, *_UNDER_WAY)
    ).all()
