"""Voiding: who may take back whose statement, whichever of the two is stored first (xAPI 1.0.3, Data 2.3.2).

The standard leaves to a store who may void, and has it refuse the whole request of whoever may not.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select

from lms.kernel.among import ask_among, rows_among
from lms.kernel.db import db
from lms.kernel.driving import Answer, Line
from lms.kernel.errors import Forbidden
from lms.kernel.inserting import insert_all
from lms.lrs.models import CredentialRow, StatementRow, VoidRow
from lms.lrs.queries.credentials import scopes_of
from lms.lrs.rules.voiding import Source, may_void, source_of
from lms.lrs.values import Accepted, Credential, CredentialId


class Voidings:
    """What several deliveries would void. Most void nothing, and nothing is asked for them."""

    def __init__(self, statements: Collection[Accepted], on: Line) -> None:
        self._targets = {one.target_id for one in statements if one.is_voiding and one.target_id}
        self._owners = dict(_owners(self._targets, on)) if self._targets else {}

    def check(self, statements: Sequence[Accepted], voider: Credential) -> None:
        """Refuse to void what is somebody else's."""
        for one in statements if self._targets else ():
            owner = self._owners.get(one.target_id) if one.is_voiding and one.target_id else None
            if owner is not None and not may_void(source_of(voider), owner):
                raise Forbidden(
                    f"The statement {one.target_id} is another source's, and this key may not void it."
                )

    def add(self, statements: Sequence[Accepted], owner: Credential) -> None:
        """Take to mind whose statements are about to be stored: what is stored with them may void them."""
        self._owners |= {one.id: source_of(owner) for one in statements if one.id in self._targets}


def ask_waited(fresh: Collection[UUID], on: Line) -> Answer:
    """Ask which of new statements were voided before they came, in one's turn."""
    return ask_among((VoidRow.statement_id,), VoidRow.statement_id, fresh, on=on)


def void(voided: Mapping[UUID, int], waited: Sequence[Any], on: Line) -> None:
    """Void statements, each by the number of what voids it, in one's turn; all are stored.

    One that was voided before it came (`waited`), or while it did, is not, unless somebody did who may.
    """
    rows = [{"statement_id": target, "seq": seq} for target, seq in voided.items()]
    insert_all(VoidRow, rows, unless_there=True, on=on)
    targets = {target for (target,) in waited} | voided.keys()
    if not targets:
        return
    owners = _owners(targets, on)
    voiders = db.session.execute(
        select(StatementRow.target_id, StatementRow.credential_id).where(
            StatementRow.target_id.in_(owners), StatementRow.is_voiding
        )
    ).all()
    sources = _sources({credential_id for _target, credential_id in voiders}, on)
    rightly = {
        target
        for target, credential_id in voiders
        if target is not None and may_void(sources[credential_id], owners[target])
    }
    wrongly = owners.keys() - rightly
    if wrongly:
        db.session.execute(delete(VoidRow).where(VoidRow.statement_id.in_(wrongly)))


def _owners(ids: Collection[UUID], on: Line) -> Mapping[UUID, Source]:
    columns = (StatementRow.statement_id, StatementRow.credential_id)
    found = dict(rows_among(columns, StatementRow.statement_id, ids, on=on))
    sources = _sources(set(found.values()), on)
    return {statement_id: sources[credential_id] for statement_id, credential_id in found.items()}


def _sources(ids: Collection[CredentialId], on: Line) -> Mapping[CredentialId, Source]:
    columns = (CredentialRow.id, CredentialRow.scopes, CredentialRow.secret_hash)
    return {
        found: Source(found, scopes_of(scopes), is_own=not secret_hash)
        for found, scopes, secret_hash in rows_among(columns, CredentialRow.id, ids, on=on)
    }
