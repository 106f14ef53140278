"""equivalences for the company only

An equivalence says who is credited. A column with a constant default: what was declared before credits people.

Revision ID: 0044
Revises: 0040
Create Date: 2026-11-27 23:05:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0044"
down_revision = "0040"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "certification_equivalences",
        sa.Column(
            "credited",
            sa.Enum("person", "company", name="credited", native_enum=False, length=40),
            server_default="person",
            nullable=False,
        ),
    )


def downgrade() -> None:
    op.drop_column("certification_equivalences", "credited")
