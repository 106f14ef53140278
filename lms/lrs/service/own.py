"""What the portal itself records and keeps, by authorities that nobody outside can use."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from lms.kernel.db import db, new_id
from lms.lrs.formats import shapes
from lms.lrs.models import CredentialRow
from lms.lrs.rules import accepting, terms
from lms.lrs.rules.preconditions import Saying
from lms.lrs.service import documents, statements
from lms.lrs.values import Conditions, Credential, DocumentKey, DocumentKind, Version


def hold_source(source: Credential, *, now: datetime) -> None:
    """Make an authority of the portal itself, unless it is there. It has no secret, so nobody comes in by it."""
    if db.session.get(CredentialRow, source.id) is not None:
        return
    db.session.add(
        CredentialRow(
            id=source.id,
            key=source.key,
            secret_hash=b"",
            name=source.name,
            scopes=sorted(scope.value for scope in source.scopes),
            per_minute=source.per_minute,
            limit_bytes=source.limit_bytes,
            made_at=now,
            made_by=None,
            revoked_at=None,
        )
    )
    db.session.flush()


def record(said: Sequence[Mapping[str, Any]], *, source: Credential, now: datetime) -> None:
    """Store statements of the portal itself (xAPI 1.0.3), in their order; each brings its id."""
    if not said:
        return
    accepted = [
        accepting.accept(msgspec.json.encode(one), version=Version.ONE, new_id=new_id) for one in said
    ]
    statements.store(accepted, {}, credential=source, version=Version.ONE, now=now)


def digest_of_agent(agent: Mapping[str, Any]) -> bytes:
    """Return what names an agent in the key of a document."""
    found = terms.agent_digest(shapes.ACTOR.decode(msgspec.json.encode(agent)))
    if found is None:
        raise ValueError("an agent without an identifier")
    return found


def put_state(
    *,
    activity_id: str,
    agent: Mapping[str, Any],
    registration: UUID,
    state_id: str,
    content: Mapping[str, Any],
    now: datetime,
) -> None:
    """Keep a state document, whatever was there."""
    key = DocumentKey(DocumentKind.STATE, activity_id, digest_of_agent(agent), registration, state_id)
    documents.put_document(
        key=key,
        content=msgspec.json.encode(content),
        content_type="application/json",
        given=Conditions(),
        must_say=Saying.NOTHING,
        now=now,
    )
