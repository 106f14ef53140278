"""Storing many rows of one table by a statement that is prepared once, past what SQLAlchemy does for each row."""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from operator import itemgetter
from typing import Any, NamedTuple

from sqlalchemy import Column, Dialect, Table

from lms.kernel.db import Base, db

Convert = Callable[[Any], Any]


class _Prepared(NamedTuple):
    """An INSERT of some columns, and how the values of each become what the driver takes; None for as they are."""

    statement: str
    converts: tuple[tuple[str, Convert | None], ...]


def insert_all(table: type[Base], rows: Sequence[Mapping[str, Any]], *, unless_there: bool = False) -> None:
    """Store rows, each with the same columns and all that have no default of the database's; the session is flushed.

    `unless_there` passes over rows that some other has inserted before. SQLite gets one prepared statement and the
    rows, PostgreSQL one statement and a list for each column.
    """
    if not rows:
        return
    db.session.flush()
    connection = db.session.connection()
    prepared = _prepare(table, tuple(rows[0]), connection.dialect, unless_there=unless_there)
    columns = [_column(rows, name, convert) for name, convert in prepared.converts]
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(prepared.statement, tuple(columns))
    else:
        connection.exec_driver_sql(prepared.statement, list(zip(*columns, strict=True)))


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
        statement = f"{into} SELECT * FROM unnest({lists})"  # noqa: S608  names of our own columns
    else:
        statement = f"{into} VALUES ({', '.join('?' for _one in columns)})"
    return _Prepared(
        f"{statement} ON CONFLICT DO NOTHING" if unless_there else statement,
        tuple((one.name, one.type.dialect_impl(dialect).bind_processor(dialect)) for one in columns),
    )
