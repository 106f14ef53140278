"""statistics of exams

Sums over decided attempts, and what of each attempt stands in them. All tables are new and empty; attempts that are
there already are counted by the worker afterwards, ten in each transaction.

Revision ID: 0032
Revises: 0031
Create Date: 2026-11-27 11:30:00
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def _which() -> sa.Column[str]:
    return sa.Column(
        "which", sa.Enum("first", "all", name="which", native_enum=False, length=40), nullable=False
    )


def _sums(*names: str) -> list[sa.Column[int]]:
    return [sa.Column(name, sa.BigInteger(), nullable=False) for name in names]


def _of_quiz(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["quiz_id"], ["quizzes.id"], name=op.f(f"fk_{table}_quiz_id"))


def _of_version(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["version_id"], ["question_versions.id"], name=op.f(f"fk_{table}_version_id")
    )


def upgrade() -> None:
    op.create_table(
        "statistic_attempts",
        sa.Column("attempt_id", sa.Uuid(), nullable=False),
        sa.Column("counted", JSON, nullable=False),
        sa.ForeignKeyConstraint(
            ["attempt_id"], ["attempts.id"], name=op.f("fk_statistic_attempts_attempt_id")
        ),
        sa.PrimaryKeyConstraint("attempt_id", name=op.f("pk_statistic_attempts")),
    )
    op.create_table(
        "statistic_totals",
        sa.Column("quiz_id", sa.Uuid(), nullable=False),
        _which(),
        sa.Column("size", sa.Integer(), nullable=False),
        *_sums("n", "passed", "seconds", "total", "total_squared", "parts_squared"),
        _of_quiz("statistic_totals"),
        sa.PrimaryKeyConstraint("quiz_id", "which", "size", name=op.f("pk_statistic_totals")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "statistic_scores",
        sa.Column("quiz_id", sa.Uuid(), nullable=False),
        _which(),
        sa.Column("percent", sa.Integer(), nullable=False),
        *_sums("count"),
        _of_quiz("statistic_scores"),
        sa.PrimaryKeyConstraint("quiz_id", "which", "percent", name=op.f("pk_statistic_scores")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "statistic_objectives",
        sa.Column("quiz_id", sa.Uuid(), nullable=False),
        _which(),
        sa.Column("objective", sa.Text(), nullable=False),
        *_sums("n", "part", "weight"),
        _of_quiz("statistic_objectives"),
        sa.PrimaryKeyConstraint("quiz_id", "which", "objective", name=op.f("pk_statistic_objectives")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "statistic_items",
        sa.Column("quiz_id", sa.Uuid(), nullable=False),
        _which(),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("question_id", sa.Uuid(), nullable=False),
        *_sums("n", "answered", "earned", "earned_squared", "part", "part_squared", "rest", "rest_squared"),
        *_sums("earned_rest", "timed", "seconds"),
        sa.Column("share", sa.Integer(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("is_flagged", sa.Boolean(), nullable=False),
        _of_quiz("statistic_items"),
        _of_version("statistic_items"),
        sa.ForeignKeyConstraint(
            ["question_id"], ["questions.id"], name=op.f("fk_statistic_items_question_id")
        ),
        sa.PrimaryKeyConstraint("quiz_id", "which", "version_id", name=op.f("pk_statistic_items")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_statistic_items_version", "statistic_items", ["version_id"])
    op.create_index("ix_statistic_items_question", "statistic_items", ["question_id"])
    for name in ("rank", "share", "n"):
        op.create_index(
            f"ix_statistic_items_{name}", "statistic_items", ["quiz_id", "which", name, "version_id"]
        )
    op.create_table(
        "statistic_answers",
        sa.Column("quiz_id", sa.Uuid(), nullable=False),
        _which(),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("part", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        *_sums("count", "rest"),
        _of_quiz("statistic_answers"),
        _of_version("statistic_answers"),
        sa.PrimaryKeyConstraint(
            "quiz_id", "which", "version_id", "part", "answer", name=op.f("pk_statistic_answers")
        ),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_statistic_answers_version", "statistic_answers", ["version_id"])
    op.create_table(
        "statistic_sweeps",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("reached", sa.Uuid(), nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_statistic_sweeps")),
    )


def downgrade() -> None:
    for name in ("sweeps", "answers", "items", "objectives", "scores", "totals", "attempts"):
        op.drop_table(f"statistic_{name}")
