"""marking anew

Acts that mark finished attempts anew since a question was faulty: what each comes to, and what was done, which the
database lets nobody change. The new columns of attempt_slots are empty or have a default, and take no time, however
many rows there are.

Revision ID: 0033
Revises: 0032
Create Date: 2026-11-27 11:30:00
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
KEY = "fk_attempt_slots_key_id"
ACTIVE = sa.text("state IN ('looking', 'running')")
RUNNING = sa.text("state = 'running'")
KEPT = sa.text("state <> 'discarded'")
WAITING = sa.text("done_at IS NULL")
VERDICTS = (
    *("gained", "raised", "lowered", "spared", "kept", "kept_pass"),
    *("same", "waiting", "bare", "changed"),
)


def upgrade() -> None:
    dialect = op.get_context().dialect
    unless = "IF NOT EXISTS " if dialect.name == "postgresql" else ""
    # In words, since SQLite would otherwise have the whole table copied for the sake of the reference.
    op.execute(
        f"ALTER TABLE attempt_slots ADD COLUMN {unless}key_id {sa.Uuid().compile(dialect=dialect)}"
        f" CONSTRAINT {KEY} REFERENCES question_versions (id)"
    )
    op.execute(f"ALTER TABLE attempt_slots ADD COLUMN {unless}is_left_out BOOLEAN DEFAULT false NOT NULL")
    op.create_table(
        "remarks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("question_id", sa.Uuid(), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column(
            "way",
            sa.Enum("key", "full", "out", "undo", name="way", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("key_id", sa.Uuid(), nullable=True),
        sa.Column("quiz_id", sa.Uuid(), nullable=True),
        sa.Column("undoes_id", sa.Uuid(), nullable=True),
        sa.Column("lowers", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                *("looking", "looked_at", "running", "done", "discarded"),
                name="remarkstate",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("looked", sa.Integer(), nullable=False),
        sa.Column("looked_to", sa.Uuid(), nullable=True),
        sa.Column("open_count", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("counts", JSON, nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=True),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["question_id"], ["questions.id"], name=op.f("fk_remarks_question_id")),
        sa.ForeignKeyConstraint(["version_id"], ["question_versions.id"], name=op.f("fk_remarks_version_id")),
        sa.ForeignKeyConstraint(["key_id"], ["question_versions.id"], name=op.f("fk_remarks_key_id")),
        sa.ForeignKeyConstraint(["quiz_id"], ["quizzes.id"], name=op.f("fk_remarks_quiz_id")),
        sa.ForeignKeyConstraint(["undoes_id"], ["remarks.id"], name=op.f("fk_remarks_undoes_id")),
        sa.ForeignKeyConstraint(["asked_by"], ["people.id"], name=op.f("fk_remarks_asked_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_remarks")),
    )
    op.create_index("ix_remarks_question", "remarks", ["question_id", "id"], unique=False)
    op.create_index(
        "ix_remarks_active", "remarks", ["id"], unique=False, sqlite_where=ACTIVE, postgresql_where=ACTIVE
    )
    op.create_index(
        "uq_remarks_running",
        "remarks",
        ["question_id"],
        unique=True,
        sqlite_where=RUNNING,
        postgresql_where=RUNNING,
    )
    op.create_index(
        "uq_remarks_undoes", "remarks", ["undoes_id"], unique=True, sqlite_where=KEPT, postgresql_where=KEPT
    )
    _of_attempts("remark_lines", sa.Column("done_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "ix_remark_lines_verdict", "remark_lines", ["remark_id", "verdict", "attempt_id"], unique=False
    )
    op.create_index(
        "ix_remark_lines_waiting",
        "remark_lines",
        ["remark_id", "attempt_id"],
        unique=False,
        sqlite_where=WAITING,
        postgresql_where=WAITING,
    )
    _of_attempts("remarked_attempts", sa.Column("at", sa.DateTime(timezone=True), nullable=False))
    op.create_index(
        "ix_remarked_attempts_attempt", "remarked_attempts", ["attempt_id", "remark_id"], unique=False
    )
    if dialect.name == "postgresql":
        op.execute(
            "CREATE TRIGGER remarked_attempts_append_only BEFORE UPDATE OR DELETE ON remarked_attempts "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
    else:
        for act in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER remarked_attempts_no_{act.lower()} BEFORE {act} ON remarked_attempts "
                "BEGIN SELECT RAISE(ABORT, 'remarked_attempts is append-only'); END"
            )


def _of_attempts(name: str, when: sa.Column) -> None:
    op.create_table(
        name,
        sa.Column("remark_id", sa.Uuid(), nullable=False),
        sa.Column("attempt_id", sa.Uuid(), nullable=False),
        sa.Column(
            "verdict", sa.Enum(*VERDICTS, name="verdict", native_enum=False, length=40), nullable=False
        ),
        sa.Column("before", JSON, nullable=False),
        sa.Column("after", JSON, nullable=False),
        sa.Column("score_before", sa.Numeric(20, 7), nullable=True),
        sa.Column("score_after", sa.Numeric(20, 7), nullable=True),
        sa.Column("passed_before", sa.Boolean(), nullable=True),
        sa.Column("passed_after", sa.Boolean(), nullable=True),
        when,
        sa.ForeignKeyConstraint(["remark_id"], ["remarks.id"], name=op.f(f"fk_{name}_remark_id")),
        sa.ForeignKeyConstraint(["attempt_id"], ["attempts.id"], name=op.f(f"fk_{name}_attempt_id")),
        sa.PrimaryKeyConstraint("remark_id", "attempt_id", name=op.f(f"pk_{name}")),
    )


def downgrade() -> None:
    op.drop_table("remarked_attempts")
    op.drop_table("remark_lines")
    op.drop_table("remarks")
    with op.batch_alter_table("attempt_slots") as slots:
        slots.drop_constraint(KEY, type_="foreignkey")
        slots.drop_column("key_id")
        slots.drop_column("is_left_out")
