"""Statements: one by its id, or page by page by what they are found by."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row, Select, exists, or_, select, text
from sqlalchemy.orm import aliased

from lms.kernel import clock
from lms.kernel.among import ask_among
from lms.kernel.db import db, fetch
from lms.kernel.driving import Answer, Line
from lms.lrs.models import AttachmentRow, BodyRow, CredentialRow, StatementRow, TermRow, VoidRow
from lms.lrs.queries.links import Links, tables
from lms.lrs.rules import packing
from lms.lrs.values import NUMBER_MAX, Found, Stored, Term, Wanted
from lms.web.numbers import whole_number
from lms.web.pages import SIZE, Page, PageRequest, not_ours

MOST: Final = 500
USUAL: Final = 100
PAGE_BYTES: Final = 8_000_000
SETTLED_AFTER: Final = timedelta(seconds=3)
"""After so long, what was stored is committed: the service refuses to take longer."""

_IS_VOIDED = exists().where(VoidRow.statement_id == StatementRow.statement_id) & ~StatementRow.is_voiding
# PostgreSQL takes every term for a rare one, as most are, and would read all that a frequent one finds to sort it.
_WALK = text("SET LOCAL enable_sort = off")
_NEWEST = (
    select(StatementRow.__table__.c.seq, StatementRow.__table__.c.stored_at)
    .order_by(StatementRow.__table__.c.seq.desc())
    .limit(1)
)
_NEWEST_WRITTEN: Final = "SELECT seq, stored_at FROM xapi_statements ORDER BY seq DESC LIMIT 1"
_COLUMNS = (
    StatementRow.seq,
    StatementRow.statement_id,
    StatementRow.stored_at,
    StatementRow.timestamp,
    StatementRow.version,
    BodyRow.body,
    CredentialRow.key,
    CredentialRow.name,
)


def consistent_through() -> datetime:
    """Return the instant through which everything stored can be read."""
    last, settled = newest(), clock.now() - SETTLED_AFTER
    return settled if last is None else max(last[1], settled)


def find_statement(statement_id: UUID, *, voided: bool, mine: bytes | None) -> Stored | None:
    """Return the statement of this id, if it is voided or not as asked; `mine` is the term of the reader's own."""
    query = _whole().where(StatementRow.statement_id == statement_id, _IS_VOIDED if voided else ~_IS_VOIDED)
    if mine is not None:
        query = query.where(_has(StatementRow.seq, mine))
    row = db.session.execute(query).one_or_none()
    return None if row is None else _stored(row)


def list_statements(wanted: Wanted) -> Found:
    """Return one page of the statements that meet every term, by a walk along the links of one of them."""
    limit = wanted.limit
    if db.session.get_bind().dialect.name == "postgresql":
        db.session.connection().execute(_WALK)
    led = [_numbers(wanted, *one).limit(limit + 1) for one in _leaders(wanted)]
    found = {row.seq: row for query in led for row in db.session.execute(query)}
    numbers = [found[seq] for seq in sorted(found, reverse=not wanted.ascending)][: limit + 1]
    kept = _within(numbers[:limit])
    more = kept[-1] if kept and len(kept) < len(numbers) else None
    return Found(_read(kept), more)


def page_statements(wanted: Wanted, asked: PageRequest) -> Page[Stored]:
    """Return a page, newest first, also on the way back; a cursor that is none of ours is Invalid."""
    backwards = asked.before is not None
    written = asked.before if backwards else asked.after
    cursor = None if written is None else whole_number(written, most=NUMBER_MAX)
    if written is not None and cursor is None:
        raise not_ours()
    found = list_statements(replace(wanted, ascending=backwards, cursor=cursor, limit=SIZE))
    items = list(reversed(found.statements)) if backwards else list(found.statements)
    has_next, has_previous = (
        (True, found.more is not None) if backwards else (found.more is not None, cursor is not None)
    )
    return Page(
        items,
        str(items[-1].seq) if items and has_next else None,
        str(items[0].seq) if items and has_previous else None,
    )


def _leaders(wanted: Wanted) -> Sequence[tuple[Links, bytes] | tuple[None, None]]:
    """Return the terms to walk along, and where: one leads and the others are asked for each, the rarest first."""
    if not wanted.terms:
        return ((None, None),)
    return [(links, leader) for leader in _any_of(wanted.terms[0]) for links in tables()]


def _any_of(term: Term) -> tuple[bytes, ...]:
    return term if isinstance(term, tuple) else (term,)


def _numbers(wanted: Wanted, links: Links | None, leader: bytes | None) -> Select[*tuple[Any, ...]]:
    query = select(StatementRow.seq, StatementRow.raw_bytes).where(~_IS_VOIDED)
    seq: Any = StatementRow.seq
    if links is not None and leader is not None:
        led_by = aliased(links)
        seq = led_by.seq
        # From the link to its statement and never the other way: recent links have no order but that of their numbers.
        query = query.join(led_by, StatementRow.seq == seq + 0).where(led_by.term_id == _term(leader))
        query = query.where(*[or_(*[_has(seq, one) for one in _any_of(other)]) for other in wanted.terms[1:]])
    if wanted.since is not None:
        query = query.where(seq > _last_until(wanted.since))
    if wanted.until is not None:
        query = query.where(seq <= _last_until(wanted.until))
    if wanted.cursor is not None:
        query = query.where(seq > wanted.cursor if wanted.ascending else seq < wanted.cursor)
    return query.order_by(seq.asc() if wanted.ascending else seq.desc())


