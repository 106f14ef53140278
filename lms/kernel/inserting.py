"""Storing and changing many rows of one table by a statement prepared once, past what SQLAlchemy does for each row."""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from operator import itemgetter
from typing import Any, NamedTuple

from sqlalchemy import Column, Dialect, Table

from lms.kernel import arrays
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
        connection.exec_driver_sql(prepared.statement, tuple(map(arrays.literal, columns)))
    else:
        connection.exec_driver_sql(prepared.statement, list(zip(*columns, strict=True)))


def update_all(table: type[Base], keys: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> None:
    """Change rows, each found by its `keys`, to what else stands in its mapping; the session is flushed.

    All have the same columns. A row that is not there is passed over. What the session has read is not told.
    """
    if not rows:
        return
    db.session.flush()
    connection = db.session.connection()
    changed = tuple(name for name in rows[0] if name not in keys)
    prepared = _prepare_update(table, changed, tuple(keys), connection.dialect)
    columns = [_column(rows, name, convert) for name, convert in prepared.converts]
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(prepared.statement, tuple(map(arrays.literal, columns)))
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
        statement = f"{into} SELECT * FROM unnest({_lists(columns, dialect)})"  # noqa: S608  names of our own columns
    else:
        statement = f"{into} VALUES ({', '.join('?' for _one in columns)})"
    return _Prepared(
        f"{statement} ON CONFLICT DO NOTHING" if unless_there else statement, _converts(columns, dialect)
    )


@lru_cache(maxsize=128)
def _prepare_update(
    model: type[Base], changed: tuple[str, ...], keys: tuple[str, ...], dialect: Dialect
) -> _Prepared:
    table: Table = model.__table__  # type: ignore[assignment]  # as declared
    columns: list[Column[Any]] = [table.c[name] for name in (*changed, *keys)]
    quoted = dialect.identifier_preparer
    name, names = quoted.format_table(table), [quoted.format_column(one) for one in columns]
    what, by = names[: len(changed)], names[len(changed) :]
    if dialect.name == "postgresql":
        put, found = [f"{one} = given.{one}" for one in what], [f"{name}.{one} = given.{one}" for one in by]
        source = f" FROM unnest({_lists(columns, dialect)}) AS given ({', '.join(names)})"
    else:
        put, found, source = [f"{one} = ?" for one in what], [f"{one} = ?" for one in by], ""
    statement = f"UPDATE {name} SET {', '.join(put)}{source} WHERE {' AND '.join(found)}"  # noqa: S608  names of our own columns
    return _Prepared(statement, _converts(columns, dialect))


def _lists(columns: Sequence[Column[Any]], dialect: Dialect) -> str:
    return ", ".join(f"%s::{one.type.compile(dialect)}[]" for one in columns)


def _converts(columns: Sequence[Column[Any]], dialect: Dialect) -> tuple[tuple[str, Convert | None], ...]:
    return tuple((one.name, one.type.dialect_impl(dialect).bind_processor(dialect)) for one in columns)
