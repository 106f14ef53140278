"""An archive that was uploaded to become a course: kept, looked at, and confirmed once."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import IO, BinaryIO, cast

from lms.courses.authoring import queries
from lms.courses.authoring.models import CourseImportRow
from lms.courses.authoring.service.drafts import check_author
from lms.courses.authoring.service.imports import import_course, lay_files, plan_import
from lms.courses.authoring.values import ImportPlan
from lms.courses.formats import opened, packing_of
from lms.courses.values import CourseId, CourseImportId
from lms.courses.values.packing import Archive
from lms.identity.values import PersonId
from lms.kernel import files
from lms.kernel.actor import Actor
from lms.kernel.archives import FileTree, Limits, open_zip
from lms.kernel.db import db
from lms.kernel.errors import Invalid, NotFound
from lms.kernel.files import NOTHING_LAID, Laid
from lms.web.words import said

UPLOAD_BYTES = 500_000_000
# Lessons may bring films; all of them together are held to what an upload may bring, unpacked.
LIMITS = Limits(files=5000, file_bytes=500 << 20, total_bytes=1000 << 20)
SPOOL_BYTES = 8 << 20


@contextmanager
def open_archive(file: BinaryIO) -> Iterator[FileTree]:
    """Open what may become a course, within the limits of what it is; raises ArchiveRefused, or another Invalid."""
    bare = opened(file)
    file.seek(0)
    if bare is not None:
        yield bare
        return
    with open_zip(file) as tree:
        if packing_of(tree) is not None:
            yield tree
            return
    with open_zip(file, LIMITS) as tree:
        yield tree


def begin_import(
    *,
    import_id: CourseImportId,
    upload: IO[bytes],
    filename: str,
    actor: Actor,
    now: datetime,
) -> CourseImportId:
    """Keep an upload to be looked at; Invalid if it is none that can be read. A used id changes nothing."""
    check_author(actor)
    if db.session.get(CourseImportRow, import_id) is not None:
        return import_id
    try:
        with open_archive(cast("BinaryIO", upload)):
            pass
    except Invalid as refusal:
        message = said(refusal.message)
        raise Invalid(message, fields={"file": message}) from refusal
    upload.seek(0)
    stored = files.store(
        upload,
        filename=filename,
        media_type="application/zip",
        purpose="course-import",
        limit_bytes=UPLOAD_BYTES,
    )
    db.session.add(
        CourseImportRow(
            id=import_id,
            file_id=stored.id,
            uploaded_at=now,
            uploaded_by=PersonId(actor.person_id) if actor.person_id else None,
        )
    )
    db.session.flush()
    return import_id


def plan_upload(import_id: CourseImportId) -> tuple[ImportPlan, CourseImportRow]:
    """Return what an upload would do today, with its row; NotFound if there is none."""
    row, stored = _upload(import_id)
    with _opened(stored) as (tree, archive):
        return plan_import(tree, name=_stem(stored.filename), archive=archive), row


def lay_import(import_id: CourseImportId) -> Laid:
    """Keep the bytes of what an upload packs ahead of the transaction that confirms or refuses it."""
    row, stored = _upload(import_id)
    if row.course_id is not None:
        return NOTHING_LAID
    try:
        with _opened(stored) as (tree, _archive):
            return lay_files(tree)
    except Invalid:
        return NOTHING_LAID


def confirm_import(
    *, import_id: CourseImportId, laid: Laid, apart: bool = False, actor: Actor, now: datetime
) -> CourseId:
    """Store what an upload holds, in the course that has its address or `apart` as a new one.

    A second confirmation changes nothing and returns the same course. `laid` is what `lay_import` has kept of it.
    """
    check_author(actor)
    row, stored = _upload(import_id, lock=True)
    if row.course_id is not None:
        return row.course_id
    with _opened(stored) as (tree, archive):
        course_id = import_course(
            tree,
            name=_stem(stored.filename),
            archive=replace(archive, laid=laid),
            apart=apart,
            actor=actor,
            now=now,
        )
    row.course_id, row.confirmed_at = course_id, now
    return course_id


def _upload(import_id: CourseImportId, *, lock: bool = False) -> tuple[CourseImportRow, files.StoredFile]:
    found = queries.find_import(import_id, lock=lock)
    if found is None:
        raise NotFound
    return found


@contextmanager
def _opened(stored: files.StoredFile) -> Iterator[tuple[FileTree, Archive]]:
    with tempfile.SpooledTemporaryFile(max_size=SPOOL_BYTES) as spool:
        for chunk in files.chunks(stored.sha256):
            spool.write(chunk)
        spool.seek(0)
        file = cast("BinaryIO", spool)
        with open_archive(file) as tree:
            yield tree, Archive(file, stored.filename, stored.sha256)


def _stem(filename: str) -> str:
    return filename.rpartition("/")[2].rpartition(".")[0] or filename
