"""Packages' tables."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Integer, LargeBinary, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from lms.courses.values import ActivityId, ActivityKey, CourseId, EnrolmentId
from lms.identity.values import PersonId
from lms.kernel.db import Model, append_only, new_id
from lms.packages.values import PackageId, PackageStandard, RevisionId, SessionId, UploadId
from lms.packages.values.cmi5 import LaunchMode, LaunchSessionId, RegistrationId


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


class PackageUploadRow(Model):
    """An upload that is looked at before it is kept as a revision: confirmed once.

    `package_id` is the package of which it is to be the next revision, `activity_key` the activity of a course's draft
    that is to play it; `report` is what was found in it.
    """

    __tablename__ = "package_uploads"

    id: Mapped[UploadId] = mapped_column(primary_key=True)
    file_id: Mapped[UUID] = mapped_column(ForeignKey("stored_files.id"))
    package_id: Mapped[PackageId | None] = mapped_column(ForeignKey("packages.id"))
    course_id: Mapped[CourseId | None] = mapped_column(ForeignKey("courses.id"))
    activity_key: Mapped[ActivityKey | None]
    report: Mapped[dict[str, Any]]
    uploaded_at: Mapped[datetime]
    uploaded_by: Mapped[PersonId | None] = mapped_column(ForeignKey("people.id"), index=True)
    confirmed_at: Mapped[datetime | None]
    revision_id: Mapped[RevisionId | None] = mapped_column(ForeignKey("package_revisions.id"))


class ItemFateRow(Model):
    """An item of the revision before that this one no longer has: what it is now, once somebody has said so.

    `became` is an item of this revision; None, once decided, if it was removed. Undecided, no course with it can be
    published.
    """

    __tablename__ = "package_item_fates"

    revision_id: Mapped[RevisionId] = mapped_column(ForeignKey("package_revisions.id"), primary_key=True)
    item: Mapped[str] = mapped_column(primary_key=True)
    title: Mapped[str]
    became: Mapped[str | None]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[PersonId | None] = mapped_column(ForeignKey("people.id"))


class TrackingRow(Model):
    """What a SCO has set for one enrolment; `session_id` is the opening that may still write.

    `untold` is what changed in commits that the course was not told of.
    """

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
    untold: Mapped[dict[str, Any] | None]


class PackageCommitRow(Model):
    """What one commit that the course was told of has set, for who looks for a fault; values as a log shows them.

    `completed`, `passed` and `score` are the item's own after it.
    """

    __tablename__ = "package_commits"

    enrolment_id: Mapped[EnrolmentId] = mapped_column(ForeignKey("enrolments.id"), primary_key=True)
    session_id: Mapped[SessionId] = mapped_column(primary_key=True)
    sequence: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    item: Mapped[str]
    elements: Mapped[dict[str, Any]]
    completed: Mapped[bool]
    passed: Mapped[bool | None]
    score: Mapped[Decimal | None]


class SequencingRow(Model):
    """Where a learner stands in a SCORM 2004 package; `session_id` is the opening that may still write."""

    __tablename__ = "scorm2004_states"

    enrolment_id: Mapped[EnrolmentId] = mapped_column(ForeignKey("enrolments.id"), primary_key=True)
    activity_id: Mapped[ActivityId] = mapped_column(ForeignKey("course_activities.id"), primary_key=True)
    state: Mapped[dict[str, Any]]
    session_id: Mapped[SessionId]
    sequence: Mapped[int] = mapped_column(Integer)
    changed_at: Mapped[datetime]


class SharedObjectivesRow(Model):
    """What the SCORM 2004 packages of one enrolment know together: their global objectives and shared data."""

    __tablename__ = "scorm2004_shared"

    enrolment_id: Mapped[EnrolmentId] = mapped_column(ForeignKey("enrolments.id"), primary_key=True)
    objectives: Mapped[dict[str, Any]]
    stores: Mapped[dict[str, Any]]


class PastAttemptRow(Model):
    """What a SCO had set in an attempt that is over, once another began: scores, answers and comments stay."""

    __tablename__ = "scorm2004_attempts"
    __table_args__ = (UniqueConstraint("enrolment_id", "activity_id", "item", "number"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    enrolment_id: Mapped[EnrolmentId] = mapped_column(ForeignKey("enrolments.id"))
    activity_id: Mapped[ActivityId] = mapped_column(ForeignKey("course_activities.id"))
    item: Mapped[str]
    number: Mapped[int] = mapped_column(Integer)
    elements: Mapped[dict[str, Any]]
    total_seconds: Mapped[Decimal]
    ended_at: Mapped[datetime]


class RegistrationRow(Model):
    """A person's way through a cmi5 course: one for each enrolment, one for whoever looks at it before."""

    __tablename__ = "cmi5_registrations"
    __table_args__ = (
        UniqueConstraint("enrolment_id", "activity_id"),
        Index(
            "uq_cmi5_registrations_preview",
            "activity_id",
            "person_id",
            unique=True,
            sqlite_where=text("enrolment_id IS NULL"),
            postgresql_where=text("enrolment_id IS NULL"),
        ),
        Index("ix_cmi5_registrations_person", "person_id"),
    )

    id: Mapped[RegistrationId] = mapped_column(primary_key=True, default=new_id)
    enrolment_id: Mapped[EnrolmentId | None] = mapped_column(ForeignKey("enrolments.id"))
    activity_id: Mapped[ActivityId] = mapped_column(ForeignKey("course_activities.id"))
    revision_id: Mapped[RevisionId] = mapped_column(ForeignKey("package_revisions.id"))
    person_id: Mapped[PersonId] = mapped_column(ForeignKey("people.id"))
    made_at: Mapped[datetime]


