"""names of verbs and activities

Two tables of their own, empty at first: a job fills them from the statements that are there, some at a time.

Revision ID: 0025
Revises: 0024
Create Date: 2026-11-27 05:30:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "xapi_names",
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("verb", "activity", name="namedkind", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("compared", sa.LargeBinary(), nullable=False),
        sa.Column("iri", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_xapi_names")),
    )
    op.create_index("ix_xapi_names_compared", "xapi_names", ["kind", "compared"], unique=False)
    op.create_table(
        "xapi_names_through",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_xapi_names_through")),
    )


def downgrade() -> None:
    op.drop_table("xapi_names_through")
    op.drop_index("ix_xapi_names_compared", table_name="xapi_names")
    op.drop_table("xapi_names")
