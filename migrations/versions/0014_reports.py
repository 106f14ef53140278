"""reports

What reports count, told once from the rows that are there; a column of `activity_states` that may be empty, filled
by one statement from what is known best; and indexes of open enrolments and completions by their days.

Revision ID: 0014
Revises: 0013
Create Date: 2026-11-26 18:30:00.000000
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

TENTHS = tuple(f"tenth_{number}" for number in range(10))
MEASURES = ("enrolled", "begun", "half", "completed", "withdrawn", "seconds", "passed", "failed", *TENTHS)


def upgrade() -> None:
    op.create_table(
        "learning_counts",
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("place_id", sa.Uuid(), nullable=False),
        *[sa.Column(name, sa.BigInteger(), nullable=False) for name in MEASURES],
        sa.PrimaryKeyConstraint("subject_id", "place_id", name=op.f("pk_learning_counts")),
        sqlite_with_rowid=False,
    )
    op.add_column("activity_states", sa.Column("took_seconds", sa.Integer(), nullable=True))
    op.execute(sa.text("UPDATE activity_states SET took_seconds = seconds WHERE completed_at IS NOT NULL"))
    for name, column in (
        ("ix_enrolments_person_due", "person_id"),
        ("ix_enrolments_course_due", "course_id"),
    ):
        op.create_index(
            name,
            "enrolments",
            [column, "due_on"],
            unique=False,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )
    op.create_index(
        "ix_course_completions_when", "course_completions", ["person_id", "completed_at"], unique=False
    )
    op.create_index(
        "ix_course_completions_completed_at", "course_completions", ["completed_at"], unique=False
    )
    count()


def count() -> None:
    """Count what is there: as rules and queries of learning did when this was written."""
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    nobody = "'" + "0" * 32 + "'" if is_sqlite else "'00000000-0000-0000-0000-000000000000'::uuid"
    funnel = {
        "enrolled": "count(*)",
        "begun": "count(e.started_at)",
        "half": (
            "sum(CASE WHEN e.completed_at IS NOT NULL OR (v.required_count > 0 "
            "AND 2 * e.done_count >= v.required_count) THEN 1 ELSE 0 END)"
        ),
        "completed": "count(e.completed_at)",
        "withdrawn": "sum(CASE WHEN e.ended_at IS NOT NULL AND e.completed_at IS NULL THEN 1 ELSE 0 END)",
    }
    yes, no = ("1", "0") if is_sqlite else ("true", "false")
    deeds = {
        "begun": "count(*)",
        "completed": "count(s.completed_at)",
        "seconds": "coalesce(sum(s.took_seconds), 0)",
        "passed": f"sum(CASE WHEN s.passed = {yes} THEN 1 ELSE 0 END)",
        "failed": f"sum(CASE WHEN s.passed = {no} THEN 1 ELSE 0 END)",
    }
    for number, name in enumerate(TENTHS):
        below = f" AND s.score < 0.{number + 1}" if number < len(TENTHS) - 1 else ""
        deeds[name] = f"sum(CASE WHEN s.score >= 0.{number}{below} THEN 1 ELSE 0 END)"
    enrolments = "enrolments e JOIN course_versions v ON v.id = e.version_id"
    states = (
        "activity_states s JOIN enrolments e ON e.id = s.enrolment_id "
        "JOIN course_activities a ON a.id = s.activity_id AND a.version_id = e.version_id"
    )
    work = " JOIN employments w ON w.person_id = e.person_id AND w.ended_at IS NULL"
    for subject, place, source, measures, groups in (
        ("e.version_id", "w.organisation_id", enrolments + work, funnel, "e.version_id, w.organisation_id"),
        ("e.version_id", nobody, enrolments, funnel, "e.version_id"),
        (nobody, "w.organisation_id", enrolments + work, funnel, "w.organisation_id"),
        (nobody, nobody, enrolments, funnel, ""),
        ("s.activity_id", "w.organisation_id", states + work, deeds, "s.activity_id, w.organisation_id"),
        ("s.activity_id", nobody, states, deeds, "s.activity_id"),
    ):
        sums = ", ".join(measures.get(name, "0") for name in MEASURES)
        ending = f"GROUP BY {groups}" if groups else "HAVING count(*) > 0"
        # Names of our own tables and literals of our own.
        op.execute(
            sa.text(
                f"INSERT INTO learning_counts (subject_id, place_id, {', '.join(MEASURES)}) "  # noqa: S608
                f"SELECT {subject}, {place}, {sums} FROM {source} {ending}"
            )
        )
