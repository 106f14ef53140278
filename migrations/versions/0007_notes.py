"""notes

A table of its own; nothing that was there is touched.

Revision ID: 0007
Revises: 0006
Create Date: 2026-11-26 16:40:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "activity_notes",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("activity_key", sa.Uuid(), nullable=False),
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("is_marked", sa.Boolean(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["course_id"], ["courses.id"], name=op.f("fk_activity_notes_course_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_activity_notes_person_id")),
        sa.PrimaryKeyConstraint("person_id", "activity_key", name=op.f("pk_activity_notes")),
    )
    op.create_index(
        "ix_activity_notes_changed",
        "activity_notes",
        ["person_id", "changed_at", "activity_key"],
        unique=False,
    )
    op.create_index(op.f("ix_activity_notes_course_id"), "activity_notes", ["course_id"], unique=False)
