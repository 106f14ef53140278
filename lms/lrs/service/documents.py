"""Documents: replaced, merged, deleted, each under the conditions its writer names."""

import hashlib
from datetime import datetime

import msgspec
from sqlalchemy import delete

from lms.kernel.db import db
from lms.lrs.errors import Refused
from lms.lrs.formats import shapes
from lms.lrs.models import DocumentRow
from lms.lrs.queries.documents import find_row, in_place
from lms.lrs.rules import preconditions
from lms.lrs.rules.places import digest_of, place_of
from lms.lrs.values import Conditions, DocumentKey


def put_document(
    *,
    key: DocumentKey,
    content: bytes,
    content_type: str,
    given: Conditions,
    must_say: preconditions.Saying,
    now: datetime,
) -> None:
    """Store a document, whatever was there, if the conditions hold."""
    row = find_row(key, locked=True)
    preconditions.check(given, etag=row.etag if row else None, must_say=must_say)
    _keep(key, row, content, content_type, now)


def merge_document(
    *, key: DocumentKey, content: bytes, content_type: str, given: Conditions, now: datetime
) -> None:
    """Lay the fields of one JSON object over those of another; where there is none, store it."""
    row = find_row(key, locked=True)
    preconditions.check(given, etag=row.etag if row else None)
    fields = _fields(content, content_type) if row is not None or _is_json(content_type) else None
    if row is not None and fields is not None:
        if not _is_json(row.content_type):
            raise Refused("The document is no JSON, so nothing can be merged into it.")
        content = msgspec.json.encode({**_fields(row.content, row.content_type), **fields})
    _keep(key, row, content, content_type, now)


def _is_json(content_type: str) -> bool:
    return content_type.partition(";")[0].strip().lower() == "application/json"


def _fields(content: bytes, content_type: str) -> dict[str, msgspec.Raw]:
    if not _is_json(content_type):
        raise Refused("Only JSON can be merged into a document that exists.")
    try:
        return shapes.FIELDS.decode(content)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise Refused(f"The document is no JSON object: {error}") from error


def _keep(
    key: DocumentKey, row: DocumentRow | None, content: bytes, content_type: str, now: datetime
) -> None:
    if row is None:
        row = DocumentRow(
            digest=digest_of(key),
            place=place_of(key),
            kind=key.kind,
            agent=key.agent,
            registration=key.registration,
            document_id=key.id,
        )
        db.session.add(row)
    row.content, row.content_type, row.updated_at = content, content_type, now
    # A version mark and no secret: SHA-1 is what 1.0.3 asks for.
    row.etag = hashlib.sha1(content, usedforsecurity=False).hexdigest()
    db.session.flush()


def delete_document(*, key: DocumentKey, given: Conditions) -> None:
    """Delete a document, if the conditions hold; one that is gone stays gone."""
    row = find_row(key, locked=True)
    preconditions.check(given, etag=row.etag if row else None)
    if row is not None:
        db.session.delete(row)


def delete_documents(*, key: DocumentKey) -> None:
    """Delete all documents of one place."""
    db.session.execute(delete(DocumentRow).where(*in_place(key)))
