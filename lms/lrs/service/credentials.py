"""Credentials: made with a secret that is seen once, and revoked for good."""

import secrets
from collections.abc import Collection
from datetime import datetime
from typing import Final

from lms.kernel import events
from lms.kernel.actor import Actor
from lms.kernel.db import db, new_id
from lms.kernel.errors import NotFound
from lms.lrs.events import CredentialMade, CredentialRevoked
from lms.lrs.models import CredentialRow
from lms.lrs.queries.credentials import hash_secret
from lms.lrs.values import CredentialId, NewCredential, XapiScope

PER_MINUTE: Final = 60_000
LIMIT_BYTES: Final = 12_000_000


def make_credential(
    *,
    name: str,
    scopes: Collection[XapiScope],
    actor: Actor,
    now: datetime,
    credential_id: CredentialId | None = None,
    per_minute: int = PER_MINUTE,
    limit_bytes: int = LIMIT_BYTES,
) -> NewCredential | None:
    """Make a key for a source; None if `credential_id` exists already, made by an earlier click."""
    chosen = credential_id or CredentialId(new_id())
    if db.session.get(CredentialRow, chosen) is not None:
        return None
    made = NewCredential(key=secrets.token_hex(10), secret=secrets.token_urlsafe(32))
    written = sorted(scope.value for scope in scopes)
    db.session.add(
        CredentialRow(
            id=chosen,
            key=made.key,
            secret_hash=hash_secret(made.secret),
            name=name,
            scopes=written,
            per_minute=per_minute,
            limit_bytes=limit_bytes,
            made_at=now,
            made_by=actor.person_id,
            revoked_at=None,
        )
    )
    db.session.flush()
    events.record(CredentialMade(credential_id=chosen, source=name, scopes=tuple(written)))
    return made


def revoke_credential(*, credential_id: CredentialId, now: datetime) -> None:
    """Let a key hold no longer; one that is revoked stays so."""
    row = db.session.get(CredentialRow, credential_id, with_for_update=True)
    if row is None:
        raise NotFound
    if row.revoked_at is None:
        row.revoked_at = now
        events.record(CredentialRevoked(credential_id=credential_id, source=row.name))
