"""course feedback

A table of its own, and five columns of counts that begin at nought: nobody has rated anything yet. They come with a
default, so that no row is written.

Revision ID: 0018
Revises: 0017
Create Date: 2026-11-26 21:40:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "course_feedback",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("enrolment_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("rating", sa.Integer(), nullable=True),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "rating IS NULL OR (rating >= 1 AND rating <= 5)", name=op.f("ck_course_feedback_rating")
        ),
        sa.ForeignKeyConstraint(["course_id"], ["courses.id"], name=op.f("fk_course_feedback_course_id")),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["enrolments.id"], name=op.f("fk_course_feedback_enrolment_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_course_feedback_person_id")),
        sa.ForeignKeyConstraint(
            ["version_id"], ["course_versions.id"], name=op.f("fk_course_feedback_version_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_course_feedback")),
        sa.UniqueConstraint("enrolment_id", name=op.f("uq_course_feedback_enrolment_id")),
    )
    for name, columns in (
        ("ix_course_feedback_course", ["course_id", "id"]),
        ("ix_course_feedback_rating", ["course_id", "rating", "id"]),
        ("ix_course_feedback_person_id", ["person_id"]),
        ("ix_course_feedback_version_id", ["version_id"]),
    ):
        op.create_index(name, "course_feedback", columns, unique=False)
    for number in range(1, 6):
        op.add_column(
            "learning_counts",
            sa.Column(f"rated_{number}", sa.BigInteger(), server_default="0", nullable=False),
        )