def _term(digest: bytes) -> Any:
    return select(TermRow.id).where(TermRow.digest == digest).scalar_subquery()


def _has(seq: Any, digest: bytes) -> Any:
    """Ask for each number alone: of EXISTS PostgreSQL makes a join, and reads all that a frequent term finds."""
    return or_(*[_is_in(links, seq, digest) for links in tables()])


def _is_in(links: Links, seq: Any, digest: bytes) -> Any:
    other = aliased(links)
    found = select(other.seq).where(other.term_id == _term(digest), other.seq == seq)
    return found.correlate_except(other, TermRow).scalar_subquery().is_not(None)


def _last_until(instant: datetime) -> Any:
    """Return the number of the last statement stored up to an instant, 0 if there is none."""
    last = (
        select(StatementRow.seq)
        .where(StatementRow.stored_at <= instant)
        .order_by(StatementRow.stored_at.desc(), StatementRow.seq.desc())
        .limit(1)
    )
    return db.session.scalar(last) or 0


def _within(rows: Sequence[Row[*tuple[Any, ...]]]) -> Sequence[int]:
    """Return as many numbers as make a page that fits into memory; at least one."""
    size = 0
    kept: list[int] = []
    for seq, raw_bytes in rows:
        size += raw_bytes
        if kept and size > PAGE_BYTES:
            break
        kept.append(seq)
    return kept


def _whole() -> Select[*tuple[Any, ...]]:
    return (
        select(*_COLUMNS)
        .join(BodyRow, BodyRow.seq == StatementRow.seq)
        .join(CredentialRow, CredentialRow.id == StatementRow.credential_id)
    )


def _read(numbers: Sequence[int]) -> Sequence[Stored]:
    if not numbers:
        return []
    rows = db.session.execute(_whole().where(StatementRow.seq.in_(numbers)))
    found = {row.seq: _stored(row) for row in rows}
    return [found[seq] for seq in numbers]


def _stored(row: Any) -> Stored:
    return Stored(
        seq=row.seq,
        id=row.statement_id,
        raw=packing.unpack(row.body),
        stored_at=row.stored_at,
        timestamp=row.timestamp,
        version=row.version,
        authority_key=row.key,
        authority_name=row.name,
    )


def ask_existing(ids: Collection[UUID], on: Line) -> Callable[[], Mapping[UUID, tuple[bytes, datetime]]]:
    """Ask for content and timestamp of those of the ids that are stored."""
    columns = (StatementRow.statement_id, StatementRow.content, StatementRow.timestamp)
    rows = ask_among(columns, StatementRow.statement_id, ids, on=on)
    return lambda: {statement_id: (content, timestamp) for statement_id, content, timestamp in rows()}


def newest() -> tuple[int, datetime] | None:
    """Return number and instant of what was stored last."""
    row = fetch(_NEWEST, {}).one_or_none()
    return None if row is None else (row.seq, row.stored_at)


def ask_newest(on: Line) -> Callable[[], tuple[int, datetime] | None]:
    """Ask for number and instant of what was stored last, in one's turn to store."""
    rows = on.ask(_NEWEST_WRITTEN)

    def answer() -> tuple[int, datetime] | None:
        found = rows()
        if not found:
            return None
        kind: Any = StatementRow.__table__.c.stored_at.type.dialect_impl(on.dialect)
        return found[0][0], kind.result_processor(on.dialect, None)(found[0][1])

    return answer


def find_raw(statement_id: UUID) -> tuple[bytes, UUID | None] | None:
    """Return a statement as it came and what it refers to, voided or not."""
    row = db.session.execute(
        select(BodyRow.body, StatementRow.target_id)
        .join(BodyRow, BodyRow.seq == StatementRow.seq)
        .where(StatementRow.statement_id == statement_id)
    ).one_or_none()
    return None if row is None else (packing.unpack(row.body), row.target_id)


def list_referring(ids: Collection[UUID], on: Line) -> Sequence[tuple[UUID, int, UUID]]:
    """Return (what is referred to, number, id) of every statement whose object is one of these statements."""
    return ask_referring(ids, on)()


def ask_referring(ids: Collection[UUID], on: Line) -> Answer:
    """Ask as `list_referring` does."""
    columns = (StatementRow.target_id, StatementRow.seq, StatementRow.statement_id)
    return ask_among(columns, StatementRow.target_id, ids, on=on)


def list_attachments(numbers: Collection[int]) -> Sequence[AttachmentRow]:
    """Return the attachments whose bytes came with these statements, each hash once."""
    if not numbers:
        return []
    rows = db.session.scalars(select(AttachmentRow).where(AttachmentRow.seq.in_(numbers)))
    return list({row.sha2: row for row in rows}.values())
