"""Rows by many keys at once, asked for by a statement prepared once: a fifth of what SQLAlchemy’s IN costs."""

from collections.abc import Callable, Collection, Sequence
from functools import lru_cache
from operator import attrgetter
from typing import Any, Final, NamedTuple, Self

from sqlalchemy import (
    ARRAY,
    BindParameter,
    ColumnElement,
    Dialect,
    LargeBinary,
    bindparam,
    cast,
    func,
    select,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.sql import coercions, roles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.visitors import InternalTraversal
from sqlalchemy.types import Boolean, TypeEngine, UserDefinedType

from lms.kernel import arrays
from lms.kernel.db import AnyColumn
from lms.kernel.driving import Answer, Line, line

SIZES: Final = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512)
"""How many keys SQLite's statements hold: few statements, so that each stays prepared."""

_Columns = tuple[InstrumentedAttribute[Any], ...]


class _Prepared(NamedTuple):
    """A SELECT, how a key becomes what the driver takes, and the columns that are no values of ours as they come."""

    statement: str
    bind: Callable[[Any], Any] | None
    reads: tuple[tuple[int, Callable[[Any], Any]], ...]


class _Array(UserDefinedType[Any]):
    """A list of values of one type, given to PostgreSQL as the text of an array, which is of the type asked for."""

    cache_ok = True

    def __init__(self, of: TypeEngine[Any]) -> None:
        self.of = of

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], str]:
        """Return what writes a list down."""
        bind = self.of.dialect_impl(dialect).bind_processor(dialect)
        return lambda values: arrays.literal(values if bind is None else map(bind, values))


class _Among(ColumnElement[bool]):
    """`column` is one of the list that is given by name; see `among`."""

    inherit_cache = None
    type = Boolean()
    _traverse_internals: Any = [  # noqa: RUF012  as SQLAlchemy declares its own
        ("column", InternalTraversal.dp_clauseelement),
        ("given", InternalTraversal.dp_clauseelement),
    ]

    def __init__(self, column: ColumnElement[Any], given: BindParameter[Any]) -> None:
        self.column = column
        self.given = given

    def self_group(self, against: object = None) -> Self:
        """Return itself: it is a condition wherever it stands, and never a value that must be compared to be one."""
        del against
        return self


def among(column: AnyColumn, name: str) -> ColumnElement[bool]:
    """Return the filter for rows whose `column` is in the list that is given as `name` when the query is run.

    PostgreSQL takes the list as one array, so that a query of a thousand ids is one that it has prepared, and not a
    text of a thousand places that is read anew each time; SQLite takes SQLAlchemy's IN.
    """
    element: ColumnElement[Any] = coercions.expect(roles.ExpressionElementRole, column)
    return _Among(element, bindparam(name, expanding=True, type_=element.type))


@compiles(_Among)
def _in(element: _Among, compiler: SQLCompiler, **options: Any) -> str:
    return compiler.process(element.column.in_(element.given), **options)


@compiles(_Among, "postgresql")
def _any(element: _Among, compiler: SQLCompiler, **options: Any) -> str:
    kind = element.column.type
    given = cast(bindparam(element.given.key, type_=_Array(kind)), ARRAY(kind))
    # Not `= ANY`: where no index serves, that compares each row with each of the list.
    return compiler.process(element.column.in_(select(func.unnest(given))), **options)


def rows_among(
    columns: _Columns, key: InstrumentedAttribute[Any], values: Collection[Any], *, on: Line | None = None
) -> Sequence[Any]:
    """Return these columns, all of one table, of the rows whose `key` is among the values; the session is flushed.

    `on` is the transaction's line, if it is at hand.
    """
    return ask_among(columns, key, values, on=on or line())()


def ask_among(
    columns: _Columns, key: InstrumentedAttribute[Any], values: Collection[Any], *, on: Line
) -> Answer:
    """Ask as `rows_among` does and return the answer, for `Line.at_once`."""
    if not values:
        return list
    wanted = list(values)
    if on.is_postgresql:
        prepared = _prepare(columns, key, 0, on.dialect)
        answer = on.ask(prepared.statement, (arrays.literal(_bound(prepared, wanted)),))
        return lambda: _read(prepared, answer())
    rows: list[Any] = []
    for start in range(0, len(wanted), SIZES[-1]):
        part = wanted[start : start + SIZES[-1]]
        size = next(one for one in SIZES if one >= len(part))
        prepared = _prepare(columns, key, size, on.dialect)
        given = _bound(prepared, part)
        # One of them stands there again until all places are taken.
        given += given[-1:] * (size - len(given))
        rows += _read(prepared, on.rows(prepared.statement, given))
    return lambda: rows


def _bound(prepared: _Prepared, values: list[Any]) -> list[Any]:
    return values if prepared.bind is None else list(map(prepared.bind, values))


def _read(prepared: _Prepared, rows: Sequence[Any]) -> Sequence[Any]:
    if not prepared.reads:
        return rows
    read = [list(row) for row in rows]
    for row in read:
        for at, become in prepared.reads:
            row[at] = become(row[at])
    return read


@lru_cache(maxsize=128)
def _prepare(columns: _Columns, key: InstrumentedAttribute[Any], size: int, dialect: Dialect) -> _Prepared:
    quoted = dialect.identifier_preparer
    chosen: list[Any] = list(map(attrgetter("expression"), columns))
    by: Any = key.expression  # a Column, as declared
    names = ", ".join(quoted.format_column(one) for one in chosen)
    if dialect.name == "postgresql":
        among = f"= ANY(%s::{by.type.compile(dialect)}[])"
    else:
        among = f"IN ({', '.join('?' * size)})"
    reads = [_reads(one.type, dialect) for one in chosen]
    return _Prepared(
        f"SELECT {names} FROM {quoted.format_table(by.table)} WHERE {quoted.format_column(by)} {among}",  # noqa: S608  names of our own columns
        None if isinstance(by.type, LargeBinary) else by.type.dialect_impl(dialect).bind_processor(dialect),
        tuple((at, read) for at, read in enumerate(reads) if read is not None),
    )


def _reads(kind: TypeEngine[Any], dialect: Dialect) -> Callable[[Any], Any] | None:
    """Return what makes a value of ours of one of the driver's; None for as it comes, as bytes do."""
    return (
        None if isinstance(kind, LargeBinary) else kind.dialect_impl(dialect).result_processor(dialect, None)
    )
