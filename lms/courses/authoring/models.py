"""Authoring's tables: courses, their versions, sections and activities, and where they came from."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Boolean, ForeignKey, Index, Integer, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column

from lms.audiences.values import AudienceId
from lms.courses.authoring.values import Verdict
from lms.courses.values import (
    ActivityId,
    ActivityKey,
    AudienceUse,
    CourseId,
    CourseImportId,
    CourseVersionId,
    Level,
    ReviewId,
    SectionKey,
    VersionState,
)
from lms.identity.values import BrandId, PersonId, PositionId
from lms.kernel.db import Model, also_create, new_id


class CourseRow(Model):
    """A course. Its title and the other facts here are edited at once; what is taught lies in versions."""

    __tablename__ = "courses"
    __table_args__ = (
        Index("ix_courses_title", "title", "id"),
        Index("ix_courses_changed", "changed_at", "id"),
    )

    id: Mapped[CourseId] = mapped_column(primary_key=True, default=new_id)
    slug: Mapped[str] = mapped_column(unique=True)
    title: Mapped[str]
    summary: Mapped[str] = mapped_column(default="")
    brand_id: Mapped[BrandId | None] = mapped_column(ForeignKey("brands.id"), index=True)
    language: Mapped[str] = mapped_column(default="en")
    level: Mapped[Level | None]
    published_id: Mapped[CourseVersionId | None] = mapped_column(
        ForeignKey("course_versions.id", use_alter=True), index=True
    )
    draft_id: Mapped[CourseVersionId | None] = mapped_column(
        ForeignKey("course_versions.id", use_alter=True), index=True
    )
    created_at: Mapped[datetime]
    created_by: Mapped[PersonId | None] = mapped_column(ForeignKey("people.id"))
    changed_at: Mapped[datetime]
    changes: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    """How often it was changed: what a review is about."""
    needs_review: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    draft_writers: Mapped[list[str]] = mapped_column(default=list, server_default="[]")
    """Who changed the draft since the last version."""
    due_on: Mapped[date | None]
    due_days: Mapped[int | None] = mapped_column(Integer)
    """When those are due whom an audience enrols: on that day or so many days after, or neither."""
    withdraws_leavers: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    """Whether who leaves the audiences and has not begun is withdrawn."""
    places: Mapped[int | None] = mapped_column(Integer)
    """How many may be in it at once; None without limit."""


class CourseAudience(Model):
    """An audience that a course names: who sees it, where any is named for that, or who is enrolled on it."""

    __tablename__ = "course_audiences"
    __table_args__ = (Index("ix_course_audiences_audience", "audience_id", "use"),)

    course_id: Mapped[CourseId] = mapped_column(ForeignKey("courses.id"), primary_key=True)
    use: Mapped[AudienceUse] = mapped_column(primary_key=True)
    audience_id: Mapped[AudienceId] = mapped_column(ForeignKey("audiences.id"), primary_key=True)


class CoursePosition(Model):
    """A course is meant for people in a position; one that names none is for every position."""

    __tablename__ = "course_positions"

    course_id: Mapped[CourseId] = mapped_column(ForeignKey("courses.id"), primary_key=True)
    position_id: Mapped[PositionId] = mapped_column(ForeignKey("positions.id"), primary_key=True, index=True)


class ShelfRow(Model):
    """A published course as the catalogue finds it: made from the course, and made again with every change of it.

    `number` rises with every change of any course, in the order of the commits: who knows the catalogue up to a number
    reads what is above it. `form` says by which rules the row was made. `head` and `body` are words, each once.
    """

    __tablename__ = "course_shelf"

    course_id: Mapped[CourseId] = mapped_column(ForeignKey("courses.id"), primary_key=True)
    number: Mapped[int] = mapped_column(index=True)
    form: Mapped[int] = mapped_column(Integer)
    title: Mapped[str]
    language: Mapped[str]
    minutes: Mapped[int] = mapped_column(Integer)
    published_at: Mapped[datetime]
    """When it was published for the first time."""
    facets: Mapped[dict[str, Any]]
    sees: Mapped[list[str]]
    """The audiences that see it; none: everybody."""
    head: Mapped[str]
    body: Mapped[str]
    passages: Mapped[str]
    """The course's passages as they are compared, in order, each on a line of its own and its words between spaces."""


class PassageRow(Model):
    """Some lines of a published course, as they are shown where something is found in them."""

    __tablename__ = "course_passages"

    course_id: Mapped[CourseId] = mapped_column(ForeignKey("courses.id"), primary_key=True)
    position: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    title: Mapped[str]
    text: Mapped[str]


