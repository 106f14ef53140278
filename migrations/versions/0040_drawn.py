"""drawn values of slots

A slot keeps the values that the variables of its question were drawn with. A question says in lists that it is
drawn. Columns without a default, or with a constant one: no row is rewritten, and nothing of before is drawn.

Revision ID: 0040
Revises: 0039
Create Date: 2026-11-27 19:40:00
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "attempt_slots",
        sa.Column("drawn", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=True),
    )
    op.add_column("questions", sa.Column("is_drawn", sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade() -> None:
    op.drop_column("questions", "is_drawn")
    op.drop_column("attempt_slots", "drawn")
