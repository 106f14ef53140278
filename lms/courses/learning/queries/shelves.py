"""The catalogue in memory, kept up: once whole for each process, then whatever changed since."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import current_app
from flask_babel import get_locale
from sqlalchemy import bindparam, func, select

from lms.courses.authoring.models import ShelfRow, ShelfState
from lms.courses.learning.rules.shelf import Shelf, Shelved
from lms.courses.values.catalogue import CatalogueFacet
from lms.kernel.db import READ_ONLY, db, fetch

KEPT = "lms.courses.shelf"
AT_ONCE = 200

_CHANGED = (
    select(
        ShelfRow.course_id,
        ShelfRow.number,
        ShelfRow.title,
        ShelfRow.language,
        ShelfRow.minutes,
        ShelfRow.published_at,
        ShelfRow.facets,
        ShelfRow.sees,
        ShelfRow.head,
        ShelfRow.body,
    )
    .where(ShelfRow.number > bindparam("known"))
    .order_by(ShelfRow.number, ShelfRow.course_id)
)
_CHECKSUM = select(func.count(), func.coalesce(func.sum(ShelfRow.number), 0))


@dataclass(frozen=True, eq=False)
class Kept:
    """The catalogue, and what its facets' values are called, by facet and language, as far as somebody asked."""

    shelf: Shelf
    names: dict[tuple[str, str], Mapping[str, str]] = field(default_factory=dict)

    def names_of(self, facet: CatalogueFacet) -> Mapping[str, str]:
        """Return what all values of a facet are called in the reader's language, in order."""
        key = facet.key, str(get_locale())
        if key not in self.names:
            self.names[key] = facet.names(self.shelf.facets.get(facet.key, {}).keys())
        return self.names[key]


NUMBER = select(ShelfState.number)
"""The query of how far the catalogue has come."""


def kept_at(number: int) -> Kept:
    """Return the catalogue up to its `number` of this transaction: without a query while nothing has changed.

    Threads share what they keep and never change it; of two that read what is new at once, either's result stays.
    """
    if not READ_ONLY.get():
        # What this transaction has written itself may yet be rolled back.
        return Kept(Shelf().with_(_changed(0), number))
    kept: Kept = current_app.extensions.get(KEPT) or Kept(Shelf())
    if kept.shelf.number != number:
        kept = Kept(_caught_up(kept.shelf, number))
        current_app.extensions[KEPT] = kept
    return kept


def _caught_up(kept: Shelf, number: int) -> Shelf:
    if kept.number < number:
        shelf = kept.with_(_changed(kept.number), number)
        if shelf.checksum == _checksum():
            return shelf
    # Another history: the database was put back from a backup under our feet.
    return Shelf().with_(_changed(0), number)


def _checksum() -> tuple[int, int]:
    count, total = db.session.execute(_CHECKSUM).one()
    return int(count), int(total)


def _changed(known: int) -> Iterator[Shelved]:
    rows: Any = fetch(_CHANGED, {"known": known})
    for row in rows.yield_per(AT_ONCE):
        yield _shelved(row)


def _shelved(row: Any) -> Shelved:
    return Shelved(
        course_id=row.course_id,
        number=row.number,
        title=row.title,
        language=row.language,
        minutes=row.minutes,
        published_at=row.published_at,
        facets=row.facets,
        sees=row.sees,
        head=row.head,
        body=row.body,
    )