class ShelfState(Model):
    """The highest number of the catalogue: one row, held by whoever changes the catalogue until their commit."""

    __tablename__ = "course_shelf_state"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    number: Mapped[int]


class CourseVersionRow(Model):
    """One version: a draft that changes, or a published one that never does. The sums are kept by the service."""

    __tablename__ = "course_versions"
    __table_args__ = (
        UniqueConstraint("course_id", "number"),
        Index(
            "uq_course_versions_draft",
            "course_id",
            unique=True,
            sqlite_where=text("state = 'draft'"),
            postgresql_where=text("state = 'draft'"),
        ),
    )

    id: Mapped[CourseVersionId] = mapped_column(primary_key=True, default=new_id)
    course_id: Mapped[CourseId] = mapped_column(ForeignKey("courses.id"), index=True)
    number: Mapped[int] = mapped_column(Integer)
    state: Mapped[VersionState]
    intro: Mapped[str] = mapped_column(default="")
    intro_html: Mapped[str] = mapped_column(default="")
    intro_pictures: Mapped[dict[str, Any]] = mapped_column(default=dict)
    objectives: Mapped[list[str]] = mapped_column(default=list)
    minutes: Mapped[int] = mapped_column(Integer, default=0)
    activity_count: Mapped[int] = mapped_column(Integer, default=0)
    required_count: Mapped[int] = mapped_column(Integer, default=0)
    created_at: Mapped[datetime]
    published_at: Mapped[datetime | None]
    published_by: Mapped[PersonId | None] = mapped_column(ForeignKey("people.id"))


