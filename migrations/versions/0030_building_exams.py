"""building exams: draws that are narrowed, questions kept apart, sections, grading

What is there asks what it asked: one piece, draws by bank and tag, the best of several attempts. The number that each
question throws puts the questions of a bank on a ring, so that some are drawn from tens of thousands without reading them.

Revision ID: 0030
Revises: 0029
Create Date: 2026-11-27 11:30:00
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from lms.kernel.migrating import build_index

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
DICE = {"postgresql": "floor(random() * 2147483648)::int", "sqlite": "abs(random()) % 2147483648"}
FOLDER = "fk_quiz_draws_folder_id"
RING = ["bank_id", "dice", "id", "is_draft", "retired_at", "difficulty", "folder_id", "objective"]


def upgrade() -> None:
    # What comes before the indexes does no harm twice: on PostgreSQL building them commits that.
    dialect = op.get_context().dialect
    unless = "IF NOT EXISTS " if dialect.name == "postgresql" else ""
    # One that an older process adds meanwhile stands at the ring's beginning, and is drawn like any other.
    op.execute(f"ALTER TABLE questions ADD COLUMN {unless}dice INTEGER DEFAULT 0 NOT NULL")
    op.execute(f"UPDATE questions SET dice = {DICE[dialect.name]} WHERE dice = 0")  # noqa: S608  our own words
    uuid, words = sa.Uuid().compile(dialect=dialect), sa.String(40).compile(dialect=dialect)
    # In words, since SQLite would otherwise have the whole table copied for the sake of the reference.
    op.execute(
        f"ALTER TABLE quiz_draws ADD COLUMN {unless}folder_id {uuid}"
        f" CONSTRAINT {FOLDER} REFERENCES question_folders (id)"
    )
    op.execute(f"ALTER TABLE quiz_draws ADD COLUMN {unless}difficulty {words}")
    op.execute(f"ALTER TABLE quiz_draws ADD COLUMN {unless}objective TEXT DEFAULT '' NOT NULL")
    op.execute(f"ALTER TABLE quiz_draws ADD COLUMN {unless}section INTEGER DEFAULT 1 NOT NULL")
    build_index("ix_questions_dice", "questions", RING)
    build_index("ix_quiz_draws_folder_id", "quiz_draws", ["folder_id"])
    op.create_table(
        "quiz_apart",
        sa.Column("quiz_id", sa.Uuid(), nullable=False),
        sa.Column("question_id", sa.Uuid(), nullable=False),
        sa.Column("group", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["quiz_id"], ["quizzes.id"], name=op.f("fk_quiz_apart_quiz_id")),
        sa.ForeignKeyConstraint(["question_id"], ["questions.id"], name=op.f("fk_quiz_apart_question_id")),
        sa.PrimaryKeyConstraint("quiz_id", "question_id", name=op.f("pk_quiz_apart")),
    )
    op.create_index("ix_quiz_apart_question_id", "quiz_apart", ["question_id"], unique=False)
    op.add_column("quizzes", sa.Column("sections", JSON, server_default=sa.text("'[]'"), nullable=False))
    op.add_column(
        "quizzes",
        sa.Column(
            "grading",
            sa.Enum("best", "last", "first", "average", name="grading", native_enum=False, length=40),
            server_default="best",
            nullable=False,
        ),
    )
    op.add_column("quizzes", sa.Column("may_retry", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("attempts", sa.Column("section", sa.Integer(), server_default=sa.text("1"), nullable=False))
    op.add_column("attempts", sa.Column("section_ends_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        "attempt_slots", sa.Column("section", sa.Integer(), server_default=sa.text("1"), nullable=False)
    )


def downgrade() -> None:
    op.drop_column("attempt_slots", "section")
    op.drop_column("attempts", "section_ends_at")
    op.drop_column("attempts", "section")
    for name in ("may_retry", "grading", "sections"):
        op.drop_column("quizzes", name)
    op.drop_table("quiz_apart")
    op.drop_index("ix_quiz_draws_folder_id", table_name="quiz_draws")
    with op.batch_alter_table("quiz_draws") as draws:
        draws.drop_constraint(FOLDER, type_="foreignkey")
        for name in ("folder_id", "difficulty", "objective", "section"):
            draws.drop_column(name)
    op.drop_index("ix_questions_dice", table_name="questions")
    op.drop_column("questions", "dice")
