"""Erasing somebody from statements: a pseudonym takes their place, and nothing that rests on an id breaks."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import bindparam, delete, select, update

from lms.kernel.db import db, new_id
from lms.kernel.driving import line
from lms.lrs.models import AgentRow, BodyRow, DocumentRow, TermRow
from lms.lrs.queries.links import numbers_of
from lms.lrs.rules import packing, terms
from lms.lrs.rules.people import pseudonym, without
from lms.lrs.service.turns import take_turn

BATCH = 500


def pseudonymise(identifiers: Sequence[Mapping[str, Any]]) -> None:
    """Put a pseudonym in place of each identifier, in every statement; delete the documents and names of each.

    What a statement is found by is a digest of who they were: it becomes one of the pseudonym, and its links stay.
    """
    take_turn(line())
    pseudonyms = {terms.word_of(one): pseudonym(new_id()) for one in identifiers}
    _clean_bodies(pseudonyms)
    for word, instead in sorted(pseudonyms.items()):
        for kind in (terms.AGENT, terms.RELATED_AGENT):
            db.session.execute(
                update(TermRow)
                .where(TermRow.digest == terms.digest(kind, word))
                .values(digest=terms.digest(kind, terms.word_of(instead)))
            )
    people = [terms.digest(b"", word) for word in pseudonyms]
    db.session.execute(delete(DocumentRow).where(DocumentRow.agent.in_(people)))
    db.session.execute(delete(AgentRow).where(AgentRow.digest.in_(people)))


def _clean_bodies(pseudonyms: Mapping[str, Mapping[str, Any]]) -> None:
    related = [term for word in pseudonyms for term in terms.anywhere(terms.RELATED_AGENT, word)]
    numbers = numbers_of(related)
    change = (
        update(BodyRow.__table__)  # type: ignore[arg-type]  # a Table, as declared
        .where(BodyRow.seq == bindparam("number"))
        .values(body=bindparam("packed"))
    )
    after = 0
    while True:
        rows = db.session.execute(
            select(BodyRow.seq, BodyRow.body)
            .where(BodyRow.seq > after, BodyRow.seq.in_(numbers))
            .order_by(BodyRow.seq)
            .limit(BATCH)
        ).all()
        if not rows:
            return
        after = rows[-1].seq
        db.session.connection().execute(
            change,
            [
                {"number": row.seq, "packed": packing.pack(without(packing.unpack(row.body), pseudonyms))}
                for row in rows
            ],
        )
