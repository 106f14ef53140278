"""The record store's tables.

A statement's facts are append-only; its body lies beside them, so that a person's name can be taken out of it. What it
is found by are links: (term, seq), each a small number, in the order in which statements were stored.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from lms.kernel.db import Model, append_only, never_deleted, new_id
from lms.lrs.values import CredentialId, DocumentKind, NamedKind, Version

# In SQLite an INTEGER key is the row's own number: no index of its own.
Sequence = BigInteger().with_variant(Integer(), "sqlite")


class CredentialRow(Model):
    """A source's key, revoked and never deleted. The secret has 256 bits: one hash is as good as a slow one."""

    __tablename__ = "xapi_credentials"

    id: Mapped[CredentialId] = mapped_column(primary_key=True, default=new_id)
    key: Mapped[str] = mapped_column(unique=True)
    secret_hash: Mapped[bytes] = mapped_column(LargeBinary)
    name: Mapped[str]
    scopes: Mapped[list[str]]
    per_minute: Mapped[int]
    limit_bytes: Mapped[int]
    made_at: Mapped[datetime]
    made_by: Mapped[UUID | None]
    revoked_at: Mapped[datetime | None]


never_deleted(CredentialRow)


class TermRow(Model):
    """Something that statements are found by: an agent, a verb, an activity, a registration, a source."""

    __tablename__ = "xapi_terms"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    digest: Mapped[bytes] = mapped_column(LargeBinary, unique=True)


class StatementRow(Model):
    """One statement. `seq` rises in the order of commits, and `stored_at` with it.

    Neither its key nor its body is a foreign key: PostgreSQL would look both up anew for each row, a fifth of what it
    does for one. No key is ever deleted, and a body is stored with its statement, of which none is deleted either.
    """

    __tablename__ = "xapi_statements"
    __table_args__ = (
        Index("ix_xapi_statements_stored", "stored_at", "seq"),
        Index(
            "ix_xapi_statements_target",
            "target_id",
            sqlite_where=text("target_id IS NOT NULL"),
            postgresql_where=text("target_id IS NOT NULL"),
        ),
    )

    seq: Mapped[int] = mapped_column(Sequence, primary_key=True, autoincrement=False)
    statement_id: Mapped[UUID] = mapped_column(unique=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)
    timestamp: Mapped[datetime]
    stored_at: Mapped[datetime]
    credential_id: Mapped[CredentialId]
    version: Mapped[Version]
    raw_bytes: Mapped[int]
    is_voiding: Mapped[bool]
    target_id: Mapped[UUID | None]


append_only(StatementRow)


class BodyRow(Model):
    """A statement as it came, packed."""

    __tablename__ = "xapi_bodies"

    seq: Mapped[int] = mapped_column(Sequence, primary_key=True, autoincrement=False)
    body: Mapped[bytes] = mapped_column(LargeBinary)


never_deleted(BodyRow)


class LinkRow(Model):
    """A statement is found by a term: its own, or one of the statement that it refers to."""

    __tablename__ = "xapi_links"
    __table_args__ = ({"sqlite_with_rowid": False},)

    term_id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)


class RecentLinkRow(Model):
    """A link that waits to be filed with many others: on SQLite, where each page that changes is written whole.

    It lies where it came in. A statement's links are here or in `xapi_links`, or here and there.
    """

    __tablename__ = "xapi_recent_links"
    __table_args__ = ({"sqlite_with_rowid": False},)

    seq: Mapped[int] = mapped_column(Sequence, primary_key=True, autoincrement=False)
    term_id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)


class VoidRow(Model):
    """A statement that some other voided, stored before or after it."""

    __tablename__ = "xapi_voids"

    statement_id: Mapped[UUID] = mapped_column(primary_key=True)
    seq: Mapped[int]


class AttachmentRow(Model):
    """An attachment whose bytes came with its statement."""

    __tablename__ = "xapi_attachments"

    seq: Mapped[int] = mapped_column(ForeignKey("xapi_statements.seq"), primary_key=True, autoincrement=False)
    sha2: Mapped[str] = mapped_column(primary_key=True)
    content_type: Mapped[str]
    blob_sha256: Mapped[str] = mapped_column(index=True)


class AgentRow(Model):
    """Somebody whom statements name; the texts are JSON as bytes, which hold every character."""

    __tablename__ = "xapi_agents"

    digest: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    identifier: Mapped[bytes] = mapped_column(LargeBinary)
    names: Mapped[bytes] = mapped_column(LargeBinary)


class ActivityRow(Model):
    """What statements say that an activity is."""

    __tablename__ = "xapi_activities"

    digest: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    definition: Mapped[bytes] = mapped_column(LargeBinary)


class NameRow(Model):
    """What statements call a verb or an activity; `compared` is it as it is compared, in UTF-8."""

    __tablename__ = "xapi_names"
    __table_args__ = (Index("ix_xapi_names_compared", "kind", "compared"),)

    digest: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    kind: Mapped[NamedKind]
    compared: Mapped[bytes] = mapped_column(LargeBinary)
    iri: Mapped[str]
    name: Mapped[str]


class NamesThroughRow(Model):
    """The last statement of which names were learnt: one row."""

    __tablename__ = "xapi_names_through"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    seq: Mapped[int] = mapped_column(Sequence)


class DocumentRow(Model):
    """A state or a profile. `digest` is of everything that names it, `place` of all but its own id and registration."""

    __tablename__ = "xapi_documents"
    __table_args__ = (
        Index("ix_xapi_documents_place", "place", "updated_at"),
        Index("ix_xapi_documents_agent", "agent"),
    )

    digest: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    place: Mapped[bytes] = mapped_column(LargeBinary)
    kind: Mapped[DocumentKind]
    agent: Mapped[bytes] = mapped_column(LargeBinary)
    registration: Mapped[UUID | None]
    document_id: Mapped[str]
    content: Mapped[bytes] = mapped_column(LargeBinary)
    content_type: Mapped[str]
    etag: Mapped[str]
    updated_at: Mapped[datetime]
