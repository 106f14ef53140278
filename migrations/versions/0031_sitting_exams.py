"""how exams are sat

When an exam opens and closes, the extra time that people have, answers that came late, the device that an
attempt belongs to, what opens an exam, and when its page was left. All of it comes empty: every exam is open as it was.

Revision ID: 0031
Revises: 0030
Create Date: 2026-11-27 11:30:00
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
HOLDS = "withdrawn_at IS NULL"


def upgrade() -> None:
    op.add_column("quizzes", sa.Column("sitting", JSON, nullable=True))
    op.create_table(
        "extra_times",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("quiz_id", sa.Uuid(), nullable=True),
        sa.Column("percent", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("given_by", sa.Uuid(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "percent >= 0 AND minutes >= 0 AND percent + minutes > 0", name=op.f("ck_extra_times_something")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_extra_times_person_id")),
        sa.ForeignKeyConstraint(["quiz_id"], ["quizzes.id"], name=op.f("fk_extra_times_quiz_id")),
        sa.ForeignKeyConstraint(["given_by"], ["people.id"], name=op.f("fk_extra_times_given_by")),
        sa.ForeignKeyConstraint(["withdrawn_by"], ["people.id"], name=op.f("fk_extra_times_withdrawn_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_extra_times")),
    )
    everywhere = sa.text(f"quiz_id IS NULL AND {HOLDS}")
    op.create_index(
        "uq_extra_times_everywhere",
        "extra_times",
        ["person_id"],
        unique=True,
        sqlite_where=everywhere,
        postgresql_where=everywhere,
    )
    op.create_index(
        "uq_extra_times_quiz",
        "extra_times",
        ["person_id", "quiz_id"],
        unique=True,
        sqlite_where=sa.text(HOLDS),
        postgresql_where=sa.text(HOLDS),
    )
    op.create_index("ix_extra_times_quiz", "extra_times", ["quiz_id"], unique=False)

    op.create_table(
        "late_answers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("attempt_id", sa.Uuid(), nullable=False),
        sa.Column("slot", sa.Integer(), nullable=False),
        sa.Column("client_key", sa.Uuid(), nullable=False),
        sa.Column("given", JSON, nullable=False),
        sa.Column(
            "why",
            sa.Enum("time", "over", "device", "section", name="why", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("device_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("age_seconds", sa.Integer(), nullable=True),
        sa.Column("arrived_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("counts", sa.Boolean(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("before", JSON, nullable=True),
        sa.ForeignKeyConstraint(
            ["attempt_id", "slot"],
            ["attempt_slots.attempt_id", "attempt_slots.number"],
            name=op.f("fk_late_answers_attempt_id_slot"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_late_answers")),
        sa.UniqueConstraint("attempt_id", "client_key", name=op.f("uq_late_answers_attempt_id_client_key")),
    )

    op.add_column("attempts", sa.Column("device", sa.Text(), nullable=True))
    op.create_table(
        "handovers",
        sa.Column("attempt_id", sa.Uuid(), nullable=False),
        sa.Column("code_sha256", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["attempt_id"], ["attempts.id"], name=op.f("fk_handovers_attempt_id")),
        sa.ForeignKeyConstraint(["made_by"], ["people.id"], name=op.f("fk_handovers_made_by")),
        sa.PrimaryKeyConstraint("attempt_id", name=op.f("pk_handovers")),
    )

    op.create_table(
        "exam_passwords",
        sa.Column("quiz_id", sa.Uuid(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("set_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["quiz_id"], ["quizzes.id"], name=op.f("fk_exam_passwords_quiz_id")),
        sa.ForeignKeyConstraint(["set_by"], ["people.id"], name=op.f("fk_exam_passwords_set_by")),
        sa.PrimaryKeyConstraint("quiz_id", name=op.f("pk_exam_passwords")),
    )
    op.create_table(
        "start_codes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("quiz_id", sa.Uuid(), nullable=False),
        sa.Column("code_sha256", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["quiz_id"], ["quizzes.id"], name=op.f("fk_start_codes_quiz_id")),
        sa.ForeignKeyConstraint(["made_by"], ["people.id"], name=op.f("fk_start_codes_made_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_start_codes")),
    )
    op.create_index("ix_start_codes_quiz", "start_codes", ["quiz_id", "expires_at"], unique=False)

    op.create_table(
        "attempt_absences",
        sa.Column("attempt_id", sa.Uuid(), nullable=False),
        sa.Column("client_key", sa.Uuid(), nullable=False),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["attempt_id"], ["attempts.id"], name=op.f("fk_attempt_absences_attempt_id")),
        sa.PrimaryKeyConstraint("attempt_id", "client_key", name=op.f("pk_attempt_absences")),
    )


def downgrade() -> None:
    op.drop_table("attempt_absences")
    op.drop_table("start_codes")
    op.drop_table("exam_passwords")
    op.drop_table("handovers")
    op.drop_column("attempts", "device")
    op.drop_table("late_answers")
    op.drop_table("extra_times")
    op.drop_column("quizzes", "sitting")
