"""reminders

How people want to be told, what waits for letters, and reminders of what is due. New tables; columns that may be empty
or have a default; indexes of open enrolments alone, of which those for reminders begin nearly empty.

Revision ID: 0015
Revises: 0014
Create Date: 2026-11-26 18:30:00.000000
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from lms.kernel.migrating import build_index

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
OPEN = "ended_at IS NULL"
DELIVERIES = ("portal", "at_once", "daily", "weekly")


def upgrade() -> None:
    # First, for building these indexes beside their use commits what came before; it does no harm a second time.
    once_more = op.get_context().dialect.name == "postgresql" or None
    op.add_column("enrolments", sa.Column("planned_for", sa.Date(), nullable=True), if_not_exists=once_more)
    op.add_column("enrolments", sa.Column("remind_on", sa.Date(), nullable=True), if_not_exists=once_more)
    for name, columns, where, of_sqlite in (
        ("due", ["due_on", "id"], "due_on IS NOT NULL", "due_on IS NOT NULL"),
        ("unplanned", ["id"], "planned_for IS DISTINCT FROM due_on", "planned_for IS NOT due_on"),
        ("remind", ["remind_on", "id"], "remind_on IS NOT NULL", "remind_on IS NOT NULL"),
    ):
        build_index(
            f"ix_enrolments_{name}",
            "enrolments",
            columns,
            where=f"{OPEN} AND {where}",
            of_sqlite=f"{OPEN} AND {of_sqlite}",
        )
    op.add_column("mails", sa.Column("stop_url", sa.Text(), server_default="", nullable=False))
    op.create_table(
        "notice_choices",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("deliveries", JSON, nullable=False),
        sa.Column("digest_minute", sa.Integer(), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("quiet_from", sa.Integer(), nullable=True),
        sa.Column("quiet_until", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_notice_choices_person_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_notice_choices")),
    )
    op.create_table(
        "letter_rounds",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_letter_rounds_person_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_letter_rounds")),
    )
    op.create_index(
        "ix_letter_rounds_next",
        "letter_rounds",
        ["next_at"],
        unique=False,
        sqlite_where=sa.text("next_at IS NOT NULL"),
        postgresql_where=sa.text("next_at IS NOT NULL"),
    )
    op.create_table(
        "waiting_notices",
        sa.Column("notice_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column(
            "delivery", sa.Enum(*DELIVERIES, name="delivery", native_enum=False, length=40), nullable=False
        ),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("about_id", sa.Uuid(), nullable=True),
        sa.Column("calendar", JSON, nullable=True),
        sa.ForeignKeyConstraint(["notice_id"], ["notices.id"], name=op.f("fk_waiting_notices_notice_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_waiting_notices_person_id")),
        sa.PrimaryKeyConstraint("notice_id", name=op.f("pk_waiting_notices")),
    )
    op.create_index("ix_waiting_notices_person", "waiting_notices", ["person_id", "due_at"], unique=False)
    op.create_table(
        "enrolment_reminders",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("enrolment_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("told_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["enrolments.id"], name=op.f("fk_enrolment_reminders_enrolment_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_enrolment_reminders_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enrolment_reminders")),
        sa.UniqueConstraint(
            "enrolment_id", "due_on", "step", name=op.f("uq_enrolment_reminders_enrolment_id_due_on_step")
        ),
    )
    op.create_index(
        op.f("ix_enrolment_reminders_person_id"), "enrolment_reminders", ["person_id"], unique=False
    )
    op.create_index(
        "ix_enrolment_reminders_told", "enrolment_reminders", ["told_on", "person_id"], unique=False
    )
    op.create_table(
        "team_reminders",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("told_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_team_reminders_person_id")),
        sa.PrimaryKeyConstraint("person_id", "told_on", name=op.f("pk_team_reminders")),
    )
