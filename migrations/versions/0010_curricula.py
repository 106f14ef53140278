"""curricula

Curricula: drafts, versions that never change, who follows which, completions, and which course counts for which. Only
new tables: nothing is rewritten and no trigger is touched.

Revision ID: 0010
Revises: 0009
Create Date: 2026-11-26 16:30:00.000000
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

JSON_VALUE = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
NEVER_CHANGED = ("curriculum_versions", "curriculum_version_courses", "curriculum_completions")


def upgrade() -> None:
    op.create_table(
        "curricula",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("brand_id", sa.Uuid(), nullable=True),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("is_strict", sa.Boolean(), nullable=False),
        sa.Column("published_id", sa.Uuid(), nullable=True),
        sa.Column("draft", JSON_VALUE, nullable=False),
        sa.Column("has_draft", sa.Boolean(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["brand_id"], ["brands.id"], name=op.f("fk_curricula_brand_id")),
        sa.ForeignKeyConstraint(["created_by"], ["people.id"], name=op.f("fk_curricula_created_by")),
        sa.ForeignKeyConstraint(
            ["published_id"],
            ["curriculum_versions.id"],
            name=op.f("fk_curricula_published_id"),
            use_alter=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_curricula")),
        sa.UniqueConstraint("slug", name=op.f("uq_curricula_slug")),
    )
    op.create_index(op.f("ix_curricula_brand_id"), "curricula", ["brand_id"], unique=False)
    op.create_index("ix_curricula_changed", "curricula", ["changed_at", "id"], unique=False)
    op.create_index(op.f("ix_curricula_published_id"), "curricula", ["published_id"], unique=False)
    op.create_index("ix_curricula_title", "curricula", ["title", "id"], unique=False)
    op.create_table(
        "course_equivalences",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.Column("counts_for_id", sa.Uuid(), nullable=False),
        sa.Column("is_mutual", sa.Boolean(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=True),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("course_id <> counts_for_id", name=op.f("ck_course_equivalences_differ")),
        sa.CheckConstraint(
            "until_on IS NULL OR from_on IS NULL OR until_on >= from_on",
            name=op.f("ck_course_equivalences_lasts"),
        ),
        sa.ForeignKeyConstraint(
            ["counts_for_id"], ["courses.id"], name=op.f("fk_course_equivalences_counts_for_id")
        ),
        sa.ForeignKeyConstraint(["course_id"], ["courses.id"], name=op.f("fk_course_equivalences_course_id")),
        sa.ForeignKeyConstraint(
            ["created_by"], ["people.id"], name=op.f("fk_course_equivalences_created_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_course_equivalences")),
    )
    op.create_index(
        "ix_course_equivalences_counts_for", "course_equivalences", ["counts_for_id"], unique=False
    )
    op.create_index("ix_course_equivalences_course", "course_equivalences", ["course_id"], unique=False)
    op.create_table(
        "curriculum_draft_courses",
        sa.Column("curriculum_id", sa.Uuid(), nullable=False),
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["course_id"], ["courses.id"], name=op.f("fk_curriculum_draft_courses_course_id")
        ),
        sa.ForeignKeyConstraint(
            ["curriculum_id"], ["curricula.id"], name=op.f("fk_curriculum_draft_courses_curriculum_id")
        ),
        sa.PrimaryKeyConstraint("curriculum_id", "course_id", name=op.f("pk_curriculum_draft_courses")),
    )
    op.create_index(
        op.f("ix_curriculum_draft_courses_course_id"), "curriculum_draft_courses", ["course_id"], unique=False
    )
    op.create_table(
        "curriculum_versions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("curriculum_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("stages", JSON_VALUE, nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["curriculum_id"], ["curricula.id"], name=op.f("fk_curriculum_versions_curriculum_id")
        ),
        sa.ForeignKeyConstraint(
            ["published_by"], ["people.id"], name=op.f("fk_curriculum_versions_published_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_curriculum_versions")),
        sa.UniqueConstraint(
            "curriculum_id", "number", name=op.f("uq_curriculum_versions_curriculum_id_number")
        ),
    )
    op.create_table(
        "curriculum_completions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("curriculum_id", sa.Uuid(), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("evidence", JSON_VALUE, nullable=False),
        sa.ForeignKeyConstraint(
            ["curriculum_id"], ["curricula.id"], name=op.f("fk_curriculum_completions_curriculum_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_curriculum_completions_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["version_id"], ["curriculum_versions.id"], name=op.f("fk_curriculum_completions_version_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_curriculum_completions")),
        sa.UniqueConstraint(
            "person_id", "curriculum_id", name=op.f("uq_curriculum_completions_person_id_curriculum_id")
        ),
    )
    op.create_index(
        op.f("ix_curriculum_completions_curriculum_id"),
        "curriculum_completions",
        ["curriculum_id"],
        unique=False,
    )
    op.create_table(
        "curriculum_followings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("curriculum_id", sa.Uuid(), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["curriculum_id"], ["curricula.id"], name=op.f("fk_curriculum_followings_curriculum_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_curriculum_followings_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["version_id"], ["curriculum_versions.id"], name=op.f("fk_curriculum_followings_version_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_curriculum_followings")),
    )
    op.create_index(
        "ix_curriculum_followings_curriculum", "curriculum_followings", ["curriculum_id", "id"], unique=False
    )
    op.create_index(
        op.f("ix_curriculum_followings_version_id"), "curriculum_followings", ["version_id"], unique=False
    )
    op.create_index(
        "uq_curriculum_followings_person",
        "curriculum_followings",
        ["person_id", "curriculum_id"],
        unique=True,
        sqlite_where=sa.text("left_at IS NULL"),
        postgresql_where=sa.text("left_at IS NULL"),
    )
    op.create_table(
        "curriculum_version_courses",
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["course_id"], ["courses.id"], name=op.f("fk_curriculum_version_courses_course_id")
        ),
        sa.ForeignKeyConstraint(
            ["version_id"], ["curriculum_versions.id"], name=op.f("fk_curriculum_version_courses_version_id")
        ),
        sa.PrimaryKeyConstraint("version_id", "course_id", name=op.f("pk_curriculum_version_courses")),
    )
    op.create_index(
        op.f("ix_curriculum_version_courses_course_id"),
        "curriculum_version_courses",
        ["course_id"],
        unique=False,
    )

    if op.get_bind().dialect.name == "postgresql":
        op.create_foreign_key(
            "fk_curricula_published_id", "curricula", "curriculum_versions", ["published_id"], ["id"]
        )
    for table in NEVER_CHANGED:
        if op.get_bind().dialect.name == "postgresql":
            op.execute(
                f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
                "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
            )
        else:
            for act in ("update", "delete"):
                op.execute(
                    f"CREATE TRIGGER {table}_no_{act} BEFORE {act.upper()} ON {table} "
                    f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
                )
