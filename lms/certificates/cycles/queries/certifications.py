"""SELECTs of certifications and their rules."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Select, bindparam, func, select

from lms.audiences.values import AudienceId
from lms.certificates.cycles.models import (
    CertificationPosition,
    CertificationRow,
    CycleRow,
    RuleRow,
    RuleSubject,
    TrackRow,
)
from lms.certificates.cycles.rules.requirements import all_leaves
from lms.certificates.cycles.values.defining import Version
from lms.certificates.values import Certification, CertificationId, CertificationState, Rule, subject_of
from lms.courses import facade as courses
from lms.courses.values import ActivityKey, CourseId
from lms.kernel.db import db, fetch
from lms.kernel.errors import NotFound

AT_ONCE = 200
"""How many certifications a list holds at most: they are a programme's standards, not its data."""


def current() -> Select[CertificationRow, dict[str, Any]]:
    """Return the query of certifications with the rule in force."""
    return select(CertificationRow, RuleRow.rule).join(
        RuleRow,
        (RuleRow.certification_id == CertificationRow.id)
        & (RuleRow.version == CertificationRow.rule_version),
    )


def certification_of(row: Any, rule: dict[str, Any], needed_by: Iterable[Any] = ()) -> Certification:
    """Return the value of a CertificationRow, or of these columns of one."""
    return Certification(
        id=row.id,
        code=row.code,
        title=row.title,
        glyph=row.glyph,
        description=row.description,
        state=row.state,
        brand_id=row.brand_id,
        rule_version=row.rule_version,
        rule=msgspec.convert(rule, Rule),
        needed_by=frozenset(needed_by),
    )


def _collect(query: Any) -> Sequence[Certification]:
    rows = db.session.execute(
        query.add_columns(CertificationPosition.position_id)
        .outerjoin(CertificationPosition, CertificationPosition.certification_id == CertificationRow.id)
        .order_by(CertificationRow.title, CertificationRow.id)
    )
    found: dict[CertificationId, tuple[CertificationRow, dict[str, Any], set[Any]]] = {}
    for row, rule, position_id in rows:
        found.setdefault(row.id, (row, rule, set()))[2].update([position_id] if position_id else [])
    return [certification_of(*parts) for parts in found.values()]


def list_certifications(
    ids: Collection[CertificationId] | None = None, *, only_active: bool = False
) -> Sequence[Certification]:
    """Return certifications by title, with who needs them: all, at most `AT_ONCE`, or those of `ids`."""
    chosen = select(CertificationRow.id).order_by(CertificationRow.title).limit(AT_ONCE)
    if ids is not None:
        chosen = chosen.where(CertificationRow.id.in_(ids))
    if only_active:
        chosen = chosen.where(CertificationRow.state == CertificationState.ACTIVE)
    return _collect(current().where(CertificationRow.id.in_(chosen)))


# Built once: decisions and team pages ask for one at a time. Read as columns, for nothing is changed.
_ONE = (
    select(
        CertificationRow.id,
        CertificationRow.code,
        CertificationRow.title,
        CertificationRow.glyph,
        CertificationRow.description,
        CertificationRow.state,
        CertificationRow.brand_id,
        CertificationRow.rule_version,
        RuleRow.rule,
        CertificationPosition.position_id,
    )
    .join(
        RuleRow,
        (RuleRow.certification_id == CertificationRow.id)
        & (RuleRow.version == CertificationRow.rule_version),
    )
    .outerjoin(CertificationPosition, CertificationPosition.certification_id == CertificationRow.id)
    .where(CertificationRow.id == bindparam("certification_id"))
)


def get_certification(certification_id: CertificationId) -> Certification:
    """Return one certification; NotFound if there is none."""
    rows = fetch(_ONE, {"certification_id": certification_id}).all()
    if not rows:
        raise NotFound
    return certification_of(rows[0], rows[0].rule, [row.position_id for row in rows if row.position_id])


# Built once: every deed of everybody asks it.
_NAMING = (
    current()
    .join(
        RuleSubject,
        (RuleSubject.certification_id == CertificationRow.id)
        & (RuleSubject.version == CertificationRow.rule_version),
    )
    .where(
        RuleSubject.subject_id == bindparam("subject_id"), CertificationRow.state == CertificationState.ACTIVE
    )
    .order_by(CertificationRow.id)
)


def list_naming(subject_id: UUID) -> Sequence[Certification]:
    """Return the active certifications whose rule in force names a course, activity or certification, by id."""
    rows = db.session.execute(_NAMING, {"subject_id": subject_id})
    return [certification_of(row, rule) for row, rule in rows]


def count_resting_on(subject_ids: Collection[UUID], *, now: datetime) -> Sequence[tuple[str, int, int]]:
    """Return the active certifications whose rule names any of these, by title: how many hold each, and are on the way.

    Subjects are courses, activities (by key) and certifications.
    """
    named = (
        select(RuleSubject.certification_id)
        .join(
            CertificationRow,
            (CertificationRow.id == RuleSubject.certification_id)
            & (CertificationRow.rule_version == RuleSubject.version),
        )
        .where(RuleSubject.subject_id.in_(subject_ids), CertificationRow.state == CertificationState.ACTIVE)
    )
    holders = (
        select(func.count())
        .where(TrackRow.certification_id == CertificationRow.id, TrackRow.counts_until > now)
        .correlate(CertificationRow)
    )
    on_their_way = (
        select(func.count())
        .where(CycleRow.certification_id == CertificationRow.id, CycleRow.closed_at.is_(None))
        .correlate(CertificationRow)
    )
    rows = db.session.execute(
        select(CertificationRow.title, holders.scalar_subquery(), on_their_way.scalar_subquery())
        .where(CertificationRow.id.in_(named))
        .order_by(CertificationRow.title, CertificationRow.id)
        .limit(AT_ONCE)
    )
    return [(title, held, going) for title, held, going in rows]


