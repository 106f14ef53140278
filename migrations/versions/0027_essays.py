"""essays and files in exams

Two tables of their own, empty at first: files of answers, and answers that wait for a person. What is there waits for
nobody and names everybody.

Revision ID: 0027
Revises: 0026
Create Date: 2026-11-27 08:10:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "marking_work", sa.Column("is_blind", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
    op.add_column("quizzes", sa.Column("blind", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_table(
        "answer_files",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("attempt_id", sa.Uuid(), nullable=False),
        sa.Column("slot", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["attempt_id", "slot"],
            ["attempt_slots.attempt_id", "attempt_slots.number"],
            name=op.f("fk_answer_files_attempt_id_slot"),
        ),
        sa.ForeignKeyConstraint(["file_id"], ["stored_files.id"], name=op.f("fk_answer_files_file_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_answer_files_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer_files")),
    )
    op.create_index("ix_answer_files_slot", "answer_files", ["attempt_id", "slot"], unique=False)
    op.create_index(op.f("ix_answer_files_file_id"), "answer_files", ["file_id"], unique=False)
    op.create_index(op.f("ix_answer_files_person_id"), "answer_files", ["person_id"], unique=False)
    op.create_table(
        "answers_to_mark",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("attempt_id", sa.Uuid(), nullable=False),
        sa.Column("slot", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["attempt_id", "slot"],
            ["attempt_slots.attempt_id", "attempt_slots.number"],
            name=op.f("fk_answers_to_mark_attempt_id_slot"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answers_to_mark")),
        sa.UniqueConstraint("attempt_id", "slot", name=op.f("uq_answers_to_mark_attempt_id_slot")),
    )
    if op.get_bind().dialect.name == "sqlite":
        for act in ("update", "delete"):
            op.execute(
                f"CREATE TRIGGER answers_to_mark_no_{act} BEFORE {act.upper()} ON answers_to_mark "
                "BEGIN SELECT RAISE(ABORT, 'answers_to_mark is append-only'); END"
            )
        return
    op.execute(
        "CREATE TRIGGER answers_to_mark_append_only BEFORE UPDATE OR DELETE ON answers_to_mark "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )


def downgrade() -> None:
    op.drop_table("answers_to_mark")
    op.drop_index(op.f("ix_answer_files_person_id"), table_name="answer_files")
    op.drop_index(op.f("ix_answer_files_file_id"), table_name="answer_files")
    op.drop_index("ix_answer_files_slot", table_name="answer_files")
    op.drop_table("answer_files")
    op.drop_column("quizzes", "blind")
    op.drop_column("marking_work", "is_blind")
