"""people imports

A column without a value and tables of their own: nobody's row is written.

Revision ID: 0009
Revises: 0008
Create Date: 2026-11-26 16:15:00
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    # Not in a batch: SQLite adds such a column in place, and a table made anew would lose its triggers.
    op.add_column("people", sa.Column("external_id", sa.Text(), nullable=True))
    op.create_index("uq_people_external_id", "people", ["external_id"], unique=True)
    op.create_table(
        "people_import_mappings",
        sa.Column("header_sha256", sa.Text(), nullable=False),
        sa.Column("mapping", JSON, nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("header_sha256", name=op.f("pk_people_import_mappings")),
    )
    op.create_table(
        "people_imports",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("filename", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("columns", JSON, nullable=False),
        sa.Column("header_sha256", sa.Text(), nullable=False),
        sa.Column("mapping", JSON, nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("invites", sa.Boolean(), nullable=False),
        sa.Column("rows", sa.BigInteger(), nullable=False),
        sa.Column("empty_rows", sa.BigInteger(), nullable=False),
        sa.Column("encoding", sa.Text(), nullable=False),
        sa.Column("separator", sa.Text(), nullable=False),
        sa.Column("done_rows", sa.BigInteger(), nullable=False),
        sa.Column("done_number", sa.BigInteger(), nullable=False),
        sa.Column("counts", JSON, nullable=False),
        sa.Column("stored_counts", JSON, nullable=False),
        sa.Column("invitations", sa.BigInteger(), nullable=False),
        sa.Column("invited", sa.BigInteger(), nullable=False),
        sa.Column("invites_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("uploaded_by", sa.Uuid(), nullable=True),
        sa.Column("employer_id", sa.Uuid(), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_by", sa.Uuid(), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failure", JSON, nullable=False),
        sa.ForeignKeyConstraint(["confirmed_by"], ["people.id"], name=op.f("fk_people_imports_confirmed_by")),
        sa.ForeignKeyConstraint(
            ["employer_id"], ["organisations.id"], name=op.f("fk_people_imports_employer_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_people_imports_organisation_id")
        ),
        sa.ForeignKeyConstraint(["uploaded_by"], ["people.id"], name=op.f("fk_people_imports_uploaded_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people_imports")),
    )
    op.create_index("ix_people_imports_uploader", "people_imports", ["uploaded_by", "id"], unique=False)
    op.create_table(
        "people_import_rows",
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("fate", sa.String(length=40), nullable=False),
        sa.Column("cells", JSON, nullable=False),
        sa.Column("changes", JSON, nullable=False),
        sa.Column("problems", JSON, nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("is_stored", sa.Boolean(), nullable=False),
        sa.Column("is_invited", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["import_id"], ["people_imports.id"], name=op.f("fk_people_import_rows_import_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_people_import_rows_person_id")),
        sa.PrimaryKeyConstraint("import_id", "number", name=op.f("pk_people_import_rows")),
    )
    op.create_index(
        "ix_people_import_rows_fate", "people_import_rows", ["import_id", "fate", "number"], unique=False
    )
