"""completion rules, locks, and what was watched

Rules: forward only, on real data, on SQLite and PostgreSQL. Never lock a big table for long: add columns
nullable, build indexes with postgresql_concurrently in a revision of their own, fill in batches in a job.
A column is dropped two releases after the code stopped using it.

Revision ID: 0004
Revises: 0003
Create Date: 2026-11-26 15:20:00.000000
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Constants as defaults: neither database rewrites its rows for them, and no trigger of SQLite is lost.
    json = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
    op.add_column("course_activities", sa.Column("rule", sa.Text(), nullable=False, server_default=""))
    op.add_column("course_activities", sa.Column("least", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("course_activities", sa.Column("locks", json, nullable=False, server_default="[]"))
    op.add_column("activity_states", sa.Column("watched", json, nullable=False, server_default="{}"))
