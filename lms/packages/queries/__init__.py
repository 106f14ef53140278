"""Every SELECT of packages."""

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Select, select, tuple_
from sqlalchemy.orm import aliased

from lms.courses.values import Activity, ActivityId, EnrolmentId
from lms.kernel.db import db
from lms.kernel.errors import NotFound
from lms.kernel.files import StoredFile
from lms.packages.models import PackageCommitRow, PackageFileRow, PackageRevision, PackageRow, TrackingRow
from lms.packages.values import (
    PackageFile,
    PackageId,
    PackageManifest,
    PackageStandard,
    PackageSummary,
    RevisionId,
    ScoTracking,
    SessionId,
)
from lms.packages.values.cmi5 import CourseStructure
from lms.packages.values.tincan import TinCanPackage, as_course
from lms.web.pages import Page, PageRequest, keyset

COMMITS_EXPORTED = 10_000


def latest() -> Select[PackageRevision]:
    """Return the query of each package's latest revision."""
    newer = aliased(PackageRevision)
    return select(PackageRevision).where(
        ~select(newer.id)
        .where(newer.package_id == PackageRevision.package_id, newer.number > PackageRevision.number)
        .exists()
    )


def list_packages(wanted: PageRequest) -> Page[PackageSummary]:
    """Return one page of packages, latest upload first."""
    page = keyset(latest(), by=[PackageRevision.id], wanted=wanted, descending=True)
    return page.map(summary_of)


def list_for_choice() -> list[PackageSummary]:
    """Return packages by latest upload, for a choice list: at most 200."""
    rows = db.session.scalars(latest().order_by(PackageRevision.id.desc()).limit(200))
    return [summary_of(row) for row in rows]


def get_revision(revision_id: RevisionId) -> PackageRevision:
    """Return one revision; NotFound if there is none."""
    row = db.session.get(PackageRevision, revision_id)
    if row is None:
        raise NotFound
    return row


def revision_id_of(activity: Activity) -> RevisionId | None:
    """Return the id of the revision that an activity plays, None if it is no package or none was chosen."""
    return revision_id_in(activity.config)


def revision_id_in(config: Mapping[str, Any]) -> RevisionId | None:
    """Return the id of the revision that an activity's configuration names, or None."""
    try:
        return RevisionId(UUID(str(config.get("revision_id", ""))))
    except ValueError:
        return None


def get_revision_of(activity: Activity) -> PackageRevision:
    """Return the revision that an activity plays; NotFound if it is no package or none was chosen."""
    found = revision_id_of(activity)
    if found is None:
        raise NotFound
    return get_revision(found)


def is_upload(revision_id: RevisionId, sha256: str) -> bool:
    """Return whether a revision was uploaded as the bytes of this hash."""
    query = (
        select(PackageRevision.id)
        .join(StoredFile, StoredFile.id == PackageRevision.file_id)
        .where(PackageRevision.id == revision_id, StoredFile.sha256 == sha256)
    )
    return db.session.scalar(query) is not None


def find_latest_revision(package_id: PackageId) -> PackageRevision | None:
    """Return a package's latest revision, or None."""
    return db.session.scalars(latest().where(PackageRevision.package_id == package_id)).first()


def get_package(package_id: PackageId) -> PackageRow:
    """Return a package; NotFound if there is none."""
    row = db.session.get(PackageRow, package_id)
    if row is None:
        raise NotFound
    return row


def find_file(revision_id: RevisionId, path: str) -> PackageFile | None:
    """Return one file of a revision, or None."""
    row = db.session.get(PackageFileRow, (revision_id, path))
    if row is None:
        return None
    return PackageFile(sha256=row.sha256, size_bytes=row.size_bytes, media_type=row.media_type)


def trackings(enrolment_id: EnrolmentId, activity_id: ActivityId) -> Mapping[str, TrackingRow]:
    """Return what each SCO has set for one enrolment, by item; a package has at most a few hundred."""
    rows = db.session.scalars(
        select(TrackingRow)
        .where(TrackingRow.enrolment_id == enrolment_id, TrackingRow.activity_id == activity_id)
        .limit(2000)
    )
    return {row.item: row for row in rows}


def list_commits(
    enrolment_id: EnrolmentId, sent: Collection[tuple[SessionId, int]]
) -> Mapping[tuple[SessionId, int], PackageCommitRow]:
    """Return what commits have set, by opening and number; those before there was such a log are missing."""
    if not sent:
        return {}
    query = select(PackageCommitRow).where(
        PackageCommitRow.enrolment_id == enrolment_id,
        tuple_(PackageCommitRow.session_id, PackageCommitRow.sequence).in_(sent),
    )
    return {(row.session_id, row.sequence): row for row in db.session.scalars(query)}


def tracking_of(row: TrackingRow) -> ScoTracking:
    """Return a row's value."""
    return ScoTracking(row.elements, row.total_seconds, row.is_finished)


def summary_of(row: PackageRevision) -> PackageSummary:
    """Return a revision as lists show it."""
    return PackageSummary(
        id=row.package_id,
        revision_id=row.id,
        title=row.title,
        number=row.number,
        standard=row.standard,
        size_bytes=row.size_bytes,
        files=row.files,
        stored_at=row.stored_at,
    )


def manifest_of(row: PackageRevision) -> PackageManifest:
    """Return what the manifest of a SCORM package said, or that of a website; NotFound if it is neither."""
    if row.standard not in {PackageStandard.SCORM_12, PackageStandard.HTML}:
        raise NotFound
    return msgspec.convert(row.manifest, PackageManifest)


def course_of(row: PackageRevision) -> CourseStructure:
    """Return the course structure of a package that speaks to the record store; NotFound if it is none.

    An xAPI package is a course of one unit.
    """
    if row.standard is PackageStandard.TIN_CAN:
        return as_course(msgspec.convert(row.manifest, TinCanPackage))
    if row.standard is not PackageStandard.CMI5:
        raise NotFound
    return msgspec.convert(row.manifest, CourseStructure)


def export_enrolments(enrolments: Select[EnrolmentId]) -> list[Mapping[str, Any]]:
    """Return what packages hold of these enrolments, as JSON values."""
    rows = db.session.scalars(
        select(TrackingRow)
        .where(TrackingRow.enrolment_id.in_(enrolments))
        .order_by(TrackingRow.changed_at)
        .limit(2000)
    )
    return [
        {
            "activity_id": str(row.activity_id),
            "item": row.item,
            "elements": row.elements,
            "seconds": str(row.total_seconds),
            "changed_at": row.changed_at.isoformat(),
        }
        for row in rows
    ]


def export_commits(enrolments: Select[EnrolmentId]) -> list[Mapping[str, Any]]:
    """Return what single commits of these enrolments have set, as JSON values."""
    rows = db.session.scalars(
        select(PackageCommitRow)
        .where(PackageCommitRow.enrolment_id.in_(enrolments))
        .order_by(PackageCommitRow.session_id, PackageCommitRow.sequence)
        .limit(COMMITS_EXPORTED)
    )
    return [{"item": row.item, "sequence": row.sequence, "set": row.elements} for row in rows]
