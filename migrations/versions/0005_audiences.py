"""audiences: who is meant, and who that is

Revision ID: 0005
Revises: 0004
Create Date: 2026-11-26 15:30:00.000000
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "audiences",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_key", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("rule", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.Uuid(), nullable=True),
        sa.Column("filled_to", sa.Uuid(), nullable=True),
        sa.Column("filled", sa.Integer(), nullable=False),
        sa.Column("to_fill", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["changed_by"], ["people.id"], name=op.f("fk_audiences_changed_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audiences")),
        sa.UniqueConstraint("name_key", name=op.f("uq_audiences_name_key")),
    )
    op.create_index("ix_audiences_name", "audiences", ["name", "id"], unique=False)
    op.create_table(
        "audience_members",
        sa.Column("audience_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["audience_id"], ["audiences.id"], name=op.f("fk_audience_members_audience_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_audience_members_person_id")),
        sa.PrimaryKeyConstraint("audience_id", "person_id", name=op.f("pk_audience_members")),
    )
    op.create_index(
        "ix_audience_members_person", "audience_members", ["person_id", "audience_id"], unique=False
    )
