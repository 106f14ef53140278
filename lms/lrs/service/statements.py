"""Storing statements: each delivery whole or not at all, all of a transaction by one INSERT for each table."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple
from uuid import UUID

from lms.kernel import clock, files, uow
from lms.kernel.driving import Line, line
from lms.kernel.errors import Conflict, DomainError, Forbidden, Unavailable
from lms.kernel.inserting import insert_all, insert_columns
from lms.lrs.errors import Refused
from lms.lrs.models import AttachmentRow, BodyRow, StatementRow
from lms.lrs.queries.statements import SETTLED_AFTER, ask_existing
from lms.lrs.rules import signatures
from lms.lrs.service.finding import Filing, Lasting, Numbers
from lms.lrs.service.knowing import Knowledge, learn
from lms.lrs.service.turns import ask_next_number, take_turn
from lms.lrs.service.voiding import Voidings, ask_waited, void
from lms.lrs.values import Accepted, Credential, Part, Version

_FAST_ENOUGH: Final = SETTLED_AFTER - timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Delivery:
    """Statements that are stored together or not at all, with the attachments that came along, by hash."""

    statements: Sequence[Accepted]
    credential: Credential
    version: Version
    parts: Mapping[str, Part] = field(default_factory=dict)


class _New(NamedTuple):
    """A statement that is not stored yet, its number, and with what it came."""

    seq: int
    one: Accepted
    delivery: Delivery


def store(delivery: Delivery, *, now: datetime) -> int:
    """Store statements and return how many were new.

    One that is stored already changes nothing; another of the same id is a Conflict, one that
    voids what is not its source's Forbidden, and then nothing at all is stored.
    """
    (answer,) = store_all([delivery], now=now, on=line())
    if isinstance(answer, DomainError):
        raise answer
    return answer


def store_all(deliveries: Sequence[Delivery], *, now: datetime, on: Line) -> Sequence[int | DomainError]:
    """Store what several brought; return for each how many were new, or why nothing of it was stored."""
    answers: list[int | DomainError] = []
    new: list[Delivery] = []
    every = [one for delivery in deliveries for one in delivery.statements]
    voidings = Voidings(every, on)
    with on.at_once():
        existing = ask_existing([one.id for one in every], on)
        knowledge = Knowledge(every, on)
        lasting = Lasting([(each.credential, each.statements) for each in deliveries], on)
    known = _Known(existing())
    for delivery in deliveries:
        try:
            voidings.check(delivery.statements, delivery.credential)
            found = known.add_new(delivery)
        except (Conflict, Forbidden) as refusal:
            answers.append(refusal)
            continue
        voidings.add(found, delivery.credential)
        answers.append(len(found))
        if found:
            new.append(replace(delivery, statements=found))
    if new:
        learn((one for delivery in new for one in delivery.statements), knowledge, on)
        _store_new(new, lasting.numbers(), now, on)
    return answers


def _store_new(deliveries: Sequence[Delivery], lasting: Numbers, now: datetime, on: Line) -> None:
    blobs = {
        sha2: files.keep_blob(io.BytesIO(part.content))[0]
        for delivery in deliveries
        for sha2, part in delivery.parts.items()
    }
    new = [(one, each) for each in deliveries for one in each.statements]
    with on.at_once():
        take_turn(on)
        number = ask_next_number(now, on)
        waited = ask_waited([one.id for one, _each in new], on)
        filing = Filing([(one, each.credential) for one, each in new], lasting, on)
    filing.look_up()
    first, stored_at = number()
    numbered = [_New(seq, one, each) for seq, (one, each) in enumerate(new, first)]
    with on.at_once():
        _insert(numbered, stored_at, on)
        _insert_attachments(numbered, blobs, on)
        filing.add([seq for seq, _one, _each in numbered])
    voids = {one.target_id: seq for seq, one, _each in numbered if one.is_voiding and one.target_id}
    void(voids, waited(), on)
    uow.gather(_must_settle, [stored_at])


def check(delivery: Delivery) -> None:
    """Refuse statements that do not go together, or not with the attachments that came with them."""
    statements, parts = delivery.statements, delivery.parts
    if len({one.id.int for one in statements}) != len(statements):
        raise Refused("two statements of this batch have one id")
    named: set[str] = set()
    for one in statements:
        for attachment in one.attachments:
            named.add(attachment.sha2)
            if attachment.sha2 not in parts and not attachment.is_elsewhere:
                raise Refused(f"the attachment {attachment.sha2} neither came along nor has a fileUrl")
        if one.attachments:
            signatures.check(one, parts)
    if parts.keys() - named:
        raise Refused("an attachment came along that no statement names")


class _Known:
    """What is stored, and what is about to be, by id as a number: content and, where one was given, timestamp."""

    def __init__(self, existing: Mapping[UUID, tuple[bytes, datetime]]) -> None:
        self._held: dict[int, tuple[bytes, datetime | None]] = {
            one.int: held for one, held in existing.items()
        }

    def add_new(self, delivery: Delivery) -> list[Accepted]:
        """Return what is new of a delivery; Conflict if any of it says something else under an id that is taken."""
        new = []
        for one in delivery.statements:
            held = self._held.get(one.id.int)
            if held is None:
                new.append(one)
            elif held[0] != one.content or _differ(one.timestamp, held[1]):
                raise Conflict(f"Another statement is stored as {one.id}.")
        self._held |= {one.id.int: (one.content, one.timestamp) for one in new}
        return new


def _differ(told: datetime | None, held: datetime | None) -> bool:
    """Return whether a statement sent again gives another time; without one it is that of its storing."""
    return told is not None and told != held


def _insert(numbered: Sequence[_New], stored_at: datetime, on: Line) -> None:
    numbers = [each.seq for each in numbered]
    statements = [each.one for each in numbered]
    insert_columns(
        StatementRow,
        {
            "seq": numbers,
            "statement_id": [one.id for one in statements],
            "content": [one.content for one in statements],
            "timestamp": [one.timestamp or stored_at for one in statements],
            "stored_at": [stored_at] * len(numbered),
            "credential_id": [each.delivery.credential.id for each in numbered],
            "version": [each.delivery.version for each in numbered],
            "raw_bytes": [len(one.raw) for one in statements],
            "is_voiding": [one.is_voiding for one in statements],
            "target_id": [one.target_id for one in statements],
        },
        on=on,
    )
    insert_columns(BodyRow, {"seq": numbers, "body": [one.packed for one in statements]}, on=on)


def _insert_attachments(numbered: Sequence[_New], blobs: Mapping[str, str], on: Line) -> None:
    rows: dict[tuple[int, str], dict[str, Any]] = {}
    for seq, one, delivery in numbered:
        for attachment in one.attachments:
            if attachment.sha2 in delivery.parts:
                rows[seq, attachment.sha2] = {
                    "seq": seq,
                    "sha2": attachment.sha2,
                    "content_type": attachment.content_type,
                    "blob_sha256": blobs[attachment.sha2],
                }
    insert_all(AttachmentRow, list(rows.values()), on=on)


def _must_settle(stored: set[datetime]) -> None:
    """Refuse to commit what took so long that readers were told it is all there."""
    if clock.now() - min(stored) > _FAST_ENOUGH:
        raise Unavailable(
            "The store is too busy for so many statements at once. Nothing was stored; try again."
        )
