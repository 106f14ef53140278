"""people of folders

Who may see a folder of a question bank, or the whole bank, and who may change in it. A new table; nothing is locked.

Revision ID: 0034
Revises: 0033
Create Date: 2026-11-27 12:40:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

WHOLE_BANK = sa.text("folder_id IS NULL")


def upgrade() -> None:
    op.create_table(
        "question_folder_people",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("bank_id", sa.Uuid(), nullable=False),
        sa.Column("folder_id", sa.Uuid(), nullable=True),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("may_change", sa.Boolean(), nullable=False),
        sa.Column("named_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["bank_id"], ["question_banks.id"], name=op.f("fk_question_folder_people_bank_id")
        ),
        sa.ForeignKeyConstraint(
            ["folder_id"], ["question_folders.id"], name=op.f("fk_question_folder_people_folder_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_question_folder_people_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question_folder_people")),
    )
    op.create_index(
        "uq_question_folder_people_bank",
        "question_folder_people",
        ["bank_id", "person_id"],
        unique=True,
        sqlite_where=WHOLE_BANK,
        postgresql_where=WHOLE_BANK,
    )
    op.create_index(
        "uq_question_folder_people_folder", "question_folder_people", ["folder_id", "person_id"], unique=True
    )


def downgrade() -> None:
    op.drop_table("question_folder_people")
