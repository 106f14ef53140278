"""designs of certificates

Drafts of designs, their published versions and pictures, and which version a certificate was issued with. New tables
alone: certificates without a row there keep the plain design that they have.

Revision ID: 0038
Revises: 0037
Create Date: 2026-11-27 19:45:00
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

IN_USE = sa.text("retired_at IS NULL")
TABLES = (
    "certificate_designs",
    "certificate_design_versions",
    "certificate_design_pictures",
    "designed_certificates",
)


def _json() -> sa.JSON:
    return sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def _key(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}"))


def upgrade() -> None:
    designs, versions, pictures, issued = TABLES
    op.create_table(
        designs,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("brand_id", sa.Uuid(), nullable=True),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("draft", _json(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.Uuid(), nullable=True),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        _key(designs, "brand_id", "brands"),
        _key(designs, "changed_by", "people"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{designs}")),
    )
    op.create_index(
        f"uq_{designs}_place",
        designs,
        ["place"],
        unique=True,
        sqlite_where=IN_USE,
        postgresql_where=IN_USE,
    )
    op.create_index(op.f(f"ix_{designs}_brand_id"), designs, ["brand_id"], unique=False)
    op.create_table(
        versions,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("design_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("layout", _json(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_by", sa.Uuid(), nullable=True),
        _key(versions, "design_id", designs),
        _key(versions, "published_by", "people"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{versions}")),
        sa.UniqueConstraint("design_id", "number", name=op.f(f"uq_{versions}_design_id_number")),
    )
    op.create_table(
        pictures,
        sa.Column("design_id", sa.Uuid(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=False),
        _key(pictures, "design_id", designs),
        _key(pictures, "file_id", "stored_files"),
        sa.PrimaryKeyConstraint("design_id", "sha256", name=op.f(f"pk_{pictures}")),
    )
    op.create_index(op.f(f"ix_{pictures}_file_id"), pictures, ["file_id"], unique=False)
    op.create_table(
        issued,
        sa.Column("certificate_id", sa.Uuid(), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        _key(issued, "certificate_id", "certificates"),
        _key(issued, "version_id", versions),
        sa.PrimaryKeyConstraint("certificate_id", name=op.f(f"pk_{issued}")),
    )
    op.create_index(op.f(f"ix_{issued}_version_id"), issued, ["version_id"], unique=False)
    dialect = op.get_context().dialect.name
    _guard(designs, "no_delete", ("DELETE",), dialect)
    for table in (versions, pictures, issued):
        _guard(table, "append_only", ("UPDATE", "DELETE"), dialect)


def _guard(table: str, suffix: str, acts: tuple[str, ...], dialect: str) -> None:
    if dialect == "postgresql":
        op.execute(
            f"CREATE TRIGGER {table}_{suffix} BEFORE {' OR '.join(acts)} ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
        return
    for act in acts:
        op.execute(
            f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        )


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
