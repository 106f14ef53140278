"""Storing statements: a batch whole or not at all, one INSERT for each table."""

import io
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import insert, select, text

from lms.kernel import clock, files, uow
from lms.kernel.db import db
from lms.kernel.errors import Conflict, Unavailable
from lms.lrs.errors import Refused
from lms.lrs.models import AttachmentRow, BodyRow, StatementRow, VoidRow
from lms.lrs.queries.statements import SETTLED_AFTER, list_existing
from lms.lrs.rules import packing, signatures, terms
from lms.lrs.service.finding import file_under
from lms.lrs.service.knowing import add_missing, learn
from lms.lrs.values import Accepted, Credential, Part, Version

# One writer at a time gets numbers, so that they rise in the order of commits: any number of ours, once.
_LOCK: Final = text("SELECT pg_advisory_xact_lock(7815162342)")
_FAST_ENOUGH: Final = SETTLED_AFTER - timedelta(seconds=1)


def store(
    statements: Sequence[Accepted],
    parts: Mapping[str, Part],
    *,
    credential: Credential,
    version: Version,
    now: datetime,
) -> int:
    """Store statements with the attachments that came with them; return how many were new.

    One that is stored already changes nothing; another of the same id is a Conflict, and nothing at all is stored.
    """
    _check_batch(statements, parts)
    new = _new_among(statements)
    if not new:
        return 0
    blobs = {sha2: files.keep_blob(io.BytesIO(part.content))[0] for sha2, part in parts.items()}
    learn(new)
    first, stored_at = _next(now)
    numbered = list(enumerate(new, start=first))
    _insert(numbered, credential, version, stored_at)
    _insert_attachments(numbered, parts, blobs)
    voids = {one.target_id: seq for seq, one in numbered if one.is_voiding}
    add_missing(VoidRow, [{"statement_id": target, "seq": seq} for target, seq in voids.items()])
    file_under(numbered, frozenset({terms.source(credential.id)}))
    uow.gather(_must_settle, [stored_at])
    return len(new)


def _check_batch(statements: Sequence[Accepted], parts: Mapping[str, Part]) -> None:
    if len({one.id for one in statements}) != len(statements):
        raise Refused("two statements of this batch have one id")
    named: set[str] = set()
    for one in statements:
        for attachment in one.attachments:
            named.add(attachment.sha2)
            if attachment.sha2 not in parts and not attachment.is_elsewhere:
                raise Refused(f"the attachment {attachment.sha2} neither came along nor has a fileUrl")
        signatures.check(one, parts)
    if parts.keys() - named:
        raise Refused("an attachment came along that no statement names")


def _new_among(statements: Sequence[Accepted]) -> list[Accepted]:
    existing = list_existing([one.id for one in statements])
    new = []
    for one in statements:
        if one.id not in existing:
            new.append(one)
            continue
        content, timestamp = existing[one.id]
        if content != one.content or (one.timestamp is not None and one.timestamp != timestamp):
            raise Conflict(f"Another statement is stored as {one.id}.")
    return new


def _next(now: datetime) -> tuple[int, datetime]:
    """Return the next number and the instant of storing, which never falls behind the one before."""
    if db.session.get_bind().dialect.name == "postgresql":
        db.session.execute(_LOCK)
    last = db.session.execute(
        select(StatementRow.seq, StatementRow.stored_at).order_by(StatementRow.seq.desc()).limit(1)
    ).one_or_none()
    # What waited for the lock is stored now, and not when it came.
    at = max(now, clock.now())
    if last is None:
        return 1, at
    return last.seq + 1, max(at, last.stored_at + timedelta(microseconds=1))


def _insert(
    numbered: Sequence[tuple[int, Accepted]], credential: Credential, version: Version, stored_at: datetime
) -> None:
    rows = [
        {
            "seq": seq,
            "statement_id": one.id,
            "content": one.content,
            "timestamp": one.timestamp or stored_at,
            "stored_at": stored_at,
            "credential_id": credential.id,
            "version": version,
            "raw_bytes": len(one.raw),
            "is_voiding": one.is_voiding,
            "target_id": one.target_id,
        }
        for seq, one in numbered
    ]
    _add(StatementRow, rows)
    _add(BodyRow, [{"seq": seq, "body": packing.pack(one.raw)} for seq, one in numbered])


def _insert_attachments(
    numbered: Sequence[tuple[int, Accepted]], parts: Mapping[str, Part], blobs: Mapping[str, str]
) -> None:
    rows: dict[tuple[int, str], dict[str, Any]] = {}
    for seq, one in numbered:
        for attachment in one.attachments:
            if attachment.sha2 in parts:
                rows[seq, attachment.sha2] = {
                    "seq": seq,
                    "sha2": attachment.sha2,
                    "content_type": attachment.content_type,
                    "blob_sha256": blobs[attachment.sha2],
                }
    _add(AttachmentRow, list(rows.values()))


def _add(table: type[Any], rows: Sequence[dict[str, Any]]) -> None:
    if rows:
        db.session.connection().execute(insert(table.__table__), rows)


def _must_settle(stored: set[datetime]) -> None:
    """Refuse to commit what took so long that readers were told it is all there."""
    if clock.now() - min(stored) > _FAST_ENOUGH:
        raise Unavailable(
            "The store is too busy for so many statements at once. Nothing was stored; try again."
        )
