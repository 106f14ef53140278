"""Documents: one by all that names it, or the ids of those in one place."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select

from lms.kernel.db import db
from lms.lrs.models import DocumentRow
from lms.lrs.rules.places import digest_of, place_of
from lms.lrs.values import Document, DocumentKey


def find_row(key: DocumentKey, *, locked: bool = False) -> DocumentRow | None:
    """Return a document's row."""
    query = select(DocumentRow).where(DocumentRow.digest == digest_of(key))
    return db.session.scalar(query.with_for_update() if locked else query)


def find_document(key: DocumentKey) -> Document | None:
    """Return a document."""
    row = find_row(key)
    return None if row is None else Document(row.content, row.content_type, row.etag, row.updated_at)


def in_place(key: DocumentKey) -> Sequence[ColumnElement[bool]]:
    """Return the condition of all documents of one place; of one registration, if the key names one."""
    here: list[Any] = [DocumentRow.place == place_of(key)]
    if key.registration is not None:
        here.append(DocumentRow.registration == key.registration)
    return here


def list_ids(key: DocumentKey, since: datetime | None) -> tuple[Sequence[str], datetime | None]:
    """Return the ids of all documents of one place that changed after `since`, and when the last of them did."""
    query = select(DocumentRow.document_id, DocumentRow.updated_at).where(*in_place(key))
    if since is not None:
        query = query.where(DocumentRow.updated_at > since)
    rows = list(db.session.execute(query.order_by(DocumentRow.updated_at)))
    return list(dict.fromkeys(row.document_id for row in rows)), rows[-1].updated_at if rows else None
