"""What the portal itself records and keeps, by authorities that nobody outside can use."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec
from flask import current_app
from sqlalchemy import select

from lms.kernel.db import db, new_id
from lms.lrs.formats import shapes
from lms.lrs.models import CredentialRow, DocumentRow
from lms.lrs.queries.documents import find_row, in_place
from lms.lrs.queries.personal_data import list_present
from lms.lrs.rules import accepting, terms
from lms.lrs.rules import own as rules
from lms.lrs.rules.preconditions import Saying
from lms.lrs.service import documents, statements
from lms.lrs.values import (
    Conditions,
    Credential,
    CredentialId,
    DocumentKey,
    DocumentKind,
    Fact,
    Version,
    Withdrawn,
    XapiScope,
)

PORTAL: Final = Credential(
    id=CredentialId(UUID("8f9a2c60-52d1-7b0e-8a55-3f0f6f6d9c42")),
    key="portal",
    name="Guildhall",
    scopes=frozenset({XapiScope.WRITE}),
    per_minute=1,
    limit_bytes=1,
    is_everywhere=True,
)
"""Whose authority everything has that the portal itself recorded."""

STATES_AT_MOST: Final = 200


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
    statements.store(statements.Delivery(accepted, source, Version.ONE), now=now)


def tell(said: Sequence[Fact | Withdrawn], *, now: datetime) -> None:
    """Store what the portal recorded as statements, in its order. What was erased of a person is not told again."""
    known = list_present({one.person_id for one in said if isinstance(one, Fact)})
    home_page = str(current_app.config["LMS_PUBLIC_URL"])
    hold_source(PORTAL, now=now)
    record(
        [
            rules.statement(one, home_page=home_page)
            for one in said
            if isinstance(one, Withdrawn) or one.person_id in known
        ],
        source=PORTAL,
        now=now,
    )


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


def copy_states(
    *, agent: Mapping[str, Any], registration: UUID, source: str, target: str, now: datetime
) -> None:
    """Give an activity the states that another has in a registration, but for those that it has itself."""
    digest = digest_of_agent(agent)
    for row in db.session.scalars(
        select(DocumentRow)
        .where(*in_place(DocumentKey(DocumentKind.STATE, source, digest, registration)))
        .order_by(DocumentRow.document_id)
        .limit(STATES_AT_MOST)
    ):
        key = DocumentKey(DocumentKind.STATE, target, digest, registration, row.document_id)
        if find_row(key) is None:
            documents.put_document(
                key=key,
                content=row.content,
                content_type=row.content_type,
                given=Conditions(),
                must_say=Saying.NOTHING,
                now=now,
            )
