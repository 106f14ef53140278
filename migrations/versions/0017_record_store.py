"""record store

The xAPI record store: credentials, statements with what they are found by, documents, agents and activities. Only new
tables.

Revision ID: 0017
Revises: 0016
Create Date: 2026-11-26 19:20:00
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "xapi_activities",
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("definition", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_xapi_activities")),
    )
    op.create_table(
        "xapi_agents",
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("identifier", sa.LargeBinary(), nullable=False),
        sa.Column("names", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_xapi_agents")),
    )
    op.create_table(
        "xapi_credentials",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("secret_hash", sa.LargeBinary(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column(
            "scopes",
            sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql"),
            nullable=False,
        ),
        sa.Column("per_minute", sa.BigInteger(), nullable=False),
        sa.Column("limit_bytes", sa.BigInteger(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_xapi_credentials")),
        sa.UniqueConstraint("key", name=op.f("uq_xapi_credentials_key")),
    )
    op.create_table(
        "xapi_documents",
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("place", sa.LargeBinary(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("state", "activity", "agent", name="documentkind", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("agent", sa.LargeBinary(), nullable=False),
        sa.Column("registration", sa.Uuid(), nullable=True),
        sa.Column("document_id", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("content_type", sa.Text(), nullable=False),
        sa.Column("etag", sa.Text(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_xapi_documents")),
    )
    op.create_index("ix_xapi_documents_agent", "xapi_documents", ["agent"], unique=False)
    op.create_index("ix_xapi_documents_place", "xapi_documents", ["place", "updated_at"], unique=False)
    op.create_table(
        "xapi_links",
        sa.Column("term_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("term_id", "seq", name=op.f("pk_xapi_links")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "xapi_terms",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_xapi_terms")),
        sa.UniqueConstraint("digest", name=op.f("uq_xapi_terms_digest")),
    )
    op.create_table(
        "xapi_voids",
        sa.Column("statement_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("statement_id", name=op.f("pk_xapi_voids")),
    )
    op.create_table(
        "xapi_statements",
        sa.Column(
            "seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("statement_id", sa.Uuid(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("timestamp", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stored_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("credential_id", sa.Uuid(), nullable=False),
        sa.Column(
            "version", sa.Enum("1.0.3", "2.0.0", name="version", native_enum=False, length=40), nullable=False
        ),
        sa.Column("raw_bytes", sa.BigInteger(), nullable=False),
        sa.Column("is_voiding", sa.Boolean(), nullable=False),
        sa.Column("target_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["credential_id"], ["xapi_credentials.id"], name=op.f("fk_xapi_statements_credential_id")
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_xapi_statements")),
        sa.UniqueConstraint("statement_id", name=op.f("uq_xapi_statements_statement_id")),
    )
    op.create_index("ix_xapi_statements_stored", "xapi_statements", ["stored_at", "seq"], unique=False)
    op.create_index(
        "ix_xapi_statements_target",
        "xapi_statements",
        ["target_id"],
        unique=False,
        sqlite_where=sa.text("target_id IS NOT NULL"),
        postgresql_where=sa.text("target_id IS NOT NULL"),
    )
    op.create_table(
        "xapi_attachments",
        sa.Column(
            "seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("sha2", sa.Text(), nullable=False),
        sa.Column("content_type", sa.Text(), nullable=False),
        sa.Column("blob_sha256", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["seq"], ["xapi_statements.seq"], name=op.f("fk_xapi_attachments_seq")),
        sa.PrimaryKeyConstraint("seq", "sha2", name=op.f("pk_xapi_attachments")),
    )
    op.create_table(
        "xapi_bodies",
        sa.Column(
            "seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["seq"], ["xapi_statements.seq"], name=op.f("fk_xapi_bodies_seq")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_xapi_bodies")),
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE TRIGGER xapi_statements_append_only BEFORE UPDATE OR DELETE ON xapi_statements "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
    else:
        for act in ("update", "delete"):
            op.execute(
                f"CREATE TRIGGER xapi_statements_no_{act} BEFORE {act.upper()} ON xapi_statements "
                "BEGIN SELECT RAISE(ABORT, 'xapi_statements is append-only'); END"
            )
