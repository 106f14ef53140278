"""package commits

What each commit of a package has set, for authors who look for a fault: a table of its own, empty at first, and a column
without a value beside what items have set.

Revision ID: 0024
Revises: 0023
Create Date: 2026-11-27 05:15:00
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "package_commits",
        sa.Column("enrolment_id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("elements", JSON, nullable=False),
        sa.Column("completed", sa.Boolean(), nullable=False),
        sa.Column("passed", sa.Boolean(), nullable=True),
        sa.Column("score", sa.Numeric(20, 7), nullable=True),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["enrolments.id"], name=op.f("fk_package_commits_enrolment_id")
        ),
        sa.PrimaryKeyConstraint("enrolment_id", "session_id", "sequence", name=op.f("pk_package_commits")),
    )
    op.add_column("package_trackings", sa.Column("untold", JSON, nullable=True))


def downgrade() -> None:
    op.drop_column("package_trackings", "untold")
    op.drop_table("package_commits")
