"""sessions

Live sessions: dates, their days and trainers, bookings; and calendar files that letters bring. Only new tables, and
a column of `mails` that may be empty: nothing is rewritten and no trigger is touched.

Revision ID: 0006
Revises: 0005
Create Date: 2026-11-26 15:30:00.000000
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "live_sessions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.Column("activity_key", sa.Uuid(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column(
            "state",
            sa.Enum("scheduled", "held", "cancelled", name="sessionstate", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("time_zone", sa.Text(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("link", sa.Text(), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=True),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("book_closes_hours", sa.Integer(), nullable=False),
        sa.Column("cancel_closes_hours", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancel_reason", sa.Text(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_live_sessions_lasts")),
        sa.CheckConstraint("seats IS NULL OR seats > 0", name=op.f("ck_live_sessions_seats")),
        sa.ForeignKeyConstraint(["closed_by"], ["people.id"], name=op.f("fk_live_sessions_closed_by")),
        sa.ForeignKeyConstraint(["course_id"], ["courses.id"], name=op.f("fk_live_sessions_course_id")),
        sa.ForeignKeyConstraint(["created_by"], ["people.id"], name=op.f("fk_live_sessions_created_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_live_sessions")),
    )
    op.create_index(
        "ix_live_sessions_activity", "live_sessions", ["activity_key", "starts_at", "id"], unique=False
    )
    op.create_index(op.f("ix_live_sessions_course_id"), "live_sessions", ["course_id"], unique=False)
    op.create_index("ix_live_sessions_starts", "live_sessions", ["starts_at", "id"], unique=False)
    op.create_table(
        "live_session_days",
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_live_session_days_lasts")),
        sa.ForeignKeyConstraint(
            ["session_id"], ["live_sessions.id"], name=op.f("fk_live_session_days_session_id")
        ),
        sa.PrimaryKeyConstraint("session_id", "number", name=op.f("pk_live_session_days")),
    )
    op.create_table(
        "live_session_trainers",
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_live_session_trainers_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["live_sessions.id"], name=op.f("fk_live_session_trainers_session_id")
        ),
        sa.PrimaryKeyConstraint("session_id", "person_id", name=op.f("pk_live_session_trainers")),
    )
    op.create_index(
        op.f("ix_live_session_trainers_person_id"), "live_session_trainers", ["person_id"], unique=False
    )
    op.create_table(
        "session_bookings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("activity_key", sa.Uuid(), nullable=False),
        sa.Column("activity_id", sa.Uuid(), nullable=False),
        sa.Column("enrolment_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column(
            "state",
            sa.Enum("confirmed", "waiting", "cancelled", name="bookingstate", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("booked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "ended_why",
            sa.Enum(
                "by_person",
                "by_trainer",
                "session_cancelled",
                "left_course",
                "over",
                name="bookingend",
                native_enum=False,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("remind_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "mark",
            sa.Enum("present", "partly", "absent", "excused", name="mark", native_enum=False, length=40),
            nullable=True,
        ),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("marked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("marked_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["activity_id"], ["course_activities.id"], name=op.f("fk_session_bookings_activity_id")
        ),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["enrolments.id"], name=op.f("fk_session_bookings_enrolment_id")
        ),
        sa.ForeignKeyConstraint(["marked_by"], ["people.id"], name=op.f("fk_session_bookings_marked_by")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_session_bookings_person_id")),
        sa.ForeignKeyConstraint(
            ["session_id"], ["live_sessions.id"], name=op.f("fk_session_bookings_session_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_session_bookings")),
    )
    op.create_index("ix_session_bookings_enrolment", "session_bookings", ["enrolment_id"], unique=False)
    op.create_index("ix_session_bookings_person", "session_bookings", ["person_id", "id"], unique=False)
    op.create_index(
        "ix_session_bookings_remind",
        "session_bookings",
        ["remind_at"],
        unique=False,
        sqlite_where=sa.text("remind_at IS NOT NULL"),
        postgresql_where=sa.text("remind_at IS NOT NULL"),
    )
    op.create_index(
        "ix_session_bookings_session", "session_bookings", ["session_id", "state", "id"], unique=False
    )
    op.create_index(
        "uq_session_bookings_open",
        "session_bookings",
        ["person_id", "activity_key"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.add_column(
        "mails",
        sa.Column("calendar", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=True),
    )
