"""acts on people

What the pages of acts on many people need: how their people were chosen, what came of each so far, and which line of
a list repeats which. Places of courses, and who waits for one. New columns may be empty or have a default, so nothing
is rewritten.

Revision ID: 0012
Revises: 0011
Create Date: 2026-11-26 18:20:00.000000
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

SOURCES = ("self", "partner_admin", "trainer", "audience", "renewal")
ENDS = ("placed", "by_person", "by_others", "left_audience", "left_for_good")
WAYS = ("audience", "file", "pasted", "ticked", "matching")


def upgrade() -> None:
    op.add_column(
        "enrolment_acts",
        sa.Column(
            "way",
            sa.Enum(*WAYS, name="actway", native_enum=False, length=40),
            server_default="audience",
            nullable=False,
        ),
    )
    op.add_column(
        "enrolment_acts",
        sa.Column(
            "counts",
            sa.JSON().with_variant(postgresql.JSONB(), "postgresql"),
            server_default="{}",
            nullable=False,
        ),
    )
    op.add_column("enrolment_acts", sa.Column("employer_id", sa.Uuid(), nullable=True))
    op.add_column("enrolment_acts", sa.Column("begun_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "ix_enrolment_acts_looked_at",
        "enrolment_acts",
        ["asked_at"],
        unique=False,
        sqlite_where=sa.text("state = 'looked_at'"),
        postgresql_where=sa.text("state = 'looked_at'"),
    )
    op.add_column("enrolment_act_lines", sa.Column("same_as", sa.Integer(), nullable=True))
    op.create_index(
        "ix_enrolment_act_lines_outcome",
        "enrolment_act_lines",
        ["act_id", "outcome", "number"],
        unique=False,
    )
    op.create_index(
        "ix_enrolment_act_lines_given",
        "enrolment_act_lines",
        ["given"],
        unique=False,
        sqlite_where=sa.text("given <> ''"),
        postgresql_where=sa.text("given <> ''"),
    )
    op.add_column("courses", sa.Column("places", sa.Integer(), nullable=True))
    op.create_table(
        "course_waits",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column(
            "source",
            sa.Enum(*SOURCES, name="enrolmentsource", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("due_days", sa.Integer(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_why", sa.Enum(*ENDS, name="waitend", native_enum=False, length=40), nullable=True),
        sa.ForeignKeyConstraint(["asked_by"], ["people.id"], name=op.f("fk_course_waits_asked_by")),
        sa.ForeignKeyConstraint(["course_id"], ["courses.id"], name=op.f("fk_course_waits_course_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_course_waits_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_course_waits")),
    )
    op.create_index(
        "uq_course_waits_open",
        "course_waits",
        ["person_id", "course_id"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_index(
        "ix_course_waits_course",
        "course_waits",
        ["course_id", "id"],
        unique=False,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_index("ix_course_waits_person", "course_waits", ["person_id", "id"], unique=False)
