"""Uploads that are looked at before they are kept: what is found in them first, then one confirmation."""

from datetime import datetime, timedelta
from functools import partial
from typing import BinaryIO, Final

from sqlalchemy import delete

from lms.courses import facade as courses
from lms.courses.values import Activity
from lms.identity.values import PersonId
from lms.kernel import files, uow
from lms.kernel.actor import Actor
from lms.kernel.db import db
from lms.kernel.errors import Forbidden
from lms.kernel.files import NOTHING_LAID, Laid
from lms.packages import policy, queries
from lms.packages.formats.bare import open_package
from lms.packages.models import PackageRevision, PackageUploadRow
from lms.packages.queries import revisions
from lms.packages.rules.lineage import Fates
from lms.packages.service import keep_revision, lay_files, progress, store_upload
from lms.packages.values import PackageId, UploadId
from lms.packages.values.findings import Looked, to_json

FORGOTTEN_AFTER: Final = timedelta(days=7)


def begin_upload(
    *,
    upload_id: UploadId,
    source: BinaryIO,
    filename: str,
    looked: Looked,
    package_id: PackageId | None,
    activity: Activity | None,
    actor: Actor,
    now: datetime,
) -> UploadId:
    """Keep an upload that can come, to be confirmed; a used id changes nothing.

    `package_id` is the package whose next revision it may be, `activity` what is to play it.
    """
    if not actor.may(policy.ADD_PACKAGES):
        raise Forbidden
    if db.session.get(PackageUploadRow, upload_id) is not None:
        return upload_id
    _forget_old(now)
    stored = store_upload(source, filename=filename, laid=looked.laid)
    db.session.add(
        PackageUploadRow(
            id=upload_id,
            file_id=stored.id,
            package_id=package_id,
            course_id=activity.course_id if activity else None,
            activity_key=activity.key if activity else None,
            report=dict(to_json(looked.report)),
            uploaded_at=now,
            uploaded_by=PersonId(actor.person_id) if actor.person_id else None,
        )
    )
    db.session.flush()
    return upload_id


def _forget_old(now: datetime) -> None:
    """Forget uploads that nobody confirmed: their bytes go with the next sweep."""
    db.session.execute(
        delete(PackageUploadRow).where(
            PackageUploadRow.confirmed_at.is_(None), PackageUploadRow.uploaded_at < now - FORGOTTEN_AFTER
        )
    )


def lay_upload(upload_id: UploadId) -> Laid:
    """Keep the files of an upload ahead of the transaction that confirms it, and tell how far it is."""
    row = revisions.get_upload(upload_id)
    if row.revision_id is not None:
        return NOTHING_LAID
    with files.open_blob(files.get(row.file_id).sha256) as source:
        return lay_files(open_package(source), tell=partial(progress.tell, upload_id))


def confirm_upload(
    *,
    upload_id: UploadId,
    as_next: bool,
    fates: Fates,
    actor: Actor,
    now: datetime,
    laid: Laid = NOTHING_LAID,
) -> PackageRevision:
    """Keep what was looked at: as the next revision of the package it was brought for, or as one of its own.

    `laid` is what `lay_upload` has kept of it. The activity that it was brought for plays it. A second confirmation
    changes nothing and returns the same revision. Invalid names the items about which it is to be said what became of
    them.
    """
    if not actor.may(policy.ADD_PACKAGES):
        raise Forbidden
    row = revisions.get_upload(upload_id, lock=True)
    if row.revision_id is not None:
        return queries.get_revision(row.revision_id)
    stored = files.get(row.file_id)
    package_id = row.package_id if as_next and row.package_id else PackageId(upload_id)
    with files.open_blob(stored.sha256) as source:
        revision = keep_revision(
            package_id=package_id,
            archive=open_package(source),
            upload=stored,
            fates=fates,
            actor=actor,
            now=now,
            laid=laid,
        )
    row.confirmed_at, row.revision_id = now, revision.id
    uow.after_commit(partial(progress.forget, upload_id))
    db.session.flush()
    if row.course_id is not None and row.activity_key is not None:
        courses.set_activity_config(
            course_id=row.course_id,
            key=row.activity_key,
            config={"package_id": str(revision.package_id), "revision_id": str(revision.id)},
            actor=actor,
            now=now,
        )
    return revision
