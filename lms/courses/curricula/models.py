"""Tables of curricula: the author's draft, versions that never change, who follows which, and what counts for what."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Index, Integer, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from lms.courses.values import (
    CourseId,
    CurriculumCompletionId,
    CurriculumId,
    CurriculumVersionId,
    EquivalenceId,
    FollowingId,
)
from lms.identity.values import BrandId, PersonId
from lms.identity.values.merging import HANDED_OVER
from lms.kernel.db import Model, append_only, append_only_but_owner, new_id


class CurriculumRow(Model):
    """A curriculum. `draft` holds its stages as the author has them; `has_draft` says that `published_id` differs.

    `revision` rises with every change, so that nobody saves over what they have not seen.
    """

    __tablename__ = "curricula"
    __table_args__ = (
        Index("ix_curricula_changed", "changed_at", "id"),
        Index("ix_curricula_title", "title", "id"),
    )

    id: Mapped[CurriculumId] = mapped_column(primary_key=True, default=new_id)
    slug: Mapped[str] = mapped_column(unique=True)
    title: Mapped[str]
    summary: Mapped[str] = mapped_column(default="")
    brand_id: Mapped[BrandId | None] = mapped_column(ForeignKey("brands.id"), index=True)
    language: Mapped[str] = mapped_column(default="en")
    is_strict: Mapped[bool] = mapped_column(Boolean, default=False)
    published_id: Mapped[CurriculumVersionId | None] = mapped_column(
        ForeignKey("curriculum_versions.id", use_alter=True), index=True
    )
    draft: Mapped[list[Any]] = mapped_column(default=list)
    has_draft: Mapped[bool] = mapped_column(Boolean, default=True)
    revision: Mapped[int] = mapped_column(Integer, default=1)
    created_at: Mapped[datetime]
    created_by: Mapped[PersonId | None] = mapped_column(ForeignKey("people.id"))
    changed_at: Mapped[datetime]


class CurriculumDraftCourse(Model):
    """A course that a draft names: the database keeps it from being deleted unnoticed."""

    __tablename__ = "curriculum_draft_courses"

    curriculum_id: Mapped[CurriculumId] = mapped_column(ForeignKey("curricula.id"), primary_key=True)
    course_id: Mapped[CourseId] = mapped_column(ForeignKey("courses.id"), primary_key=True, index=True)


class CurriculumVersionRow(Model):
    """A published version, with its stages; never changed."""

    __tablename__ = "curriculum_versions"
    __table_args__ = (UniqueConstraint("curriculum_id", "number"),)

    id: Mapped[CurriculumVersionId] = mapped_column(primary_key=True, default=new_id)
    curriculum_id: Mapped[CurriculumId] = mapped_column(ForeignKey("curricula.id"))
    number: Mapped[int] = mapped_column(Integer)
    stages: Mapped[list[Any]]
    published_at: Mapped[datetime]
    published_by: Mapped[PersonId | None] = mapped_column(ForeignKey("people.id"))


class CurriculumVersionCourse(Model):
    """A course that a version names; never changed."""

    __tablename__ = "curriculum_version_courses"

    version_id: Mapped[CurriculumVersionId] = mapped_column(
        ForeignKey("curriculum_versions.id"), primary_key=True
    )
    course_id: Mapped[CourseId] = mapped_column(ForeignKey("courses.id"), primary_key=True, index=True)


class FollowingRow(Model):
    """A person on a curriculum's path, on the version they began: once, until they leave it."""

    __tablename__ = "curriculum_followings"
    __table_args__ = (
        Index(
            "uq_curriculum_followings_person",
            "person_id",
            "curriculum_id",
            unique=True,
            sqlite_where=text("left_at IS NULL"),
            postgresql_where=text("left_at IS NULL"),
        ),
        Index("ix_curriculum_followings_curriculum", "curriculum_id", "id"),
    )

    id: Mapped[FollowingId] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[PersonId] = mapped_column(ForeignKey("people.id"))
    curriculum_id: Mapped[CurriculumId] = mapped_column(ForeignKey("curricula.id"))
    version_id: Mapped[CurriculumVersionId] = mapped_column(ForeignKey("curriculum_versions.id"), index=True)
    started_at: Mapped[datetime]
    completed_at: Mapped[datetime | None]
    left_at: Mapped[datetime | None]


class CurriculumCompletionRow(Model):
    """A curriculum completed, with the course completions it rests on; never changed, one for each person."""

    __tablename__ = "curriculum_completions"
    __table_args__ = (UniqueConstraint("person_id", "curriculum_id"),)

    id: Mapped[CurriculumCompletionId] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[PersonId] = mapped_column(ForeignKey("people.id"))
    curriculum_id: Mapped[CurriculumId] = mapped_column(ForeignKey("curricula.id"), index=True)
    version_id: Mapped[CurriculumVersionId] = mapped_column(ForeignKey("curriculum_versions.id"))
    completed_at: Mapped[datetime]
    evidence: Mapped[dict[str, Any]]


class EquivalenceRow(Model):
    """Completions of one course that count for another."""

    __tablename__ = "course_equivalences"
    __table_args__ = (
        CheckConstraint("course_id <> counts_for_id", name="differ"),
        CheckConstraint("until_on IS NULL OR from_on IS NULL OR until_on >= from_on", name="lasts"),
        Index("ix_course_equivalences_counts_for", "counts_for_id"),
        Index("ix_course_equivalences_course", "course_id"),
    )

    id: Mapped[EquivalenceId] = mapped_column(primary_key=True, default=new_id)
    course_id: Mapped[CourseId] = mapped_column(ForeignKey("courses.id"))
    counts_for_id: Mapped[CourseId] = mapped_column(ForeignKey("courses.id"))
    is_mutual: Mapped[bool] = mapped_column(Boolean)
    note: Mapped[str]
    from_on: Mapped[date | None]
    until_on: Mapped[date | None]
    created_at: Mapped[datetime]
    created_by: Mapped[PersonId | None] = mapped_column(ForeignKey("people.id"))


append_only(CurriculumVersionRow)
append_only(CurriculumVersionCourse)
append_only_but_owner(CurriculumCompletionRow, handed_over=HANDED_OVER)
