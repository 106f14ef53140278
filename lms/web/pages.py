"""Keyset pages: every list is a page, found by where the last one ended and never by an offset."""

import base64
import binascii
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from math import isfinite
from typing import Any, Generic, TypeVar
from urllib.parse import urlencode

import orjson
from flask import request
from flask_babel import gettext as _
from sqlalchemy import Integer, Select, SmallInteger, literal, tuple_
from sqlalchemy.orm import InstrumentedAttribute

from lms.kernel.db import db
from lms.kernel.errors import Invalid
from lms.kernel.uow import unit_of_work
from lms.web.asked import asked_choice

T = TypeVar("T")
S = TypeVar("S")
SIZE = 50
BATCH = 200
MOST = 2**63
MOST_OF = {Integer: 2**31, SmallInteger: 2**15}
"""The first whole number that a column no longer holds, by its type where that is not the largest one."""


@dataclass(frozen=True, slots=True)
class PageRequest:
    """Where a reader is in a list: after or before a cursor, or at its start."""

    after: str | None = None
    before: str | None = None
    size: int = SIZE


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """One page. `next` and `previous` are cursors, None at the ends."""

    items: Sequence[T]
    next: str | None
    previous: str | None

    def map(self, change: Callable[[T], S]) -> "Page[S]":
        """Return the page with each item changed."""
        return Page([change(item) for item in self.items], self.next, self.previous)

    def next_url(self) -> str | None:
        """Return the link to the next page of this list, everything else in the address kept."""
        return _with(after=self.next) if self.next else None

    def previous_url(self) -> str | None:
        """Return the link to the page before."""
        return _with(before=self.previous) if self.previous else None


def page_request(*, size: int = SIZE) -> PageRequest:
    """Return what the address asks for."""
    return PageRequest(request.args.get("after"), request.args.get("before"), size)


@dataclass(frozen=True, slots=True)
class Order:
    """How a list runs: by which of its columns, and whether downwards."""

    by: str
    descending: bool = False

    @property
    def asked(self) -> str:
        """Return it as an address says it: name, or -name downwards."""
        return f"-{self.by}" if self.descending else self.by


def page_order(names: Collection[str], *, default: Order) -> Order:
    """Return the order that the address asks for; Invalid for one that this list does not know."""
    asked = asked_choice("sort", {*names, *[f"-{name}" for name in names]})
    return Order(asked.removeprefix("-"), asked.startswith("-")) if asked else default


def walk(read: Callable[[PageRequest], Page[T]], *, size: int = BATCH) -> Iterator[Sequence[T]]:
    """Yield a whole list batch by batch, each read in a unit of work of its own: what an export streams."""
    at = PageRequest(size=size)
    while True:
        with unit_of_work(read_only=True):
            page = read(at)
        yield page.items
        if page.next is None:
            return
        at = PageRequest(after=page.next, size=size)


def keyset(
    query: Select[*tuple[Any, ...]],
    *,
    by: Sequence[InstrumentedAttribute[Any] | Any],
    wanted: PageRequest,
    descending: bool = False,
    scalars: bool = True,
) -> Page[Any]:
    """Return one page of `query` ordered by the columns `by`, the last of which makes the order total.

    All columns run the same way. `scalars` False gives rows instead of their first column. A cursor that
    was tampered with or belongs to another list is Invalid.
    """
    backwards = wanted.before is not None
    cursor = wanted.before if backwards else wanted.after
    falling = descending != backwards
    if cursor is not None:
        place = tuple_(
            *[_bind(column, value) for column, value in zip(by, _read(cursor, len(by)), strict=True)]
        )
        key = tuple_(*by)
        query = query.where(key < place if falling else key > place)
    query = query.order_by(*[column.desc() if falling else column.asc() for column in by]).limit(
        wanted.size + 1
    )
    rows = list(db.session.execute(query.add_columns(*by)))
    more = len(rows) > wanted.size
    rows = rows[: wanted.size]
    if backwards:
        rows.reverse()
    width = len(by)
    items = [row[0] if scalars else row[:-width] for row in rows]
    first, last = (rows[0][-width:], rows[-1][-width:]) if rows else (None, None)
    has_next, has_previous = (True, more) if backwards else (more, cursor is not None)
    return Page(
        items,
        _write(last) if last is not None and has_next else None,
        _write(first) if first is not None and has_previous else None,
    )


def sliced(items: Sequence[T], *, key: Callable[[T], tuple[Any, ...]], wanted: PageRequest) -> Page[T]:
    """Return one page of what lies in memory already, rising by `key`, which is different for each.

    It is found by where the last page ended, as `keyset` does, so that what is added or goes meanwhile moves nothing.
    """
    if not items:
        return Page((), None, None)
    start, end = 0, wanted.size
    cursor = wanted.before if wanted.before is not None else wanted.after
    if cursor is not None:
        place = tuple(_read(cursor, len(key(items[0]))))
        try:
            if wanted.before is not None:
                end = bisect_left(items, place, key=key)
                start = max(0, end - wanted.size)
            else:
                start = bisect_right(items, place, key=key)
                end = start + wanted.size
        except TypeError as error:
            raise not_ours() from error
    page = items[start:end]
    if not page:
        return Page((), None, None)
    return Page(
        page,
        _write(key(page[-1])) if end < len(items) else None,
        _write(key(page[0])) if start > 0 else None,
    )


def _bind(column: Any, value: Any) -> Any:
    """Return a cursor's value as `column` holds it; what cannot be one was tampered with."""
    try:
        return literal(_held(column.type, value), column.type)
    except (ArithmeticError, TypeError, ValueError) as error:
        raise not_ours() from error


def _held(kind: Any, value: Any) -> Any:
    """Return what `_plain` wrote of a value of that column type; raises one of what `_bind` catches for anything else.

    A database would fail at what it cannot hold, and a page of a list must not fail for an address.
    """
    held: Any
    python_type = kind.python_type
    if python_type in {bool, int}:
        held, most = value, MOST_OF.get(kind.__class__, MOST)
        if value.__class__ is not python_type or not -most <= value < most:
            raise ValueError(value)
    elif not isinstance(value, str) or "\0" in value:
        raise TypeError(value)
    elif python_type is datetime:
        held = datetime.fromisoformat(value)
        if held.tzinfo is None:
            raise ValueError(value)
        held = held.astimezone(UTC)
    elif python_type is date:
        held = date.fromisoformat(value)
    else:
        held = python_type(value)
        if python_type in {Decimal, float} and not isfinite(held):
            raise ValueError(value)
    return held


def not_ours() -> Invalid:
    """Return the refusal of a cursor that somebody changed, or that belongs to another list."""
    return Invalid(
        _(
            "This link leads to no place in this list: it was changed, or it belongs to another one. Open the"
            " list anew."
        )
    )


def _write(values: Any) -> str:
    return base64.urlsafe_b64encode(orjson.dumps([_plain(value) for value in values])).decode().rstrip("=")


def _plain(value: Any) -> Any:
    return (
        value.isoformat()
        if hasattr(value, "isoformat")
        else value
        if isinstance(value, str | int)
        else str(value)
    )


def _read(cursor: str, width: int) -> list[Any]:
    try:
        values = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (binascii.Error, ValueError) as error:
        raise not_ours() from error
    if not isinstance(values, list) or len(values) != width:
        raise not_ours()
    return values


def _with(**changed: str) -> str:
    kept = [
        (name, value) for name, value in request.args.items(multi=True) if name not in {"after", "before"}
    ]
    return f"{request.path}?{urlencode([*kept, *changed.items()])}"
