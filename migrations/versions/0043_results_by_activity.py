"""results by activity

Pass rates of an exam read the results of its activity, whoever they are of: an index for it.

Revision ID: 0043
Revises: 0042
Create Date: 2026-11-27 23:30:00
"""

from alembic import op

from lms.kernel.migrating import build_index

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None


def upgrade() -> None:
    build_index("ix_activity_results_activity", "activity_results", ["activity_id", "at"])


def downgrade() -> None:
    op.drop_index("ix_activity_results_activity", "activity_results")
