"""Rows that are somebody's, handed from one owner to another: what joining two accounts does to every table."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Table, delete, exists, func, select, update

from lms.kernel.db import Model, db


class Twice(StrEnum):
    """What becomes of a row where the new owner has one already of which there is one for each owner."""

    GOES = "goes"
    """It is deleted: a choice, a note of what was told."""
    STAYS = "stays"
    """It stays with the former owner: the ledger deletes nothing."""
    ENDS = "ends"
    """It is ended, and goes over as one that is over."""


class Owned(NamedTuple):
    """A column of a table that names an owner; `once_per` what an owner has one row for, None any number.

    `open` names the column that is empty while a row is open, where only those are one for each owner; `also` is what
    ending one writes beside the moment.
    """

    table: str
    column: str = "person_id"
    once_per: tuple[str, ...] | None = None
    open: str = ""
    twice: Twice = Twice.GOES
    also: Mapping[str, Any] = MappingProxyType({})


def hand_over(owned: Iterable[Owned], *, kept: UUID, merged: UUID, now: datetime) -> None:
    """Let the rows of `merged` be those of `kept`, in this transaction; what the session holds is read anew."""
    db.session.flush()
    connection = db.session.connection()
    for one in owned:
        table = _table(one)
        owner = table.c[one.column]
        theirs: ColumnElement[bool] = owner == merged
        if one.once_per is not None:
            doubled = _doubled(one, table, kept)
            if one.twice is Twice.GOES:
                connection.execute(delete(table).where(theirs, doubled))
            elif one.twice is Twice.ENDS:
                ended = {one.open: now, **one.also}
                connection.execute(update(table).where(theirs, doubled).values(ended))
            else:
                theirs = theirs & ~doubled
        connection.execute(update(table).where(theirs).values({one.column: kept}))
    db.session.expire_all()


def count(one: Owned, owner: UUID) -> int:
    """Return how many rows of a table an owner has."""
    table = _table(one)
    return db.session.scalar(select(func.count()).select_from(table).where(table.c[one.column] == owner)) or 0


def _table(one: Owned) -> Table:
    return Model.metadata.tables[one.table]


def _doubled(one: Owned, table: Table, kept: UUID) -> ColumnElement[bool]:
    """Return the filter for rows of which the new owner has one already."""
    other = table.alias()
    same = [other.c[key].is_not_distinct_from(table.c[key]) for key in one.once_per or ()]
    still_open = [other.c[one.open].is_(None), table.c[one.open].is_(None)] if one.open else []
    return exists().where(other.c[one.column] == kept, *same, *still_open).correlate(table)