def list_courses_ever_named(certification_id: CertificationId) -> Sequence[CourseId]:
    """Return the courses that any version of a certification's rule names, itself or by an activity."""
    subjects = db.session.scalars(
        select(RuleSubject.subject_id).where(RuleSubject.certification_id == certification_id).distinct()
    ).all()
    holding = courses.list_holding([ActivityKey(one) for one in subjects]) if subjects else ()
    return sorted({*(CourseId(one) for one in subjects), *holding})


def list_leading(course_ids: Collection[CourseId]) -> Mapping[CourseId, Collection[str]]:
    """Return the ids of active certifications whose rule in force names each of these courses, or an exam in it."""
    holding: dict[UUID, CourseId] = {one: one for one in course_ids}
    holding |= {activity.key: activity.course_id for activity in courses.list_graded_in(course_ids)}
    rows = db.session.execute(
        select(RuleSubject.subject_id, RuleSubject.certification_id)
        .join(
            CertificationRow,
            (CertificationRow.id == RuleSubject.certification_id)
            & (CertificationRow.rule_version == RuleSubject.version),
        )
        .where(
            RuleSubject.subject_id.in_(holding),
            CertificationRow.state == CertificationState.ACTIVE,
        )
    )
    found: dict[CourseId, set[str]] = defaultdict(set)
    for subject_id, certification_id in rows:
        found[holding[subject_id]].add(str(certification_id))
    return found


def titles_of(ids: Collection[CertificationId]) -> Mapping[CertificationId, str]:
    """Return what these certifications, of which there are a few, are called now."""
    rows = db.session.execute(
        select(CertificationRow.id, CertificationRow.title).where(CertificationRow.id.in_(ids))
    )
    return {one: title for one, title in rows}  # noqa: C416  rows are typed so


def is_code_taken(code: str, *, but: CertificationId | None) -> bool:
    """Return whether another certification has this code."""
    query = select(CertificationRow.id).where(func.lower(CertificationRow.code) == code.lower())
    if but is not None:
        query = query.where(CertificationRow.id != but)
    return db.session.scalars(query).first() is not None


def list_meant_for(audience_ids: Collection[AudienceId]) -> Sequence[Certification]:
    """Return the active certifications whose rule in force lets only the people of one of these audiences hold them."""
    rows = db.session.execute(
        current()
        .where(
            CertificationRow.audience_id.in_(audience_ids),
            CertificationRow.state == CertificationState.ACTIVE,
        )
        .order_by(CertificationRow.id)
        .limit(AT_ONCE)
    )
    return [certification_of(row, rule) for row, rule in rows]


def list_of_audience(audience_id: AudienceId) -> Sequence[tuple[CertificationId, str]]:
    """Return the certifications, retired ones too, that only the people of an audience may hold, by title."""
    rows = db.session.execute(
        select(CertificationRow.id, CertificationRow.title)
        .where(CertificationRow.audience_id == audience_id)
        .order_by(CertificationRow.title, CertificationRow.id)
        .limit(AT_ONCE)
    )
    return [(one, title) for one, title in rows]


def list_needing(subject_ids: Collection[UUID]) -> Sequence[tuple[CertificationId, str]]:
    """Return the active certifications whose rule in force asks for any of these subjects, by title.

    An exam whose place another took is asked for no more: it may go.
    """
    rows = db.session.execute(
        current()
        .join(
            RuleSubject,
            (RuleSubject.certification_id == CertificationRow.id)
            & (RuleSubject.version == CertificationRow.rule_version),
        )
        .where(RuleSubject.subject_id.in_(subject_ids), CertificationRow.state == CertificationState.ACTIVE)
        .order_by(CertificationRow.title, CertificationRow.id)
        .limit(AT_ONCE)
    )
    found = {
        row.id: row.title
        for row, rule in rows
        if any(subject_of(leaf) in subject_ids for leaf in all_leaves(msgspec.convert(rule, Rule)))
    }
    return list(found.items())


def list_versions(certification_id: CertificationId) -> Sequence[Version]:
    """Return the versions of a certification's rule, the newest first, at most `AT_ONCE`."""
    rows = db.session.scalars(
        select(RuleRow)
        .where(RuleRow.certification_id == certification_id)
        .order_by(RuleRow.version.desc())
        .limit(AT_ONCE)
    )
    return [
        Version(
            number=row.version,
            rule=msgspec.convert(row.rule, Rule),
            made_at=row.made_at,
            made_by=row.made_by,
        )
        for row in rows
    ]


def count_holders(at: datetime) -> dict[CertificationId, int]:
    """Return how many people hold each certification at an instant from now on."""
    rows = db.session.execute(
        select(TrackRow.certification_id, func.count())
        .where(TrackRow.counts_until > at)
        .group_by(TrackRow.certification_id)
    )
    return {one: count for one, count in rows}  # noqa: C416  rows are typed so