class UnitRow(Model):
    """What is recorded of one unit in one registration."""

    __tablename__ = "cmi5_units"

    registration_id: Mapped[RegistrationId] = mapped_column(
        ForeignKey("cmi5_registrations.id"), primary_key=True
    )
    unit: Mapped[str] = mapped_column(primary_key=True)
    completed_at: Mapped[datetime | None]
    passed_at: Mapped[datetime | None]
    failed_at: Mapped[datetime | None]
    waived_at: Mapped[datetime | None]
    score: Mapped[Decimal | None]


class SatisfiedRow(Model):
    """A block, or the course, of which a registration was told that it is satisfied; `node` is the publisher's id."""

    __tablename__ = "cmi5_satisfied"

    registration_id: Mapped[RegistrationId] = mapped_column(
        ForeignKey("cmi5_registrations.id"), primary_key=True
    )
    node: Mapped[str] = mapped_column(primary_key=True)
    satisfied_at: Mapped[datetime]


class LaunchSessionRow(Model):
    """One launch of a unit. Its token is known once, and kept as a hash; `said` has the ids of what it said by verb."""

    __tablename__ = "cmi5_sessions"
    __table_args__ = (Index("ix_cmi5_sessions_registration", "registration_id", "id"),)

    id: Mapped[LaunchSessionId] = mapped_column(primary_key=True)
    registration_id: Mapped[RegistrationId] = mapped_column(ForeignKey("cmi5_registrations.id"))
    unit: Mapped[str]
    activity_iri: Mapped[str]
    home_page: Mapped[str]
    mode: Mapped[LaunchMode]
    mastery_score: Mapped[Decimal | None]
    token_hash: Mapped[bytes | None] = mapped_column(LargeBinary)
    opened_at: Mapped[datetime]
    launch_data_at: Mapped[datetime | None]
    preferences_at: Mapped[datetime | None]
    initialized_at: Mapped[datetime | None]
    last_at: Mapped[datetime | None]
    terminated_at: Mapped[datetime | None]
    abandoned_at: Mapped[datetime | None]
    said: Mapped[dict[str, Any]]


for _table in (PackageRevision, PackageFileRow):
    append_only(_table)
