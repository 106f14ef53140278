"""Every write of packages: storing what was uploaded, and keeping what a SCO commits; cmi5 has a module of its own."""

import mimetypes
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import BinaryIO, Final

import msgspec
from sqlalchemy import Select, delete, insert, select

from lms.courses import facade as courses
from lms.courses.values import EnrolmentId, Launch
from lms.kernel import events, files
from lms.kernel.actor import Actor
from lms.kernel.archives import FileTree
from lms.kernel.db import db, new_id
from lms.kernel.errors import Forbidden, NotFound, Stale
from lms.kernel.files import NOTHING_LAID, Laid, StoredFile
from lms.kernel.messages import Message
from lms.packages import policy, queries
from lms.packages.events import PackageStored, TrackingCommitted
from lms.packages.formats import format_of, read_package
from lms.packages.formats.bare import open_bare, open_package
from lms.packages.formats.places import LITTER
from lms.packages.models import PackageFileRow, PackageRevision, PackageRow, TrackingRow
from lms.packages.queries import scorm2004 as own_queries
from lms.packages.rules import commits
from lms.packages.rules import scorm12 as rules
from lms.packages.rules.lineage import Fates
from lms.packages.service.committing import forget_commits, note_commit
from lms.packages.service.revisions import check_fates, note_vanished
from lms.packages.values import (
    LaunchableItem,
    Opened,
    Opening,
    PackageId,
    PackageManifest,
    Result,
    RevisionId,
    Saved,
    ScoTracking,
    SessionId,
)

BATCH = 500
UPLOAD_LIMIT_BYTES: Final = 500_000_000
TOLD_EVERY: Final = Decimal(60)
"""How many seconds of a lesson the course may not have heard of yet."""
# What a browser must know to play it, whatever the machine's own tables say.
MEDIA_TYPES: Final = {
    ".css": "text/css",
    ".htm": "text/html",
    ".html": "text/html",
    ".js": "text/javascript",
    ".json": "application/json",
    ".mjs": "text/javascript",
    ".mp3": "audio/mpeg",
    ".mp4": "video/mp4",
    ".svg": "image/svg+xml",
    ".vtt": "text/vtt",
    ".wasm": "application/wasm",
    ".woff": "font/woff",
    ".woff2": "font/woff2",
    ".xhtml": "application/xhtml+xml",
    ".xml": "text/xml",
}


def store_package(
    *,
    package_id: PackageId,
    source: BinaryIO,
    filename: str,
    actor: Actor,
    now: datetime,
    fates: Fates | None = None,
    laid: Laid = NOTHING_LAID,
) -> PackageRevision:
    """Keep an uploaded archive as the next revision of `package_id`, which is made if it is new.

    PackageRefused and ArchiveRefused name what is wrong, and nothing stays. The same bytes again are the
    revision that is there. `fates` says what became of the items that it no longer has; without them it is to be said
    before a course that plays it can be published.
    """
    if not actor.may(policy.ADD_PACKAGES):
        raise Forbidden
    archive = open_package(source)
    read_package(archive)
    upload = store_upload(source, filename=filename)
    return keep_revision(
        package_id=package_id,
        archive=archive,
        upload=upload,
        fates=fates,
        actor=actor,
        now=now,
        laid=laid,
    )


def store_upload(source: BinaryIO, *, filename: str, laid: tuple[str, int] | None = None) -> StoredFile:
    """Keep the bytes of an upload, whatever becomes of it; `laid` is what `files.lay_blob` gave for them."""
    source.seek(0)
    is_bare = open_bare(source) is not None
    source.seek(0)
    return files.store(
        source,
        filename=filename,
        media_type="text/xml" if is_bare else "application/zip",
        purpose="package",
        limit_bytes=UPLOAD_LIMIT_BYTES,
        laid=laid,
    )


def lay_files(archive: FileTree, *, tell: Callable[[int, int], None] = lambda _done, _of: None) -> Laid:
    """Keep the bytes of an archive's files ahead of the transaction that keeps it, so that nobody waits for them.

    `tell` hears how many are done of all, now and then. PackageRefused if it is none.
    """
    names = [name for name, _path in _files_of(archive, read_package(archive).root)]
    laid: dict[str, tuple[str, int]] = {}
    for number, name in enumerate(names):
        if number % BATCH == 0:
            tell(number, len(names))
        with archive.open(name) as source:
            laid[name] = files.lay_blob(source)
    return laid


