"""Storing and changing many rows of one table by a statement prepared once, past what SQLAlchemy does for each row."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from operator import itemgetter
from typing import Any, NamedTuple

from sqlalchemy import Column, Dialect, LargeBinary, Table

from lms.kernel import arrays
from lms.kernel.db import Base, UtcDateTime
from lms.kernel.driving import Line, line

Convert = Callable[[Any], Any]


class _Prepared(NamedTuple):
    """An INSERT of some columns, and how the values of each become what the driver takes; None for as they are."""

    statement: str
    converts: tuple[tuple[str, Convert | None], ...]


def insert_all(
    table: type[Base],
    rows: Sequence[Mapping[str, Any]],
    *,
    unless_there: bool = False,
    on: Line | None = None,
) -> None:
    """Store rows, each with the same columns and all that have no default of the database's; the session is flushed.

    `unless_there` passes over rows that some other has inserted before; `on` is the transaction's line, if it is at
    hand. SQLite gets one prepared statement and the rows, PostgreSQL one statement and a list for each column.
    """
    if rows:
        columns = {name: list(map(itemgetter(name), rows)) for name in rows[0]}
        insert_columns(table, columns, unless_there=unless_there, on=on)


def insert_columns(
    table: type[Base],
    columns: Mapping[str, Sequence[Any]],
    *,
    unless_there: bool = False,
    on: Line | None = None,
) -> None:
    """Store rows that are given column by column, as `insert_all` does: for many narrow ones."""
    if not next(iter(columns.values()), ()):
        return
    on = on or line()
    _run(_prepare(table, tuple(columns), on.dialect, unless_there=unless_there), columns, on)


def _run(prepared: _Prepared, columns: Mapping[str, Sequence[Any]], on: Line) -> None:
    given = [_converted(columns[name], convert) for name, convert in prepared.converts]
    if on.is_postgresql:
        on.run(prepared.statement, list(map(arrays.literal, given)))
    else:
        on.many(prepared.statement, list(zip(*given, strict=True)))


def update_all(table: type[Base], keys: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> None:
    """Change rows, each found by its `keys`, to what else stands in its mapping; the session is flushed.

    All have the same columns. A row that is not there is passed over. What the session has read is not told.
    """
    if not rows:
        return
    on = line()
    changed = tuple(name for name in rows[0] if name not in keys)
    columns = {name: list(map(itemgetter(name), rows)) for name in rows[0]}
    _run(_prepare_update(table, changed, tuple(keys), on.dialect), columns, on)


def _converted(values: Sequence[Any], convert: Convert | None) -> Sequence[Any]:
    if convert is None:
        return values
    # What is the same in every row, such as the instant of all, is converted once.
    if len(set(map(id, values))) == 1:
        return [convert(values[0])] * len(values)
    return list(map(convert, values))


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
    return tuple((one.name, _processor(one, dialect)) for one in columns)


def _processor(column: Column[Any], dialect: Dialect) -> Convert | None:
    """Return what makes a value of this column one of the driver's; None for as it is, as all bytes are."""
    if isinstance(column.type, LargeBinary):
        return None
    if isinstance(column.type, UtcDateTime) and dialect.name == "sqlite":
        return _as_sqlite_instant
    return column.type.dialect_impl(dialect).bind_processor(dialect)


def _as_sqlite_instant(value: datetime | None) -> str | None:
    """Return an instant as SQLAlchemy writes it for SQLite, in a fifth of the time."""
    if value is None:
        return None
    if value.tzinfo is None:
        raise ValueError("a naive datetime cannot be stored")
    return value.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")
