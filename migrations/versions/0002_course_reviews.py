"""course reviews

Three columns with defaults that the database keeps in its catalogue (no row is written), and a table of its own.

Revision ID: 0002
Revises: 0001
Create Date: 2026-11-26 15:40:00
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Not in a batch: SQLite adds such columns in place, and a table made anew would lose its triggers.
    op.add_column("courses", sa.Column("changes", sa.Integer(), server_default="0", nullable=False))
    op.add_column(
        "courses", sa.Column("needs_review", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
    op.add_column(
        "courses",
        sa.Column(
            "draft_writers",
            sa.JSON().with_variant(postgresql.JSONB(), "postgresql"),
            server_default="[]",
            nullable=False,
        ),
    )
    op.create_table(
        "course_reviews",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("changes", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=True),
        sa.Column("reviewer_id", sa.Uuid(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("verdict", sa.String(length=40), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["asked_by"], ["people.id"], name=op.f("fk_course_reviews_asked_by")),
        sa.ForeignKeyConstraint(["course_id"], ["courses.id"], name=op.f("fk_course_reviews_course_id")),
        sa.ForeignKeyConstraint(["decided_by"], ["people.id"], name=op.f("fk_course_reviews_decided_by")),
        sa.ForeignKeyConstraint(["reviewer_id"], ["people.id"], name=op.f("fk_course_reviews_reviewer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_course_reviews")),
    )
    op.create_index("ix_course_reviews_course", "course_reviews", ["course_id", "id"], unique=False)
    op.create_index(
        "ix_course_reviews_reviewer", "course_reviews", ["reviewer_id", "decided_at"], unique=False
    )
    op.create_index(
        "uq_course_reviews_open",
        "course_reviews",
        ["course_id"],
        unique=True,
        sqlite_where=sa.text("decided_at IS NULL"),
        postgresql_where=sa.text("decided_at IS NULL"),
    )
