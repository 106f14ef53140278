"""What the record store holds of somebody."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import select

from lms.identity import facade as identity
from lms.identity.values import PersonId
from lms.kernel.among import among
from lms.kernel.db import db, fetch
from lms.lrs.models import BodyRow, DocumentRow
from lms.lrs.queries.links import numbers_of
from lms.lrs.rules import packing, terms

MOST = 1000


def list_present(people: Collection[PersonId]) -> set[PersonId]:
    """Return who of these people was not erased."""
    everybody = identity.everybody()
    (person_id,) = everybody.selected_columns
    return set(fetch(everybody.where(among(person_id, "people")), {"people": list(people)}).scalars())


def export_agent(identifiers: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
    """Return statements, the latest thousand, and documents that name somebody, as JSON values."""
    words = [terms.word_of(one) for one in identifiers]
    related = [term for word in words for term in terms.anywhere(terms.RELATED_AGENT, word)]
    rows = db.session.execute(
        select(BodyRow.seq, BodyRow.body)
        .where(BodyRow.seq.in_(numbers_of(related)))
        .order_by(BodyRow.seq.desc())
        .limit(MOST)
    )
    documents = db.session.scalars(
        select(DocumentRow)
        .where(DocumentRow.agent.in_([terms.digest(b"", word) for word in words]))
        .order_by(DocumentRow.updated_at.desc())
        .limit(MOST)
    )
    return {
        "statements": [msgspec.json.decode(packing.unpack(row.body)) for row in rows],
        "documents": [
            {
                "kind": row.kind.value,
                "id": row.document_id,
                "type": row.content_type,
                "at": row.updated_at.isoformat(),
                "content": row.content.decode("utf-8", "replace"),
            }
            for row in documents
        ],
    }
