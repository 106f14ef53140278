"""acts on people

What the pages of acts on many people need: how their people were chosen, what came of each so far, and which line of
a list repeats which. New columns may be empty or have a default, so nothing is rewritten.

Revision ID: 0012
Revises: 0011
Create Date: 2026-11-26 18:20:00.000000
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

WAYS = ("audience", "file", "pasted", "ticked", "matching")


def upgrade() -> None:
    op.add_column(
        "enrolment_acts",
        sa.Column(
            "way",
            sa.Enum(*WAYS, name="actway", native_enum=False, length=40),
            server_default="audience",
            nullable=False,
        ),
    )
    op.add_column(
        "enrolment_acts",
        sa.Column(
            "counts",
            sa.JSON().with_variant(postgresql.JSONB(), "postgresql"),
            server_default="{}",
            nullable=False,
        ),
    )
    op.add_column("enrolment_acts", sa.Column("employer_id", sa.Uuid(), nullable=True))
    op.add_column("enrolment_acts", sa.Column("begun_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "ix_enrolment_acts_looked_at",
        "enrolment_acts",
        ["asked_at"],
        unique=False,
        sqlite_where=sa.text("state = 'looked_at'"),
        postgresql_where=sa.text("state = 'looked_at'"),
    )
    op.add_column("enrolment_act_lines", sa.Column("same_as", sa.Integer(), nullable=True))
    op.create_index(
        "ix_enrolment_act_lines_outcome",
        "enrolment_act_lines",
        ["act_id", "outcome", "number"],
        unique=False,
    )
    op.create_index(
        "ix_enrolment_act_lines_given",
        "enrolment_act_lines",
        ["given"],
        unique=False,
        sqlite_where=sa.text("given <> ''"),
        postgresql_where=sa.text("given <> ''"),
    )
