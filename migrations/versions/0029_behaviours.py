"""behaviours of quizzes, and surveys

When learners are told, what a further try costs, what they agree to first, and the tries themselves. What is there already tells at the end, as
it did; the new column of attempt_slots is empty and takes no time, however many rows there are. What surveys are told
is counted in two tables of their own, which name no person, no attempt and no time; on SQLite they are kept in the
order of their keys and not of their coming.

Revision ID: 0029
Revises: 0028
Create Date: 2026-11-27 08:10:00
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.add_column(
        "quizzes",
        sa.Column(
            "telling",
            sa.Enum("at_end", "at_once", "tries", name="telling", native_enum=False, length=40),
            server_default="at_end",
            nullable=False,
        ),
    )
    op.add_column(
        "quizzes",
        sa.Column("penalty", sa.Numeric(20, 7), server_default="0.3333333", nullable=False),
    )
    for name in ("is_survey", "is_anonymous"):
        op.add_column("quizzes", sa.Column(name, sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("quizzes", sa.Column("honour", sa.Text(), server_default="", nullable=False))
    op.add_column("attempt_slots", sa.Column("tries", JSON, nullable=True))
    op.create_table(
        "survey_counts",
        sa.Column("quiz_id", sa.Uuid(), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("part", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["quiz_id"], ["quizzes.id"], name=op.f("fk_survey_counts_quiz_id")),
        sa.ForeignKeyConstraint(
            ["version_id"], ["question_versions.id"], name=op.f("fk_survey_counts_version_id")
        ),
        sa.PrimaryKeyConstraint("quiz_id", "version_id", "part", "answer", name=op.f("pk_survey_counts")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_survey_counts_version", "survey_counts", ["version_id"], unique=False)
    op.create_table(
        "survey_texts",
        sa.Column("quiz_id", sa.Uuid(), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("part", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["quiz_id"], ["quizzes.id"], name=op.f("fk_survey_texts_quiz_id")),
        sa.ForeignKeyConstraint(
            ["version_id"], ["question_versions.id"], name=op.f("fk_survey_texts_version_id")
        ),
        sa.PrimaryKeyConstraint("quiz_id", "version_id", "part", "id", name=op.f("pk_survey_texts")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_survey_texts_version", "survey_texts", ["version_id"], unique=False)


def downgrade() -> None:
    op.drop_table("survey_texts")
    op.drop_table("survey_counts")
    op.drop_column("attempt_slots", "tries")
    for name in ("honour", "is_anonymous", "is_survey", "penalty"):
        op.drop_column("quizzes", name)
    op.drop_column("quizzes", "telling")
