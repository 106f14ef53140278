"""Storing statements: a batch whole or not at all, one INSERT for each table."""

import io
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from lms.kernel import clock, files, uow
from lms.kernel.errors import Conflict, Unavailable
from lms.kernel.inserting import insert_all
from lms.lrs.errors import Refused
from lms.lrs.models import AttachmentRow, BodyRow, StatementRow, VoidRow
from lms.lrs.queries.statements import SETTLED_AFTER, list_existing
from lms.lrs.rules import signatures, terms
from lms.lrs.service.finding import file_under, number_lasting
from lms.lrs.service.knowing import learn
from lms.lrs.service.turns import next_number, take_turn
from lms.lrs.values import Accepted, Credential, Part, Version

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
    of_all = frozenset({terms.source(credential.id)})
    numbers = number_lasting(new, of_all, keeps=not credential.is_everywhere)
    take_turn()
    first, stored_at = next_number(now)
    numbered = list(enumerate(new, start=first))
    _insert(numbered, credential, version, stored_at)
    _insert_attachments(numbered, parts, blobs)
    voids = {one.target_id: seq for seq, one in numbered if one.is_voiding}
    rows = [{"statement_id": target, "seq": seq} for target, seq in voids.items()]
    insert_all(VoidRow, rows, unless_there=True)
    file_under(numbered, of_all, numbers)
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
    insert_all(StatementRow, rows)
    insert_all(BodyRow, [{"seq": seq, "body": one.packed} for seq, one in numbered])


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
    insert_all(AttachmentRow, list(rows.values()))


def _must_settle(stored: set[datetime]) -> None:
    """Refuse to commit what took so long that readers were told it is all there."""
    if clock.now() - min(stored) > _FAST_ENOUGH:
        raise Unavailable(
            "The store is too busy for so many statements at once. Nothing was stored; try again."
        )
