"""Names of verbs and activities by how they begin, and how far they were learnt."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import func, select

from lms.kernel.db import db
from lms.lrs.models import NameRow, NamesThroughRow
from lms.lrs.rules.naming import compared
from lms.lrs.values import NamedKind

SUGGESTED: Final = 20
MEANT_MOST: Final = 8
"""What a name may stand for at once: each is a walk of its own."""
# UTF-8 has no such byte.
_AFTER: Final = b"\xff"


def list_meant(kind: NamedKind, words: str) -> Sequence[str]:
    """Return the ids of what is called so, else of what is called something that begins so; a few at most."""
    key = compared(words)
    if not key:
        return []
    called = (
        select(NameRow.iri).where(NameRow.kind == kind).distinct().order_by(NameRow.iri).limit(MEANT_MOST)
    )
    exact = db.session.scalars(called.where(NameRow.compared == key)).all()
    return (
        exact
        or db.session.scalars(called.where(NameRow.compared >= key, NameRow.compared < key + _AFTER)).all()
    )


def list_suggested(kind: NamedKind, words: str) -> Sequence[str]:
    """Return names that begin so, in their order; a few at most."""
    key = compared(words)
    query = (
        select(func.min(NameRow.name))
        .where(NameRow.kind == kind, NameRow.compared >= key, NameRow.compared < key + _AFTER)
        .group_by(NameRow.compared)
        .order_by(NameRow.compared)
        .limit(SUGGESTED)
    )
    return db.session.scalars(query).all()


def hold_through() -> NamesThroughRow | None:
    """Return how far names were learnt, held until the transaction ends; None before the first time."""
    return db.session.get(NamesThroughRow, 1, with_for_update=True, populate_existing=True)
