"""film lengths

A column without a value: a job reads the length of every film that is there already.

Revision ID: 0016
Revises: 0015
Create Date: 2026-11-26 18:55:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("course_pictures", sa.Column("length_ms", sa.Integer(), nullable=True))
