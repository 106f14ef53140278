"""Storing many rows of one table by a statement that is prepared once, past what SQLAlchemy does for each row."""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from itertools import chain
from operator import itemgetter
from typing import Any, Final, NamedTuple

from sqlalchemy import Column, Dialect, Table

from lms.kernel.db import Base, db

SIZES: Final = (256, 64, 16)
"""How many rows SQLite's statements hold: few statements, so that each stays prepared. What is left goes row by row.

Python's driver lets other threads run between two rows of `executemany`, and then waits for them as it holds the lock.
"""

Convert = Callable[[Any], Any]


class _Prepared(NamedTuple):
    """An INSERT of some columns, and how the values of each become what the driver takes; None for as they are."""

    statement: str
    more: str
    """What SQLite reads for each row after the first."""
    end: str
    converts: tuple[tuple[str, Convert | None], ...]


def insert_all(table: type[Base], rows: Sequence[Mapping[str, Any]], *, unless_there: bool = False) -> None:
    """Store rows, each with the same columns and all that have no default of the database's; the session is flushed.

    `unless_there` passes over rows that some other has inserted before. SQLite gets a few prepared
    statements of many rows, PostgreSQL one statement and a list for each column.
    """
    if not rows:
        return
    db.session.flush()
    connection = db.session.connection()
    prepared = _prepare(table, tuple(rows[0]), connection.dialect, unless_there=unless_there)
    columns = [_column(rows, name, convert) for name, convert in prepared.converts]
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"{prepared.statement}{prepared.end}", tuple(columns))
        return
    waiting = list(zip(*columns, strict=True))
    for size in SIZES:
        while len(waiting) >= size:
            part, waiting = waiting[:size], waiting[size:]
            connection.exec_driver_sql(
                f"{prepared.statement}{prepared.more * (size - 1)}{prepared.end}",
                tuple(chain.from_iterable(part)),
            )
    if waiting:
        connection.exec_driver_sql(f"{prepared.statement}{prepared.end}", waiting)


def _column(rows: Sequence[Mapping[str, Any]], name: str, convert: Convert | None) -> list[Any]:
    values = list(map(itemgetter(name), rows))
    if convert is None:
        return values
    first = values[0]
    # What is the same in every row, such as the instant of all, is converted once.
    return (
        [convert(first)] * len(values) if all(one is first for one in values) else list(map(convert, values))
    )


@lru_cache(maxsize=128)
def _prepare(model: type[Base], names: tuple[str, ...], dialect: Dialect, *, unless_there: bool) -> _Prepared:
    table: Table = model.__table__  # type: ignore[assignment]  # as declared
    columns: list[Column[Any]] = [table.c[name] for name in names]
    quoted = dialect.identifier_preparer
    into = f"INSERT INTO {quoted.format_table(table)} ({', '.join(quoted.format_column(one) for one in columns)})"
    if dialect.name == "postgresql":
        lists = ", ".join(f"%s::{one.type.compile(dialect)}[]" for one in columns)
        statement, more = f"{into} SELECT * FROM unnest({lists})", ""  # noqa: S608  names of our own columns
    else:
        row = f"({', '.join('?' for _one in columns)})"
        statement, more = f"{into} VALUES {row}", f", {row}"
    return _Prepared(
        statement,
        more,
        " ON CONFLICT DO NOTHING" if unless_there else "",
        tuple((one.name, one.type.dialect_impl(dialect).bind_processor(dialect)) for one in columns),
    )
