"""equivalences for the company only, progress of weighing

An equivalence says who is credited. A column with a constant default: what was declared before credits people. And a
table of how far everybody has been weighed by a rule that changed.

Revision ID: 0042
Revises: 0041
Create Date: 2026-11-27 23:05:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"
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

    op.create_table(
        "certification_weighings",
        sa.Column("certification_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("after", sa.Uuid(), nullable=True),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("trouble", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["certification_id"],
            ["certifications.id"],
            name=op.f("fk_certification_weighings_certification_id"),
        ),
        sa.PrimaryKeyConstraint("certification_id", name=op.f("pk_certification_weighings")),
    )


def downgrade() -> None:
    op.drop_table("certification_weighings")
    op.drop_column("certification_equivalences", "credited")
