"""trees of requirements

What was practised and what a trainer gave by hand, in tables of their own; and whom a certification lets hold it. Rules
are JSON and read as they stand: one without the new fields is one that has no renewal path, no due days, no audience.

Revision ID: 0035
Revises: 0034
Create Date: 2026-11-27 15:40:00
"""

import sqlalchemy as sa
from alembic import op

from lms.kernel.migrating import build_index

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

APPEND_ONLY = ("certification_practice", "certification_practice_verdicts", "certification_given")
AUDIENCE = "fk_certifications_audience_id"


def upgrade() -> None:
    dialect = op.get_context().dialect
    unless = "IF NOT EXISTS " if dialect.name == "postgresql" else ""
    # In words, since SQLite would otherwise have the whole table copied for the sake of the reference.
    op.execute(
        f"ALTER TABLE certifications ADD COLUMN {unless}audience_id {sa.Uuid().compile(dialect=dialect)}"
        f" CONSTRAINT {AUDIENCE} REFERENCES audiences (id)"
    )
    build_index(op.f("ix_certifications_audience_id"), "certifications", ["audience_id"])
    _deeds(
        "certification_practice",
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=False),
        sa.Column("logged_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("logged_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("minutes > 0", name=op.f("ck_certification_practice_lasts")),
        sa.ForeignKeyConstraint(
            ["logged_by"], ["people.id"], name=op.f("fk_certification_practice_logged_by")
        ),
    )
    _deeds(
        "certification_given",
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["by"], ["people.id"], name=op.f("fk_certification_given_by")),
    )
    op.create_table(
        "certification_practice_verdicts",
        sa.Column("practice_id", sa.Uuid(), nullable=False),
        sa.Column("is_approved", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["practice_id"],
            ["certification_practice.id"],
            name=op.f("fk_certification_practice_verdicts_practice_id"),
        ),
        sa.ForeignKeyConstraint(["by"], ["people.id"], name=op.f("fk_certification_practice_verdicts_by")),
        sa.PrimaryKeyConstraint("practice_id", name=op.f("pk_certification_practice_verdicts")),
    )
    op.create_table(
        "certification_deed_words",
        sa.Column("deed_id", sa.Uuid(), nullable=False),
        sa.Column(
            "said",
            sa.Enum("evidence", "verdict", name="said", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_certification_deed_words_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["file_id"], ["stored_files.id"], name=op.f("fk_certification_deed_words_file_id")
        ),
        sa.PrimaryKeyConstraint("deed_id", "said", name=op.f("pk_certification_deed_words")),
    )
    op.create_index(op.f("ix_certification_deed_words_person_id"), "certification_deed_words", ["person_id"])
    op.create_index(op.f("ix_certification_deed_words_file_id"), "certification_deed_words", ["file_id"])
    for table in APPEND_ONLY:
        if dialect.name == "postgresql":
            op.execute(
                f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
                "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
            )
        else:
            for act in ("UPDATE", "DELETE"):
                op.execute(
                    f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} "
                    f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
                )


def _deeds(table: str, *more: sa.schema.SchemaItem) -> None:
    op.create_table(
        table,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("certification_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Uuid(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        *more,
        sa.ForeignKeyConstraint(
            ["certification_id"], ["certifications.id"], name=op.f(f"fk_{table}_certification_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f(f"fk_{table}_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )
    op.create_index(f"ix_{table}_person", table, ["person_id", "key"])


def downgrade() -> None:
    for table in ("certification_deed_words", *APPEND_ONLY[1:], APPEND_ONLY[0]):
        op.drop_table(table)
    op.drop_index(op.f("ix_certifications_audience_id"), "certifications")
    with op.batch_alter_table("certifications") as certifications:
        certifications.drop_constraint(AUDIENCE, type_="foreignkey")
        certifications.drop_column("audience_id")