def keep_revision(
    *,
    package_id: PackageId,
    archive: FileTree,
    upload: StoredFile,
    fates: Fates | None,
    actor: Actor,
    now: datetime,
    laid: Laid = NOTHING_LAID,
) -> PackageRevision:
    """Keep an archive, whose bytes are kept, as the next revision of a package; as `store_package` says.

    `laid` is what `lay_files` has kept of its files.
    """
    manifest = read_package(archive)
    before = _held_package(package_id, manifest.title, now)
    if before is not None and files.get(before.file_id).sha256 == upload.sha256:
        return before
    if before is not None and fates is not None:
        check_fates(before, format_of(manifest.standard).items(manifest), fates)
    kept = _keep_files(archive, manifest.root, laid)
    revision = PackageRevision(
        id=RevisionId(new_id()),
        package_id=package_id,
        number=before.number + 1 if before else 1,
        standard=manifest.standard,
        # A warning is a sentence that knows its template; a revision keeps the sentence.
        manifest=msgspec.to_builtins(manifest, enc_hook=str),
        title=manifest.title,
        file_id=upload.id,
        size_bytes=sum(size for _path, _sha, size, _media in kept),
        files=len(kept),
        stored_at=now,
        stored_by=actor.person_id,
    )
    db.session.add(revision)
    db.session.flush()
    for start in range(0, len(kept), BATCH):
        db.session.execute(
            insert(PackageFileRow),
            [
                {
                    "revision_id": revision.id,
                    "path": path,
                    "sha256": sha,
                    "size_bytes": size,
                    "media_type": media,
                }
                for path, sha, size, media in kept[start : start + BATCH]
            ],
        )
    if before is not None:
        note_vanished(revision, before, fates=fates, actor=actor, now=now)
    events.record(PackageStored(package_id=package_id, revision_id=revision.id, number=revision.number))
    return revision


def _held_package(package_id: PackageId, title: str, now: datetime) -> PackageRevision | None:
    """Return the latest revision of a package, which is made or locked."""
    row = db.session.scalars(select(PackageRow).where(PackageRow.id == package_id).with_for_update()).first()
    if row is None:
        db.session.add(PackageRow(id=package_id, title=title, created_at=now))
        db.session.flush()
        return None
    row.title = title
    return queries.find_latest_revision(package_id)


def _keep_files(archive: FileTree, root: str, laid: Laid) -> list[tuple[str, str, int, str]]:
    """Keep each file's bytes and return (path below the package's root, hash, bytes, media type)."""
    swept = files.hold_blobs({sha256 for sha256, _size in laid.values()})
    kept = []
    for name, path in _files_of(archive, root):
        sha256, size = laid.get(name, ("", 0))
        if not sha256 or sha256 in swept:
            with archive.open(name) as source:
                sha256, size = files.keep_blob(source)
        kept.append((path, sha256, size, media_type_of(path)))
    return kept


def _files_of(archive: FileTree, root: str) -> Iterator[tuple[str, str]]:
    """Yield the name of each file that a package consists of, and its path below the package's root."""
    for name in archive.names():
        if name.startswith(root) and not LITTER.search(name):
            yield name, name.removeprefix(root)


def media_type_of(path: str) -> str:
    """Return the media type that a file's name says, octets if it says none."""
    ending = path[path.rfind(".") :].lower() if "." in path else ""
    return MEDIA_TYPES.get(ending) or mimetypes.guess_type(path)[0] or "application/octet-stream"


