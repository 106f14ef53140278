"""Search: one indexed form on both databases, FTS5 or tsvector, filtered by who may see a document."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from flask import Flask, current_app
from sqlalchemy import (
    ColumnElement,
    Float,
    ForeignKey,
    Index,
    Integer,
    UniqueConstraint,
    and_,
    column,
    delete,
    false,
    or_,
    select,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from lms.kernel import arrays
from lms.kernel.actor import Actor, Permission, current
from lms.kernel.among import rows_among
from lms.kernel.db import AnyColumn, Model, also_create, db
from lms.kernel.folding import folded, terms_of
from lms.kernel.inserting import insert_all, update_all

PUBLIC_TOKEN = "everyone"  # noqa: S105  a reader token, not a secret


def readers_of(actor: Actor) -> frozenset[str]:
    """Return the tokens an actor carries: everyone's, their own, and each permission with how far it reaches."""
    tokens = {PUBLIC_TOKEN}
    if actor.person_id is not None:
        tokens |= {own_token(actor.person_id), own_token_at(actor.person_id, actor.employer_id)}
    for permission, scope in actor.scopes.items():
        if scope.everything:
            tokens.add(f"{permission}/everything")
        tokens |= {f"{permission}/organisation:{root}" for root in scope.organisation_roots}
        tokens |= {f"{permission}/region:{root}" for root in scope.region_roots}
    return frozenset(tokens)


def granted_tokens(
    permission: Permission, *, organisations: Collection[UUID] = (), regions: Collection[UUID] = ()
) -> frozenset[str]:
    """Return the tokens of a document for those whose `permission` reaches it.

    `organisations` are the one it belongs to and all above, `regions` that organisation's and all above.
    """
    return frozenset(
        {
            f"{permission}/everything",
            *(f"{permission}/organisation:{one}" for one in organisations),
            *(f"{permission}/region:{one}" for one in regions),
        }
    )


def own_token(person_id: UUID) -> str:
    """Return the token of a document that is one person's, wherever they work."""
    return f"person:{person_id}"


def own_token_at(person_id: UUID, employer_id: UUID | None) -> str:
    """Return the token of a document that is one person's only while they work where it belongs."""
    return f"person:{person_id}@{employer_id}"


class SearchDocument(Model):
    """What is shown of one hit; its words lie in `search_index` under the same number."""

    __tablename__ = "search_documents"
    __table_args__ = (UniqueConstraint("kind", "subject_id"),)

    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    kind: Mapped[str]
    subject_id: Mapped[UUID]
    title: Mapped[str]
    detail: Mapped[str]
    url: Mapped[str]


class SearchReader(Model):
    """Who may see a document: it shows to every actor that carries one of its tokens."""

    __tablename__ = "search_readers"
    __table_args__ = (Index("ix_search_readers_token", "token", "document"),)

    document: Mapped[int] = mapped_column(
        Integer, ForeignKey("search_documents.number", ondelete="CASCADE"), primary_key=True
    )
    token: Mapped[str] = mapped_column(primary_key=True)


also_create(
    SearchDocument,
    sqlite=[
        (
            "CREATE VIRTUAL TABLE search_index USING fts5(title, body, "
            "tokenize = 'unicode61 remove_diacritics 2', prefix = '2 3')"
        )
    ],
    postgresql=[
        (
            "CREATE TABLE search_index (document integer PRIMARY KEY "
            "REFERENCES search_documents (number) ON DELETE CASCADE, words tsvector NOT NULL)"
        ),
        "CREATE INDEX ix_search_index_words ON search_index USING gin (words)",
    ],
)


