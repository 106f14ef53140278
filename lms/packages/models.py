"""Packages' tables."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Integer, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lms.courses.values import ActivityId, EnrolmentId
from lms.kernel.db import Model, append_only, new_id
from lms.packages.values import PackageId, PackageStandard, RevisionId, SessionId


class PackageRow(Model):
    """A package, whatever revision of it."""

    __tablename__ = "packages"

    id: Mapped[PackageId] = mapped_column(primary_key=True, default=new_id)
    title: Mapped[str]
    created_at: Mapped[datetime]


class PackageRevision(Model):
    """One upload of a package; never changed, so that whoever began it finishes on it."""

    __tablename__ = "package_revisions"
    __table_args__ = (UniqueConstraint("package_id", "number"),)

    id: Mapped[RevisionId] = mapped_column(primary_key=True, default=new_id)
    package_id: Mapped[PackageId] = mapped_column(ForeignKey("packages.id"))
    number: Mapped[int] = mapped_column(Integer)
    standard: Mapped[PackageStandard]
    manifest: Mapped[dict[str, Any]]
    title: Mapped[str]
    file_id: Mapped[UUID] = mapped_column(ForeignKey("stored_files.id"))
    size_bytes: Mapped[int]
    files: Mapped[int] = mapped_column(Integer)
    stored_at: Mapped[datetime]
    stored_by: Mapped[UUID | None]


class PackageFileRow(Model):
    """One file of a revision; its bytes are a blob of the kernel's storage."""

    __tablename__ = "package_files"

    revision_id: Mapped[RevisionId] = mapped_column(ForeignKey("package_revisions.id"), primary_key=True)
    path: Mapped[str] = mapped_column(primary_key=True)
    sha256: Mapped[str] = mapped_column(index=True)
    size_bytes: Mapped[int]
    media_type: Mapped[str]


class TrackingRow(Model):
    """What a SCO has set for one enrolment; `session_id` is the opening that may still write."""

    __tablename__ = "package_trackings"
    __table_args__ = (Index("ix_package_trackings_activity", "activity_id", "enrolment_id"),)

    enrolment_id: Mapped[EnrolmentId] = mapped_column(ForeignKey("enrolments.id"), primary_key=True)
    activity_id: Mapped[ActivityId] = mapped_column(ForeignKey("course_activities.id"), primary_key=True)
    item: Mapped[str] = mapped_column(primary_key=True)
    elements: Mapped[dict[str, Any]]
    total_seconds: Mapped[Decimal]
    is_finished: Mapped[bool]
    session_id: Mapped[SessionId]
    sequence: Mapped[int] = mapped_column(Integer)
    reported_seconds: Mapped[Decimal]
    changed_at: Mapped[datetime]


for _table in (PackageRevision, PackageFileRow):
    append_only(_table)
