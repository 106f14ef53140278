"""package uploads

Two tables of their own, empty at first: uploads that are looked at before they are kept, and what became of the items
that a new revision of a package no longer has. Nothing that is there is touched.

Revision ID: 0021
Revises: 0020
Create Date: 2026-11-27 01:10:00
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
DOCUMENT = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "package_uploads",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=False),
        sa.Column("package_id", sa.Uuid(), nullable=True),
        sa.Column("course_id", sa.Uuid(), nullable=True),
        sa.Column("activity_key", sa.Uuid(), nullable=True),
        sa.Column("report", DOCUMENT, nullable=False),
        sa.Column("uploaded_at", INSTANT, nullable=False),
        sa.Column("uploaded_by", sa.Uuid(), nullable=True),
        sa.Column("confirmed_at", INSTANT, nullable=True),
        sa.Column("revision_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["course_id"], ["courses.id"], name=op.f("fk_package_uploads_course_id")),
        sa.ForeignKeyConstraint(["file_id"], ["stored_files.id"], name=op.f("fk_package_uploads_file_id")),
        sa.ForeignKeyConstraint(["package_id"], ["packages.id"], name=op.f("fk_package_uploads_package_id")),
        sa.ForeignKeyConstraint(
            ["revision_id"], ["package_revisions.id"], name=op.f("fk_package_uploads_revision_id")
        ),
        sa.ForeignKeyConstraint(["uploaded_by"], ["people.id"], name=op.f("fk_package_uploads_uploaded_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_package_uploads")),
    )
    op.create_index(op.f("ix_package_uploads_uploaded_by"), "package_uploads", ["uploaded_by"], unique=False)
    op.create_table(
        "package_item_fates",
        sa.Column("revision_id", sa.Uuid(), nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("became", sa.Text(), nullable=True),
        sa.Column("decided_at", INSTANT, nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["decided_by"], ["people.id"], name=op.f("fk_package_item_fates_decided_by")),
        sa.ForeignKeyConstraint(
            ["revision_id"], ["package_revisions.id"], name=op.f("fk_package_item_fates_revision_id")
        ),
        sa.PrimaryKeyConstraint("revision_id", "item", name=op.f("pk_package_item_fates")),
    )
