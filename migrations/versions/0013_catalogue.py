"""catalogue

Whom a course is meant for, and the catalogue as it is searched. Only new tables: nothing is rewritten, no trigger is
touched, and the catalogue is filled from the courses by `lms db upgrade` once the tables are there.

Revision ID: 0013
Revises: 0012
Create Date: 2026-11-26 18:30:00.000000
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

JSON_VALUE = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")


def upgrade() -> None:
    op.create_table(
        "course_positions",
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.Column("position_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["course_id"], ["courses.id"], name=op.f("fk_course_positions_course_id")),
        sa.ForeignKeyConstraint(
            ["position_id"], ["positions.id"], name=op.f("fk_course_positions_position_id")
        ),
        sa.PrimaryKeyConstraint("course_id", "position_id", name=op.f("pk_course_positions")),
    )
    op.create_index(
        op.f("ix_course_positions_position_id"), "course_positions", ["position_id"], unique=False
    )
    op.create_table(
        "course_shelf",
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("form", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("facets", JSON_VALUE, nullable=False),
        sa.Column("sees", JSON_VALUE, nullable=False),
        sa.Column("head", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("passages", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["course_id"], ["courses.id"], name=op.f("fk_course_shelf_course_id")),
        sa.PrimaryKeyConstraint("course_id", name=op.f("pk_course_shelf")),
    )
    op.create_index(op.f("ix_course_shelf_number"), "course_shelf", ["number"], unique=False)
    op.create_table(
        "course_passages",
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["course_id"], ["courses.id"], name=op.f("fk_course_passages_course_id")),
        sa.PrimaryKeyConstraint("course_id", "position", name=op.f("pk_course_passages")),
    )
    op.create_table(
        "course_shelf_state",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_course_shelf_state")),
    )
