"""The sweep: blobs that nothing refers to are deleted once that has been so for a while.

What is needed is found in two ways, and what is not known is kept. By the tables: a blob is needed while a column whose
name ends in `sha256` holds its hash, and while a foreign key refers to a row of `stored_files` that does. And by the
features: each says which purposes of files are its own, and which of these files something needs that is no foreign
key. A file whose purpose nobody has claimed stays for ever.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final, Protocol
from uuid import UUID

import structlog
from flask import Flask, current_app
from sqlalchemy import Column, Select, delete, func, insert, select

from lms.kernel import clock, files, uow
from lms.kernel.db import db
from lms.kernel.files import StoredFile, UnheldBlob

log = structlog.get_logger(__name__)

JOB: Final = "files.sweep"
GRACE: Final = timedelta(days=7)
"""For how long a blob must be needed by nothing: a database brought back from this long ago finds all its files."""
UNFINISHED_GRACE: Final = timedelta(days=1)
"""For how long what was never whole must be untouched: longer than anybody writes one file."""
LOOKED_AT_ONCE: Final = 500
DROPPED_AT_ONCE: Final = 50
"""How many are deleted in one transaction, in which uploads may wait."""


class FileOwner(Protocol):
    """A feature that stores files."""

    @property
    def purposes(self) -> frozenset[str]:
        """Return the purposes under which it stores them."""

    def needed(self, file_ids: Collection[UUID]) -> Collection[UUID]:
        """Return which of these files of its own something needs that is no foreign key."""

    def copies_of(self, sha256: str) -> Iterable[str]:
        """Return the names of derived files that were made of such a blob and go with it."""


@dataclass(frozen=True, slots=True)
class KnownByKeys:
    """The files of a feature that refers to them by foreign keys alone, and derives nothing of them."""

    purposes: frozenset[str]

    def needed(self, file_ids: Collection[UUID]) -> Collection[UUID]:
        """Return none: the keys say it."""
        del file_ids
        return ()

    def copies_of(self, sha256: str) -> Iterable[str]:
        """Return none."""
        del sha256
        return ()


@dataclass(frozen=True, slots=True)
class Swept:
    """What a sweep came to: blobs there are, those that nothing needs, and those of them that it deleted.

    `unfinished` are files that somebody was killed over who wrote them, and that it deleted, too.
    """

    blobs: int = 0
    unheld: int = 0
    unheld_bytes: int = 0
    dropped: int = 0
    dropped_bytes: int = 0
    unfinished: int = 0
    unfinished_bytes: int = 0


def install(app: Flask, owners: Sequence[FileOwner]) -> None:
    """Give the application who owns which files."""
    purposes = [purpose for owner in owners for purpose in owner.purposes]
    if len(set(purposes)) != len(purposes):
        raise ValueError("two features store files for one purpose")
    app.extensions["lms.file_owners"] = tuple(owners)


def _owners() -> tuple[FileOwner, ...]:
    found: tuple[FileOwner, ...] = current_app.extensions["lms.file_owners"]
    return found


def sweep() -> None:
    """Sweep, by the clock."""
    run(clock.now())


def run(now: datetime, *, dry: bool = False) -> Swept:
    """Note what nothing needs since now, and delete what nothing has needed for `GRACE`; a dry run only counts.

    Each batch is a transaction of its own. Killed anywhere, the next sweep goes on: what is noted and has no blob any
    more is no error.
    """
    found = Swept()
    for blobs in files.list_blobs(at_once=LOOKED_AT_ONCE):
        unheld = _counted(blobs) if dry else _noted(blobs, now)
        found = replace(
            found,
            blobs=found.blobs + len(blobs),
            unheld=found.unheld + len(unheld),
            unheld_bytes=found.unheld_bytes + sum(blobs[sha256] for sha256 in unheld),
        )
    broken_off = list(files.list_unfinished(now - UNFINISHED_GRACE))
    found = replace(
        found, unfinished=len(broken_off), unfinished_bytes=sum(size for _path, size in broken_off)
    )
    if dry:
        count, size = uow.run(lambda: _ripe(now - GRACE), read_only=True)
        return replace(found, dropped=count, dropped_bytes=size)
    for path, _size in broken_off:
        path.unlink(missing_ok=True)
    found = _dropped(found, now - GRACE)
    log.info(
        "files.swept",
        blobs=found.blobs,
        unheld=found.unheld,
        dropped=found.dropped,
        bytes=found.dropped_bytes,
        unfinished=found.unfinished,
    )
    return found


def _counted(blobs: Mapping[str, int]) -> Collection[str]:
    return uow.run(lambda: blobs.keys() - held_among(blobs), read_only=True)


def _noted(blobs: Mapping[str, int], now: datetime) -> Collection[str]:
    """Note those of these blobs that nothing needs, and forget the note of those that something does."""
    return uow.run(lambda: _note(blobs, now))


def _note(blobs: Mapping[str, int], now: datetime) -> Collection[str]:
    unheld = blobs.keys() - held_among(blobs)
    noted = set(db.session.scalars(select(UnheldBlob.sha256).where(UnheldBlob.sha256.in_(blobs))))
    if again := noted - unheld:
        db.session.execute(delete(UnheldBlob).where(UnheldBlob.sha256.in_(again)))
    if new := sorted(unheld - noted):
        rows = [{"sha256": sha256, "size_bytes": blobs[sha256], "since": now} for sha256 in new]
        db.session.execute(insert(UnheldBlob), rows)
    return unheld


def _ripe(before: datetime) -> tuple[int, int]:
    """Return how many blobs a sweep would delete, and their bytes."""
    count = size = 0
    after = ""
    while rows := _list_ripe(before, after, LOOKED_AT_ONCE):
        held = held_among([row.sha256 for row in rows])
        gone = [row.size_bytes for row in rows if row.sha256 not in held]
        count, size, after = count + len(gone), size + sum(gone), rows[-1].sha256
    return count, size


def _list_ripe(before: datetime, after: str, at_most: int) -> Sequence[UnheldBlob]:
    return db.session.scalars(_ripe_after(before, after).limit(at_most)).all()


def _ripe_after(before: datetime, after: str) -> Select[UnheldBlob]:
    return (
        select(UnheldBlob)
        .where(UnheldBlob.since <= before, UnheldBlob.sha256 > after)
        .order_by(UnheldBlob.sha256)
    )


def _dropped(found: Swept, before: datetime) -> Swept:
    after: str | None = ""
    while after is not None:
        at = after
        after, sizes = uow.run(lambda: _drop_some(before, at))  # noqa: B023  run at once
        found = replace(
            found, dropped=found.dropped + len(sizes), dropped_bytes=found.dropped_bytes + sum(sizes)
        )
    return found


def _drop_some(before: datetime, after: str) -> tuple[str | None, Sequence[int]]:
    """Delete some of one bucket; return after which hash to go on, None at the end, and the bytes of each."""
    first = db.session.scalars(_ripe_after(before, after).limit(1)).first()
    if first is None:
        return None, ()
    end = f"{first.sha256[:2]}g"
    # Somebody keeps a blob of this bucket at this moment: the next sweep looks again.
    if not _is_alone_with(first.sha256):
        return end, ()
    rows = db.session.scalars(
        _ripe_after(before, after)
        .where(UnheldBlob.sha256 < end)
        .limit(DROPPED_AT_ONCE)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    if not rows:
        return end, ()
    gone = drop_unheld([row.sha256 for row in rows])
    sizes = [row.size_bytes for row in rows if row.sha256 in gone]
    for row in rows:
        db.session.delete(row)
    return rows[-1].sha256, sizes


def _is_alone_with(sha256: str) -> bool:
    """Return whether nobody else keeps a blob of this one's bucket, and hold them off until the transaction ends."""
    if db.engine.dialect.name != "postgresql":
        return True
    taken = func.pg_try_advisory_xact_lock(files.SWEEP_LOCK, files.bucket_of(sha256))
    return bool(db.session.scalar(select(taken)))


