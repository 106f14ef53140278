"""assignments

Assignments: drafts, what was handed in, the marking queue and what was decided. Only new tables; what is handed in is kept
by triggers of its own until its person is erased.

Revision ID: 0008
Revises: 0007
Create Date: 2026-11-26 16:20:00
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "marking_told",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told_upto", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_marking_told_person_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_marking_told")),
    )
    op.create_table(
        "hand_in_draft_files",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("enrolment_id", sa.Uuid(), nullable=False),
        sa.Column("activity_key", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["enrolments.id"], name=op.f("fk_hand_in_draft_files_enrolment_id")
        ),
        sa.ForeignKeyConstraint(
            ["file_id"], ["stored_files.id"], name=op.f("fk_hand_in_draft_files_file_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_hand_in_draft_files_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hand_in_draft_files")),
    )
    op.create_index(
        "ix_hand_in_draft_files_draft", "hand_in_draft_files", ["enrolment_id", "activity_key"], unique=False
    )
    op.create_index("ix_hand_in_draft_files_file_id", "hand_in_draft_files", ["file_id"], unique=False)
    op.create_index("ix_hand_in_draft_files_person_id", "hand_in_draft_files", ["person_id"], unique=False)

    op.create_table(
        "hand_in_drafts",
        sa.Column("enrolment_id", sa.Uuid(), nullable=False),
        sa.Column("activity_key", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["enrolments.id"], name=op.f("fk_hand_in_drafts_enrolment_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_hand_in_drafts_person_id")),
        sa.PrimaryKeyConstraint("enrolment_id", "activity_key", name=op.f("pk_hand_in_drafts")),
    )
    op.create_index("ix_hand_in_drafts_person_id", "hand_in_drafts", ["person_id"], unique=False)

    op.create_table(
        "hand_ins",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("enrolment_id", sa.Uuid(), nullable=False),
        sa.Column("activity_id", sa.Uuid(), nullable=False),
        sa.Column("activity_key", sa.Uuid(), nullable=False),
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("draft_revision", sa.Integer(), nullable=False),
        sa.Column("handed_in_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_late", sa.Boolean(), nullable=False),
        sa.CheckConstraint("number > 0", name=op.f("ck_hand_ins_number")),
        sa.ForeignKeyConstraint(
            ["activity_id"], ["course_activities.id"], name=op.f("fk_hand_ins_activity_id")
        ),
        sa.ForeignKeyConstraint(["course_id"], ["courses.id"], name=op.f("fk_hand_ins_course_id")),
        sa.ForeignKeyConstraint(["enrolment_id"], ["enrolments.id"], name=op.f("fk_hand_ins_enrolment_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_hand_ins_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hand_ins")),
        sa.UniqueConstraint("enrolment_id", "activity_key", "draft_revision", name="uq_hand_ins_draft"),
        sa.UniqueConstraint("enrolment_id", "activity_key", "number", name="uq_hand_ins_number"),
    )
    op.create_index("ix_hand_ins_person", "hand_ins", ["person_id", "activity_key"], unique=False)

    op.create_table(
        "marking_work",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("ref", sa.Uuid(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.Column("activity_id", sa.Uuid(), nullable=False),
        sa.Column("enrolment_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("waiting_since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_late", sa.Boolean(), nullable=False),
        sa.Column("is_named", sa.Boolean(), nullable=False),
        sa.Column("claimed_by", sa.Uuid(), nullable=True),
        sa.Column("claimed_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "outcome",
            sa.Enum("passed", "failed", "returned", name="outcome", native_enum=False, length=40),
            nullable=True,
        ),
        sa.Column("marks", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["activity_id"], ["course_activities.id"], name=op.f("fk_marking_work_activity_id")
        ),
        sa.ForeignKeyConstraint(["claimed_by"], ["people.id"], name=op.f("fk_marking_work_claimed_by")),
        sa.ForeignKeyConstraint(["course_id"], ["courses.id"], name=op.f("fk_marking_work_course_id")),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["enrolments.id"], name=op.f("fk_marking_work_enrolment_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_marking_work_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_marking_work")),
        sa.UniqueConstraint("source", "ref", name="uq_marking_work_ref"),
    )
    op.create_index("ix_marking_work_course_id", "marking_work", ["course_id"], unique=False)
    op.create_index("ix_marking_work_ended", "marking_work", ["ended_at", "id"], unique=False)
    op.create_index("ix_marking_work_person", "marking_work", ["person_id"], unique=False)
    op.create_index(
        "ix_marking_work_waiting",
        "marking_work",
        ["waiting_since", "id"],
        unique=False,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )

    op.create_table(
        "hand_in_erasures",
        sa.Column("hand_in_id", sa.Uuid(), nullable=False),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["hand_in_id"], ["hand_ins.id"], name=op.f("fk_hand_in_erasures_hand_in_id")),
        sa.PrimaryKeyConstraint("hand_in_id", name=op.f("pk_hand_in_erasures")),
    )
    op.create_table(
        "hand_in_files",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("hand_in_id", sa.Uuid(), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["file_id"], ["stored_files.id"], name=op.f("fk_hand_in_files_file_id")),
        sa.ForeignKeyConstraint(["hand_in_id"], ["hand_ins.id"], name=op.f("fk_hand_in_files_hand_in_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hand_in_files")),
    )
    op.create_index("ix_hand_in_files_file_id", "hand_in_files", ["file_id"], unique=False)
    op.create_index("ix_hand_in_files_hand_in_id", "hand_in_files", ["hand_in_id"], unique=False)

    op.create_table(
        "hand_in_texts",
        sa.Column("hand_in_id", sa.Uuid(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["hand_in_id"], ["hand_ins.id"], name=op.f("fk_hand_in_texts_hand_in_id")),
        sa.PrimaryKeyConstraint("hand_in_id", name=op.f("pk_hand_in_texts")),
    )
    op.create_table(
        "marking_markers",
        sa.Column("work_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_marking_markers_person_id")),
        sa.ForeignKeyConstraint(["work_id"], ["marking_work.id"], name=op.f("fk_marking_markers_work_id")),
        sa.PrimaryKeyConstraint("work_id", "person_id", name=op.f("pk_marking_markers")),
    )
    op.create_index("ix_marking_markers_person_id", "marking_markers", ["person_id"], unique=False)

    op.create_table(
        "marks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("work_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "outcome",
            sa.Enum("passed", "failed", "returned", name="outcome", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("judged", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("score", sa.Numeric(precision=20, scale=7), nullable=False),
        sa.Column("marked_by", sa.Uuid(), nullable=True),
        sa.Column("marked_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("score >= 0 AND score <= 1", name=op.f("ck_marks_score")),
        sa.ForeignKeyConstraint(["marked_by"], ["people.id"], name=op.f("fk_marks_marked_by")),
        sa.ForeignKeyConstraint(["work_id"], ["marking_work.id"], name=op.f("fk_marks_work_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_marks")),
        sa.UniqueConstraint("work_id", "number", name="uq_marks_number"),
    )
    op.create_table(
        "mark_words",
        sa.Column("mark_id", sa.Uuid(), nullable=False),
        sa.Column("comments", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["mark_id"], ["marks.id"], name=op.f("fk_mark_words_mark_id")),
        sa.PrimaryKeyConstraint("mark_id", name=op.f("pk_mark_words")),
    )
    _guard()


def _guard() -> None:
    """Let the database refuse to change what was handed in and decided, and to delete it before it is erased."""
    refused = ("hand_ins", "hand_in_erasures", "marks")
    kept = ("hand_in_texts", "hand_in_files")
    if op.get_bind().dialect.name == "sqlite":
        for name in (*refused, *kept):
            op.execute(
                f"CREATE TRIGGER {name}_no_update BEFORE UPDATE ON {name} "
                f"BEGIN SELECT RAISE(ABORT, '{name} is append-only'); END"
            )
        for name in refused:
            op.execute(
                f"CREATE TRIGGER {name}_no_delete BEFORE DELETE ON {name} "
                f"BEGIN SELECT RAISE(ABORT, '{name} is append-only'); END"
            )
        for name in kept:
            op.execute(
                f"CREATE TRIGGER {name}_no_delete BEFORE DELETE ON {name} WHEN NOT EXISTS "  # noqa: S608  no value
                "(SELECT 1 FROM hand_in_erasures WHERE hand_in_id = OLD.hand_in_id) "
                f"BEGIN SELECT RAISE(ABORT, '{name} is append-only'); END"
            )
        return
    op.get_bind().exec_driver_sql(
        "CREATE OR REPLACE FUNCTION refuse_unless_erased() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN IF TG_OP = 'DELETE' AND EXISTS (SELECT 1 FROM hand_in_erasures "
        "WHERE hand_in_id = OLD.hand_in_id) THEN RETURN OLD; END IF; "
        "RAISE EXCEPTION '%% is append-only', TG_TABLE_NAME; END $$"
    )
    for name in refused:
        op.execute(
            f"CREATE TRIGGER {name}_append_only BEFORE UPDATE OR DELETE ON {name} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
    for name in kept:
        op.execute(
            f"CREATE TRIGGER {name}_append_only BEFORE UPDATE OR DELETE ON {name} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_unless_erased()"
        )