class SectionRow(Model):
    """A part of a version with a title of its own; `slug` is its folder's name if it came from files."""

    __tablename__ = "course_sections"
    __table_args__ = (UniqueConstraint("version_id", "key"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    key: Mapped[SectionKey]
    version_id: Mapped[CourseVersionId] = mapped_column(ForeignKey("course_versions.id"))
    position: Mapped[int] = mapped_column(Integer)
    title: Mapped[str]
    slug: Mapped[str] = mapped_column(default="")


class ActivityRow(Model):
    """One activity of one version. `position` counts from 1 through the whole version, so it is the lesson's number.

    `slug` is its file's name if it came from files, `pictures` maps each address in the Markdown to the stored file
    it shows, `revision` rises with every save. `rule` and `least` are its completion rule, empty where its kind's
    first one holds; `locks` are pairs of kind and value.
    """

    __tablename__ = "course_activities"
    __table_args__ = (
        UniqueConstraint("version_id", "key"),
        Index("ix_course_activities_key", "key"),
        Index("ix_course_activities_section", "section_id"),
    )

    id: Mapped[ActivityId] = mapped_column(primary_key=True, default=new_id)
    key: Mapped[ActivityKey]
    version_id: Mapped[CourseVersionId] = mapped_column(ForeignKey("course_versions.id"))
    section_id: Mapped[UUID] = mapped_column(ForeignKey("course_sections.id"))
    position: Mapped[int] = mapped_column(Integer)
    kind: Mapped[str]
    title: Mapped[str]
    slug: Mapped[str] = mapped_column(default="")
    minutes: Mapped[int] = mapped_column(Integer, default=0)
    is_required: Mapped[bool] = mapped_column(Boolean, default=True)
    body: Mapped[str] = mapped_column(default="", deferred=True)
    html: Mapped[str] = mapped_column(default="", deferred=True)
    pictures: Mapped[dict[str, Any]] = mapped_column(default=dict)
    config: Mapped[dict[str, Any]] = mapped_column(default=dict)
    revision: Mapped[int] = mapped_column(Integer, default=1)
    rule: Mapped[str] = mapped_column(default="", server_default="")
    least: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    locks: Mapped[list[Any]] = mapped_column(default=list, server_default="[]")


class CoursePicture(Model):
    """A stored file that a course shows. Once a version may show it, it stays."""

    __tablename__ = "course_pictures"
    __table_args__ = (UniqueConstraint("course_id", "sha256"),)

    file_id: Mapped[UUID] = mapped_column(ForeignKey("stored_files.id"), primary_key=True)
    course_id: Mapped[CourseId] = mapped_column(ForeignKey("courses.id"))
    sha256: Mapped[str]
    width: Mapped[int | None] = mapped_column(Integer)
    height: Mapped[int | None] = mapped_column(Integer)
    """In pixels, as a picture is shown; None for what is no picture, and for drawings."""
    length_ms: Mapped[int | None] = mapped_column(Integer)
    """How long a film or sound is; None until a job has looked, 0 where the file does not say."""


class CourseReviewRow(Model):
    """A request that a second trainer reads a draft before it is published; one is open per course."""

    __tablename__ = "course_reviews"
    __table_args__ = (
        Index(
            "uq_course_reviews_open",
            "course_id",
            unique=True,
            sqlite_where=text("decided_at IS NULL"),
            postgresql_where=text("decided_at IS NULL"),
        ),
        Index("ix_course_reviews_course", "course_id", "id"),
        Index("ix_course_reviews_reviewer", "reviewer_id", "decided_at"),
    )

    id: Mapped[ReviewId] = mapped_column(primary_key=True, default=new_id)
    course_id: Mapped[CourseId] = mapped_column(ForeignKey("courses.id"))
    number: Mapped[int] = mapped_column(Integer)
    changes: Mapped[int] = mapped_column(Integer)
    asked_at: Mapped[datetime]
    asked_by: Mapped[PersonId | None] = mapped_column(ForeignKey("people.id"))
    reviewer_id: Mapped[PersonId | None] = mapped_column(ForeignKey("people.id"))
    note: Mapped[str] = mapped_column(default="")
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[PersonId | None] = mapped_column(ForeignKey("people.id"))
    verdict: Mapped[Verdict | None]
    reason: Mapped[str] = mapped_column(default="")


class CourseImportRow(Model):
    """An archive that was uploaded to become a course: looked at first, then confirmed once."""

    __tablename__ = "course_imports"

    id: Mapped[CourseImportId] = mapped_column(primary_key=True, default=new_id)
    file_id: Mapped[UUID] = mapped_column(ForeignKey("stored_files.id"))
    uploaded_at: Mapped[datetime]
    uploaded_by: Mapped[PersonId | None] = mapped_column(ForeignKey("people.id"), index=True)
    confirmed_at: Mapped[datetime | None]
    course_id: Mapped[CourseId | None] = mapped_column(ForeignKey("courses.id"))


# A published version, its sections and its activities: the database refuses to change them, whoever asks.
_REFUSAL = "a published course version never changes"

also_create(
    CourseVersionRow,
    sqlite=[
        (
            f"CREATE TRIGGER course_versions_published_{act} BEFORE {act.upper()} ON course_versions "
            f"WHEN OLD.state = 'published' BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END"
        )
        for act in ("update", "delete")
    ],
    postgresql=[
        (
            "CREATE OR REPLACE FUNCTION refuse_published_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"IF OLD.state = 'published' THEN RAISE EXCEPTION '{_REFUSAL}'; END IF; "
            "IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END $$"
        ),
        (
            "CREATE TRIGGER course_versions_published BEFORE UPDATE OR DELETE ON course_versions "
            "FOR EACH ROW EXECUTE FUNCTION refuse_published_change()"
        ),
    ],
)


def _sqlite_guard(table: str, act: str, row: str) -> str:
    return (
        f"CREATE TRIGGER {table}_published_{act}_{row} BEFORE {act.upper()} ON {table} "  # noqa: S608  names of our own tables
        f"WHEN (SELECT state FROM course_versions WHERE id = {row}.version_id) = 'published' "
        f"BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END"
    )


for _part in (SectionRow, ActivityRow):
    also_create(
        _part,
        sqlite=[
            _sqlite_guard(_part.__tablename__, act, row)
            for act, row in (("insert", "NEW"), ("update", "OLD"), ("update", "NEW"), ("delete", "OLD"))
        ],
        postgresql=[
            (
                "CREATE OR REPLACE FUNCTION refuse_published_part() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
                "IF TG_OP <> 'INSERT' AND EXISTS (SELECT 1 FROM course_versions WHERE id = OLD.version_id "
                "AND state = 'published') THEN RAISE EXCEPTION 'a published course version never changes'; END IF; "
                "IF TG_OP <> 'DELETE' AND EXISTS (SELECT 1 FROM course_versions WHERE id = NEW.version_id "
                "AND state = 'published') THEN RAISE EXCEPTION 'a published course version never changes'; END IF; "
                "IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END $$"
            ),
            (
                f"CREATE TRIGGER {_part.__tablename__}_published BEFORE INSERT OR UPDATE OR DELETE "
                f"ON {_part.__tablename__} FOR EACH ROW EXECUTE FUNCTION refuse_published_part()"
            ),
        ],
    )
