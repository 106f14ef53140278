"""scorm 2004

Three tables of their own, empty at first: where a learner stands in a package, what packages of one enrolment know together,
and the attempts that are over. Nothing that is there is touched.

Revision ID: 0022
Revises: 0021
Create Date: 2026-11-27 01:30:00
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "scorm2004_states",
        sa.Column("enrolment_id", sa.Uuid(), nullable=False),
        sa.Column("activity_id", sa.Uuid(), nullable=False),
        sa.Column("state", JSON, nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("changed_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["activity_id"], ["course_activities.id"], name=op.f("fk_scorm2004_states_activity_id")
        ),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["enrolments.id"], name=op.f("fk_scorm2004_states_enrolment_id")
        ),
        sa.PrimaryKeyConstraint("enrolment_id", "activity_id", name=op.f("pk_scorm2004_states")),
    )
    op.create_table(
        "scorm2004_shared",
        sa.Column("enrolment_id", sa.Uuid(), nullable=False),
        sa.Column("objectives", JSON, nullable=False),
        sa.Column("stores", JSON, nullable=False),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["enrolments.id"], name=op.f("fk_scorm2004_shared_enrolment_id")
        ),
        sa.PrimaryKeyConstraint("enrolment_id", name=op.f("pk_scorm2004_shared")),
    )
    op.create_table(
        "scorm2004_attempts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("enrolment_id", sa.Uuid(), nullable=False),
        sa.Column("activity_id", sa.Uuid(), nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("elements", JSON, nullable=False),
        sa.Column("total_seconds", sa.Numeric(20, 7), nullable=False),
        sa.Column("ended_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["activity_id"], ["course_activities.id"], name=op.f("fk_scorm2004_attempts_activity_id")
        ),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["enrolments.id"], name=op.f("fk_scorm2004_attempts_enrolment_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scorm2004_attempts")),
        sa.UniqueConstraint(
            "enrolment_id",
            "activity_id",
            "item",
            "number",
            name=op.f("uq_scorm2004_attempts_enrolment_id_activity_id_item_number"),
        ),
    )