def drop_at_once(hashes: Collection[str]) -> None:
    """Delete those of these blobs that nothing needs, without waiting: what a person has a right to see gone."""
    if db.session.connection().dialect.name == "postgresql":
        for bucket in sorted({files.bucket_of(sha256) for sha256 in hashes}):
            db.session.execute(select(func.pg_advisory_xact_lock(files.SWEEP_LOCK, bucket)))
    drop_unheld(hashes)


def drop_unheld(hashes: Collection[str]) -> Collection[str]:
    """Delete those of these blobs that nothing needs, with their rows and copies; return which.

    The caller holds off who keeps such blobs. A blob is deleted before the commit: killed between, nothing refers
    to what is gone.
    """
    gone = set(hashes) - held_among(hashes)
    stored = db.session.scalars(select(StoredFile).where(StoredFile.sha256.in_(gone))).all()
    copied = {(row.sha256, row.purpose) for row in stored}
    for row in stored:
        db.session.delete(row)
    db.session.flush()
    for owner in _owners():
        for sha256 in sorted(sha256 for sha256, purpose in copied if purpose in owner.purposes):
            for name in owner.copies_of(sha256):
                files.forget_derived(name)
    for sha256 in sorted(gone):
        files.drop_blob(sha256)
    return gone


def held_among(hashes: Collection[str]) -> set[str]:
    """Return which of these blobs something needs."""
    held: set[str] = set()
    for column in _hash_columns():
        held |= set(db.session.scalars(select(column).where(column.in_(hashes)).distinct()))
    stored = db.session.execute(
        select(StoredFile.id, StoredFile.sha256, StoredFile.purpose).where(
            StoredFile.sha256.in_(set(hashes) - held)
        )
    ).all()
    needed = _needed_among({file_id: purpose for file_id, _sha256, purpose in stored})
    return held | {sha256 for file_id, sha256, _purpose in stored if file_id in needed}


def _needed_among(purposes: Mapping[UUID, str]) -> set[UUID]:
    """Return which of these files, given with their purposes, something needs."""
    needed: set[UUID] = set()
    for column in _key_columns():
        needed |= set(db.session.scalars(select(column).where(column.in_(purposes)).distinct()))
    open_ids = purposes.keys() - needed
    claimed: set[UUID] = set()
    for owner in _owners():
        own = {file_id for file_id in open_ids if purposes[file_id] in owner.purposes}
        claimed |= own
        needed |= set(owner.needed(own)) if own else set()
    return needed | (open_ids - claimed)


def _hash_columns() -> Sequence[Column[Any]]:
    """Return every column that holds blobs' hashes, but for tables that refer to `stored_files`, whose keys say it."""
    return [
        column
        for table in db.metadata.sorted_tables
        if table.name not in {StoredFile.__tablename__, UnheldBlob.__tablename__}
        and not any(_refers_to_files(one) for one in table.columns)
        for column in table.columns
        if column.name.endswith("sha256")
    ]


def _key_columns() -> Sequence[Column[Any]]:
    return [
        column for table in db.metadata.sorted_tables for column in table.columns if _refers_to_files(column)
    ]


def _refers_to_files(column: Column[Any]) -> bool:
    return any(key.column.table.name == StoredFile.__tablename__ for key in column.foreign_keys)