BODY_AT_MOST = {"postgresql": 200_000}
TERMS_AT_MOST = 8
_DOCUMENTS: Any = SearchDocument.__table__
_UNINDEX = {"sqlite": text("DELETE FROM search_index WHERE rowid = :n")}
_INDEX = {
    "sqlite": text("INSERT INTO search_index (rowid, title, body) VALUES (:n, :title, :body)"),
    "postgresql": text(
        "INSERT INTO search_index (document, words) SELECT n, setweight(to_tsvector('simple', title), 'A')"
        " || setweight(to_tsvector('simple', body), 'C')"
        " FROM unnest(CAST(:n AS integer[]), CAST(:title AS text[]), CAST(:body AS text[])) AS given (n, title, body)"
        " ON CONFLICT (document) DO UPDATE SET words = excluded.words"
    ),
}


# SQLite is told to begin with the words: it would look for them anew in every document of the kind.
_HOLDING = {
    "sqlite": (
        "SELECT d.subject_id FROM (SELECT rowid AS number FROM search_index WHERE search_index MATCH :holds) AS h"
        " CROSS JOIN search_documents AS d ON d.number = h.number WHERE +d.kind = :holding"
    ),
    "postgresql": (
        "SELECT d.subject_id FROM search_index AS h JOIN search_documents AS d ON d.number = h.document"
        " WHERE h.words @@ to_tsquery('simple', :holds) AND d.kind = :holding"
    ),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """A document to index. `readers` are tokens (see `PUBLIC_TOKEN`); none where a sight says who sees the kind."""

    kind: str
    subject_id: UUID
    title: str
    detail: str
    body: str
    url: str
    readers: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Hit:
    """One document found."""

    kind: str
    subject_id: UUID
    title: str
    detail: str
    url: str


def put(entry: Entry) -> None:
    """Index one document in the current transaction, in place of what was there."""
    put_all([entry])


def put_all(entries: Sequence[Entry]) -> None:
    """Index documents of one kind in the current transaction, in place of what was there: a few statements for all."""
    if not entries:
        return
    db.session.flush()
    numbers, known = _numbered(entries)
    if known:
        db.session.execute(delete(SearchReader).where(SearchReader.document.in_(known)))
    readers = [
        {"document": numbers[entry.subject_id], "token": token}
        for entry in entries
        for token in entry.readers
    ]
    insert_all(SearchReader, readers)
    longest = BODY_AT_MOST.get(_dialect_name())
    words = [
        {
            "n": numbers[entry.subject_id],
            "title": folded(entry.title),
            "body": folded(f"{entry.detail} {entry.body}")[:longest],
        }
        for entry in entries
    ]
    connection = db.session.connection()
    if known and (unindex := _UNINDEX.get(_dialect_name())) is not None:
        connection.execute(unindex, [{"n": number} for number in known])
    if _dialect_name() == "postgresql":
        lists = {name: arrays.literal([one[name] for one in words]) for name in ("n", "title", "body")}
        connection.execute(_INDEX["postgresql"], lists)
    else:
        connection.execute(_INDEX["sqlite"], words)


def _numbered(entries: Sequence[Entry]) -> tuple[dict[UUID, int], list[int]]:
    """Write what is shown of each document; return its number by its subject, and the numbers that were there."""
    shown = {
        entry.subject_id: {"title": entry.title, "detail": entry.detail, "url": entry.url}
        for entry in entries
    }
    kind = entries[0].kind
    known = _numbers(kind, shown)
    update_all(
        SearchDocument, ["number"], [{"number": number, **shown[one]} for one, number in known.items()]
    )
    new = {one: what for one, what in shown.items() if one not in known}
    insert_all(SearchDocument, [{"kind": kind, "subject_id": one, **what} for one, what in new.items()])
    return known | _numbers(kind, new), list(known.values())


def _numbers(kind: str, subjects: Collection[UUID]) -> dict[UUID, int]:
    columns = (SearchDocument.subject_id, SearchDocument.number, SearchDocument.kind)
    found = rows_among(columns, SearchDocument.subject_id, subjects)
    return {subject_id: number for subject_id, number, its_kind in found if its_kind == kind}


def remove(kind: str, subject_id: UUID) -> None:
    """Take one document out of the index."""
    number = db.session.scalar(
        select(SearchDocument.number).where(
            SearchDocument.kind == kind, SearchDocument.subject_id == subject_id
        )
    )
    if number is None:
        return
    key = "rowid" if _dialect_name() == "sqlite" else "document"
    db.session.execute(text(f"DELETE FROM search_index WHERE {key} = :n"), {"n": number})  # noqa: S608  a column name
    db.session.execute(delete(SearchReader).where(SearchReader.document == number))
    db.session.execute(delete(SearchDocument).where(SearchDocument.number == number))


class Sight(Protocol):
    """Who may see documents of one kind, where that is decided when they are looked for.

    It alone decides: such documents have no readers, and nothing is indexed again when somebody's work changes.
    """

    kind: str

    def sees(self, subject_id: AnyColumn, actor: Actor) -> ColumnElement[bool]:
        """Return the filter for the subjects that `actor` may see."""


def install_sights(app: Flask, sights: Sequence[Sight]) -> None:
    """Give the application what its features say of who sees their documents."""
    app.extensions["lms.search.sights"] = tuple(sights)


def _is_seen(readers: Collection[str]) -> ColumnElement[bool]:
    """Return the filter for documents that carry one of these tokens, or that a sight shows to whoever reads now."""
    sights: tuple[Sight, ...] = current_app.extensions["lms.search.sights"]
    carries = select(SearchReader.document).where(
        SearchReader.document == SearchDocument.number, SearchReader.token.in_(readers)
    )
    return or_(
        and_(SearchDocument.kind.not_in([sight.kind for sight in sights]), carries.exists()),
        *(
            and_(SearchDocument.kind == sight.kind, sight.sees(SearchDocument.subject_id, current()))
            for sight in sights
        ),
    )


def find(
    words: str, *, readers: Collection[str], kinds: Collection[str] = (), limit: int = 12
) -> Sequence[Hit]:
    """Return the best `limit` documents whose words begin with every word given and that a reader may see."""
    wanted = terms_of(words, most=TERMS_AT_MOST)
    if not wanted or not readers:
        return ()
    on_sqlite = _dialect_name() == "sqlite"
    match, rank, key = (
        ("search_index MATCH :q", "bm25(search_index, 8.0, 1.0)", "rowid")
        if on_sqlite
        else ("words @@ to_tsquery('simple', :q)", "-ts_rank(words, to_tsquery('simple', :q))", "document")
    )
    query = _asked(wanted)
    ranked = (
        text(f"SELECT {key} AS number, {rank} AS rank FROM search_index WHERE {match}")  # noqa: S608  constants above
        .bindparams(q=query)
        .columns(column("number", Integer), column("rank", Float))
        .subquery("ranked")
    )
    statement = (
        select(SearchDocument)
        .join(ranked, ranked.c.number == SearchDocument.number)
        .where(_is_seen(readers))
        .order_by(ranked.c.rank)
        .limit(limit)
    )
    if kinds:
        statement = statement.where(SearchDocument.kind.in_(kinds))
    return tuple(
        Hit(row.kind, row.subject_id, row.title, row.detail, row.url) for row in db.session.scalars(statement)
    )


def _asked(terms: Sequence[str]) -> str:
    if _dialect_name() == "sqlite":
        return " ".join(f'"{term}"*' for term in terms)
    return " & ".join(f"{term}:*" for term in terms)


def holds(subject_id: AnyColumn, kind: str, words: str) -> ColumnElement[bool]:
    """Return the filter for subjects of one kind whose document has words that begin with all that are given.

    Who may see them is for the list to say. Without a word that can be looked for, it lets nothing through.
    """
    terms = terms_of(words, most=TERMS_AT_MOST)
    if not terms:
        return false()
    found = text(_HOLDING[_dialect_name()]).bindparams(holds=_asked(terms), holding=kind)
    return subject_id.in_(found.columns(column("subject_id", SearchDocument.subject_id.type)))


def _dialect_name() -> str:
    return db.engine.dialect.name