def commit(
    *,
    launch: Launch,
    revision: PackageRevision,
    item_id: str,
    opening: Opening,
    sequence: int,
    is_last: bool,
    elements: Mapping[str, object],
    now: datetime,
) -> Saved:
    """Keep what a SCO committed, and tell the course what it amounts to.

    A repetition (same session, same or smaller sequence) changes nothing. Stale if the SCO has been opened
    elsewhere since. InvalidTracking names an element that SCORM 1.2 does not know. What is only looked at keeps
    nothing.
    """
    session_id, opened = opening.session_id, opening.opened
    manifest = queries.manifest_of(revision)
    item = item_of(manifest, item_id)
    clean = rules.validate_commit(elements)
    if launch.enrolment_id is None or not opened.counts:
        return Saved(is_kept=False, at=now, is_completed=False)
    standing: Mapping[str, ScoTracking] | None = None
    row = _held_tracking(launch, item.identifier, session_id, now)
    if session_id < row.session_id:
        raise Stale(Message("This lesson was opened in another window since. Continue there."))
    if session_id != row.session_id:
        if opened is Opened.ANEW:
            _put_away(row)
        begun = rules.begin(queries.tracking_of(row))
        _take(row, begun)
        row.session_id, row.sequence = session_id, 0
    if sequence > row.sequence:
        before = (
            None if row.sequence == 0 else rules.roll_up_sco(queries.tracking_of(row), item.mastery_score)
        )
        row.sequence = sequence
        untold = {**(row.untold or {}), **commits.changed(row.elements, clean)}
        tracking = rules.commit(queries.tracking_of(row), clean)
        _take(row, rules.finish(tracking) if is_last else tracking)
        row.changed_at = now
        after = rules.roll_up_sco(queries.tracking_of(row), item.mastery_score)
        if is_last or is_news(before, after, told_seconds=row.reported_seconds):
            note_commit(
                enrolment_id=launch.enrolment_id,
                session_id=session_id,
                sequence=sequence,
                item=item.identifier,
                elements=untold,
                result=after,
            )
            untold = {}
            db.session.flush()
            standing = _tell_course(launch, manifest, row, now)
        row.untold = untold or None
        events.record(
            TrackingCommitted(
                enrolment_id=launch.enrolment_id, activity_id=launch.activity.id, item=item.identifier
            )
        )
    done = rules.roll_up_sco(queries.tracking_of(row), item.mastery_score)
    return Saved(is_kept=True, at=row.changed_at, is_completed=done.completed, standing=standing)


def is_news(before: Result | None, after: Result, *, told_seconds: Decimal) -> bool:
    """Return whether the course is to hear of a commit: it changes what tracking amounts to, or a minute is untold.

    Most commits only move a bookmark, and a lesson sends one every few seconds.
    """
    if before is None or after.seconds - told_seconds >= TOLD_EVERY:
        return True
    return (before.completed, before.passed, before.score) != (after.completed, after.passed, after.score)


def item_of(manifest: PackageManifest, item_id: str) -> LaunchableItem:
    """Return the item of that identifier; NotFound if the package has none."""
    found = next((item for item in manifest.launchables if item.identifier == item_id), None)
    if found is None:
        raise NotFound
    return found


def _held_tracking(launch: Launch, item: str, session_id: SessionId, now: datetime) -> TrackingRow:
    key = (launch.enrolment_id, launch.activity.id, item)
    row = db.session.get(TrackingRow, key, with_for_update=True)
    if row is None:
        row = TrackingRow(
            enrolment_id=launch.enrolment_id,
            activity_id=launch.activity.id,
            item=item,
            elements={},
            total_seconds=Decimal(0),
            is_finished=False,
            session_id=session_id,
            sequence=0,
            reported_seconds=Decimal(0),
            changed_at=now,
        )
        db.session.add(row)
        db.session.flush()
    return row


def _take(row: TrackingRow, tracking: ScoTracking) -> None:
    row.elements, row.total_seconds = dict(tracking.elements), tracking.total_seconds
    row.is_finished = tracking.finished


def _put_away(row: TrackingRow) -> None:
    """Put away what an attempt set that is over, and begin another with nothing."""
    if row.elements:
        db.session.add(own_queries.past_attempt_of(row))
    row.elements, row.total_seconds, row.reported_seconds = {}, Decimal(0), Decimal(0)
    row.is_finished = False


def _tell_course(
    launch: Launch, manifest: PackageManifest, row: TrackingRow, now: datetime
) -> Mapping[str, ScoTracking] | None:
    """Tell the course what the package amounts to now; return what is kept of each item."""
    if launch.enrolment_id is None:
        return None
    every = {
        name: queries.tracking_of(one)
        for name, one in queries.trackings(launch.enrolment_id, launch.activity.id).items()
    }
    result: Result = rules.roll_up(manifest.launchables, every)
    here = rules.roll_up_sco(queries.tracking_of(row)).seconds
    fresh = max(here - row.reported_seconds, Decimal(0))
    row.reported_seconds = max(here, row.reported_seconds)
    courses.record_result(
        enrolment_id=launch.enrolment_id,
        activity_id=launch.activity.id,
        completed=result.completed,
        passed=result.passed,
        score=result.score,
        seconds=int(fresh),
        evidence={"package_item": row.item, "session_id": str(row.session_id), "sequence": row.sequence},
        now=now,
    )
    return every


def forget_trackings(enrolments: Select[EnrolmentId]) -> None:
    """Delete what packages have kept for these enrolments."""
    db.session.execute(delete(TrackingRow).where(TrackingRow.enrolment_id.in_(enrolments)))
    forget_commits(enrolments)
