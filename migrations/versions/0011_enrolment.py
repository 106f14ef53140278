"""enrolment

Audiences of courses, what was done to enrolments, and acts on many people. New tables, and columns of `courses` that
may be empty or have a default: nothing is rewritten and no trigger is touched.

Revision ID: 0011
Revises: 0010
Create Date: 2026-11-26 16:30:00.000000
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

ENDINGS = ("by_person", "by_others", "left_audience", "left_for_good")
SOURCES = ("self", "partner_admin", "trainer", "audience", "renewal")
OUTCOMES = (
    "enrolled",
    "extended",
    "withdrawn",
    "already",
    "completed",
    "not_enrolled",
    "not_seen",
    "beyond_reach",
    "repeated",
    "cancelled",
)


def words(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, length=40)


def upgrade() -> None:
    op.add_column("courses", sa.Column("due_on", sa.Date(), nullable=True))
    op.add_column("courses", sa.Column("due_days", sa.Integer(), nullable=True))
    op.add_column(
        "courses", sa.Column("withdraws_leavers", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
    op.create_table(
        "course_audiences",
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.Column("use", words("audienceuse", "sees", "enrolled"), nullable=False),
        sa.Column("audience_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["audience_id"], ["audiences.id"], name=op.f("fk_course_audiences_audience_id")
        ),
        sa.ForeignKeyConstraint(["course_id"], ["courses.id"], name=op.f("fk_course_audiences_course_id")),
        sa.PrimaryKeyConstraint("course_id", "use", "audience_id", name=op.f("pk_course_audiences")),
    )
    op.create_index("ix_course_audiences_audience", "course_audiences", ["audience_id", "use"], unique=False)
    op.create_table(
        "enrolment_changes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("enrolment_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("kind", words("enrolmentchange", "due_moved", "withdrawn"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("due_before", sa.Date(), nullable=True),
        sa.Column("due_after", sa.Date(), nullable=True),
        sa.Column("ending", words("ending", *ENDINGS), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["enrolments.id"], name=op.f("fk_enrolment_changes_enrolment_id")
        ),
        sa.ForeignKeyConstraint(["made_by"], ["people.id"], name=op.f("fk_enrolment_changes_made_by")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_enrolment_changes_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enrolment_changes")),
    )
    op.create_index(
        "ix_enrolment_changes_enrolment", "enrolment_changes", ["enrolment_id", "id"], unique=False
    )
    op.create_index(op.f("ix_enrolment_changes_person_id"), "enrolment_changes", ["person_id"], unique=False)
    op.create_table(
        "enrolment_acts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.Column("kind", words("actkind", "enrol", "extend", "withdraw"), nullable=False),
        sa.Column("state", words("actstate", "looked_at", "running", "done", "cancelled"), nullable=False),
        sa.Column("source", words("enrolmentsource", *SOURCES), nullable=False),
        sa.Column("whom", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("due_days", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["asked_by"], ["people.id"], name=op.f("fk_enrolment_acts_asked_by")),
        sa.ForeignKeyConstraint(["course_id"], ["courses.id"], name=op.f("fk_enrolment_acts_course_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enrolment_acts")),
    )
    op.create_index("ix_enrolment_acts_course", "enrolment_acts", ["course_id", "id"], unique=False)
    op.create_index("ix_enrolment_acts_asked_by", "enrolment_acts", ["asked_by", "id"], unique=False)
    op.create_index(
        "ix_enrolment_acts_running",
        "enrolment_acts",
        ["id"],
        unique=False,
        sqlite_where=sa.text("state = 'running'"),
        postgresql_where=sa.text("state = 'running'"),
    )
    op.create_table(
        "enrolment_act_lines",
        sa.Column("act_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("given", sa.Text(), nullable=False),
        sa.Column("outcome", words("outcome", *OUTCOMES), nullable=True),
        sa.ForeignKeyConstraint(
            ["act_id"], ["enrolment_acts.id"], name=op.f("fk_enrolment_act_lines_act_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_enrolment_act_lines_person_id")),
        sa.PrimaryKeyConstraint("act_id", "number", name=op.f("pk_enrolment_act_lines")),
    )
    op.create_index(
        op.f("ix_enrolment_act_lines_person_id"), "enrolment_act_lines", ["person_id"], unique=False
    )
    op.create_index(
        "ix_enrolment_act_lines_waiting",
        "enrolment_act_lines",
        ["act_id", "number"],
        unique=False,
        sqlite_where=sa.text("outcome IS NULL"),
        postgresql_where=sa.text("outcome IS NULL"),
    )
