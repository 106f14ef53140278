"""picture sizes

Two columns without a value: a picture that was there before is shown as before, in its own size alone.

Revision ID: 0003
Revises: 0002
Create Date: 2026-11-26 15:50:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("course_pictures", sa.Column("width", sa.Integer(), nullable=True))
    op.add_column("course_pictures", sa.Column("height", sa.Integer(), nullable=True))
