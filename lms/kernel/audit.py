"""The audit trail: who did what to which row, when and from where; written once, never changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, Select, select
from sqlalchemy.orm import Mapped, mapped_column

from lms.kernel import clock
from lms.kernel.actor import current
from lms.kernel.db import Model, append_only, db, first_id_at, new_id
from lms.kernel.inserting import insert_all

FEW = 10
"""Up to so many entries wait in the session for its next flush, as all that a request writes does."""


class AuditEntry(Model):
    """One act. `details` holds the event's own fields; nothing in it is a secret."""

    __tablename__ = "audit_entries"
    __table_args__ = (
        Index("ix_audit_entries_subject", "subject_id", "id"),
        Index("ix_audit_entries_actor", "actor_id", "id"),
        Index("ix_audit_entries_action", "action", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    at: Mapped[datetime]
    action: Mapped[str]
    actor_id: Mapped[UUID | None]
    actor_name: Mapped[str]
    address: Mapped[str]
    request_id: Mapped[str]
    subject_id: Mapped[UUID | None]
    details: Mapped[dict[str, Any]]


append_only(AuditEntry)


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """What an auditor narrows the trail to; None means any."""

    action: str | None = None
    actor_id: UUID | None = None
    subject_id: UUID | None = None
    since: datetime | None = None
    without: frozenset[str] = frozenset()
    """Actions to leave out."""


def record(action: str, *, subject_id: UUID | None, details: dict[str, Any]) -> None:
    """Append one entry for the current actor, in the current transaction."""
    record_all(action, [(subject_id, details)])


def record_all(action: str, told: Sequence[tuple[UUID | None, dict[str, Any]]]) -> None:
    """Append an entry for each (subject, details), for the current actor, in one statement past the first few.

    A person is kept by id alone: the trail cannot be changed, and a name must be erasable.
    """
    actor = current()
    now = clock.now()
    rows = [
        {
            "id": new_id(),
            "at": now,
            "action": action,
            "actor_id": actor.person_id,
            "actor_name": "" if actor.person_id else actor.name,
            "address": actor.address,
            "request_id": actor.request_id,
            "subject_id": subject_id,
            "details": details,
        }
        for subject_id, details in told
    ]
    if len(rows) > FEW:
        insert_all(AuditEntry, rows)
    else:
        db.session.add_all(AuditEntry(**row) for row in rows)


def entries(wanted: AuditFilter) -> Select[AuditEntry]:
    """Return the query of the entries an auditor wants, unordered."""
    query = select(AuditEntry)
    if wanted.action:
        query = query.where(AuditEntry.action == wanted.action)
    if wanted.without:
        query = query.where(AuditEntry.action.not_in(wanted.without))
    if wanted.actor_id:
        query = query.where(AuditEntry.actor_id == wanted.actor_id)
    if wanted.subject_id:
        query = query.where(AuditEntry.subject_id == wanted.subject_id)
    if wanted.since:
        # Ids rise with time, so the bound on them spares the reading of everything older.
        query = query.where(AuditEntry.at >= wanted.since, AuditEntry.id >= first_id_at(wanted.since))
    return query


def list_entries(wanted: AuditFilter, *, before: UUID | None, limit: int) -> Sequence[AuditEntry]:
    """Return up to `limit` entries, newest first, older than the entry `before`."""
    query = entries(wanted).order_by(AuditEntry.id.desc()).limit(limit)
    if before is not None:
        query = query.where(AuditEntry.id < before)
    return db.session.scalars(query).all()
