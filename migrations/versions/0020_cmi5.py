"""cmi5

Four tables of their own, empty at first: registrations, what is recorded of their units, what was satisfied, and
launches. Nothing that is there is touched.

Revision ID: 0020
Revises: 0019
Create Date: 2026-11-26 22:40:00
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
SCORE = sa.Numeric(20, 7)


def upgrade() -> None:
    op.create_table(
        "cmi5_registrations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("enrolment_id", sa.Uuid(), nullable=True),
        sa.Column("activity_id", sa.Uuid(), nullable=False),
        sa.Column("revision_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["activity_id"], ["course_activities.id"], name=op.f("fk_cmi5_registrations_activity_id")
        ),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["enrolments.id"], name=op.f("fk_cmi5_registrations_enrolment_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_cmi5_registrations_person_id")),
        sa.ForeignKeyConstraint(
            ["revision_id"], ["package_revisions.id"], name=op.f("fk_cmi5_registrations_revision_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cmi5_registrations")),
        sa.UniqueConstraint(
            "enrolment_id", "activity_id", name=op.f("uq_cmi5_registrations_enrolment_id_activity_id")
        ),
    )
    op.create_index("ix_cmi5_registrations_person", "cmi5_registrations", ["person_id"], unique=False)
    op.create_index(
        "uq_cmi5_registrations_preview",
        "cmi5_registrations",
        ["activity_id", "person_id"],
        unique=True,
        sqlite_where=sa.text("enrolment_id IS NULL"),
        postgresql_where=sa.text("enrolment_id IS NULL"),
    )
    op.create_table(
        "cmi5_units",
        sa.Column("registration_id", sa.Uuid(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("completed_at", INSTANT, nullable=True),
        sa.Column("passed_at", INSTANT, nullable=True),
        sa.Column("failed_at", INSTANT, nullable=True),
        sa.Column("waived_at", INSTANT, nullable=True),
        sa.Column("score", SCORE, nullable=True),
        sa.ForeignKeyConstraint(
            ["registration_id"], ["cmi5_registrations.id"], name=op.f("fk_cmi5_units_registration_id")
        ),
        sa.PrimaryKeyConstraint("registration_id", "unit", name=op.f("pk_cmi5_units")),
    )
    op.create_table(
        "cmi5_satisfied",
        sa.Column("registration_id", sa.Uuid(), nullable=False),
        sa.Column("node", sa.Text(), nullable=False),
        sa.Column("satisfied_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["registration_id"], ["cmi5_registrations.id"], name=op.f("fk_cmi5_satisfied_registration_id")
        ),
        sa.PrimaryKeyConstraint("registration_id", "node", name=op.f("pk_cmi5_satisfied")),
    )
    op.create_table(
        "cmi5_sessions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("registration_id", sa.Uuid(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("activity_iri", sa.Text(), nullable=False),
        sa.Column("home_page", sa.Text(), nullable=False),
        sa.Column(
            "mode",
            sa.Enum("Normal", "Browse", "Review", name="launchmode", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("mastery_score", SCORE, nullable=True),
        sa.Column("token_hash", sa.LargeBinary(), nullable=True),
        sa.Column("opened_at", INSTANT, nullable=False),
        *(
            sa.Column(f"{name}_at", INSTANT, nullable=True)
            for name in ("launch_data", "preferences", "initialized", "last", "terminated", "abandoned")
        ),
        sa.Column("said", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(
            ["registration_id"], ["cmi5_registrations.id"], name=op.f("fk_cmi5_sessions_registration_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cmi5_sessions")),
    )
    op.create_index("ix_cmi5_sessions_registration", "cmi5_sessions", ["registration_id", "id"], unique=False)
