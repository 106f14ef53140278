"""accounts joined

Two accounts of one person become one. New tables; and the guards of what was given to people let it go over to the
account that is kept, once it is on record that both were joined, and let nothing else of it change as before.
Items that were given by hand can be taken back.

Revision ID: 0037
Revises: 0036
Create Date: 2026-11-27 20:00:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

HANDED_OVER = (
    "EXISTS (SELECT 1 FROM account_merges WHERE merged_id = OLD.person_id AND kept_id = NEW.person_id)"
)
COLUMNS = {
    "certificates": (
        "id",
        "code",
        "certification_id",
        "cycle_id",
        "rule_version",
        "predecessor_id",
        "employer_id",
        "title",
        "glyph",
        "maker",
        "brand_name",
        "evidence",
        "issued_at",
        "issued_on",
        "valid_through",
        "renewal_opens_at",
        "expires_at",
        "counts_until",
    ),
    "certification_practice": (
        "id",
        "certification_id",
        "key",
        "title",
        "minutes",
        "done_on",
        "logged_at",
        "logged_by",
    ),
    "certification_given": (
        "id",
        "certification_id",
        "key",
        "title",
        "at",
        "by",
    ),
    "course_completions": (
        "id",
        "enrolment_id",
        "course_id",
        "version_id",
        "completed_at",
        "evidence",
    ),
    "curriculum_completions": (
        "id",
        "curriculum_id",
        "version_id",
        "completed_at",
        "evidence",
    ),
    "hand_ins": (
        "id",
        "enrolment_id",
        "activity_id",
        "activity_key",
        "course_id",
        "number",
        "draft_revision",
        "handed_in_at",
        "is_late",
    ),
}
"""What stays as it was entered, by table: every column but whose it is."""


def upgrade() -> None:
    dialect = op.get_context().dialect.name
    op.create_table(
        "account_merges",
        sa.Column("merged_id", sa.Uuid(), nullable=False),
        sa.Column("kept_id", sa.Uuid(), nullable=False),
        sa.Column("leads_to_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("takes_roles", sa.Boolean(), nullable=False),
        sa.CheckConstraint("kept_id <> merged_id", name=op.f("ck_account_merges_differ")),
        *(
            sa.ForeignKeyConstraint([column], ["people.id"], name=op.f(f"fk_account_merges_{column}"))
            for column in ("merged_id", "kept_id", "leads_to_id", "by")
        ),
        sa.PrimaryKeyConstraint("merged_id", name=op.f("pk_account_merges")),
    )
    op.create_index(op.f("ix_account_merges_leads_to_id"), "account_merges", ["leads_to_id"], unique=False)
    _guard("account_merges", dialect, "no_delete", "DELETE")
    op.create_table(
        "certificate_handovers",
        sa.Column("certificate_id", sa.Uuid(), nullable=False),
        sa.Column("given_to_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["certificate_id"], ["certificates.id"], name=op.f("fk_certificate_handovers_certificate_id")
        ),
        sa.ForeignKeyConstraint(
            ["given_to_id"], ["people.id"], name=op.f("fk_certificate_handovers_given_to_id")
        ),
        sa.PrimaryKeyConstraint("certificate_id", "given_to_id", name=op.f("pk_certificate_handovers")),
    )
    op.create_index(
        "ix_certificate_handovers_given_to", "certificate_handovers", ["given_to_id"], unique=False
    )
    _guard("certificate_handovers", dialect, "append_only", "UPDATE", "DELETE")
    op.create_table(
        "certification_taken_back",
        sa.Column("given_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["given_id"], ["certification_given.id"], name=op.f("fk_certification_taken_back_given_id")
        ),
        sa.ForeignKeyConstraint(["by"], ["people.id"], name=op.f("fk_certification_taken_back_by")),
        sa.PrimaryKeyConstraint("given_id", name=op.f("pk_certification_taken_back")),
    )
    _guard("certification_taken_back", dialect, "append_only", "UPDATE", "DELETE")
    if dialect == "postgresql":
        op.execute(
            "CREATE OR REPLACE FUNCTION refuse_unless_handed_over() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - 'person_id' = to_jsonb(OLD) - 'person_id' "
            f"AND {HANDED_OVER} THEN RETURN NEW; END IF; "
            "RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$"
        )
    for table, columns in COLUMNS.items():
        _let_go_over(table, columns, dialect)
    _spread_renewals(dialect)


def _spread_renewals(dialect: str) -> None:
    """Let who is within a renewal window be looked at within a week, each person at an hour of theirs.

    Nobody was told of anything before renewals came: all at once they would be thousands of letters in an hour. Where
    steps have been taken there is nothing to spread.
    """
    if dialect == "postgresql":
        share = "('x' || right(CAST(person_id AS text), 2))::bit(8)::int"
        at = f"CURRENT_TIMESTAMP + {share} * INTERVAL '39 minutes'"
        is_due = "next_step_at <= CURRENT_TIMESTAMP"
    else:
        high, low = (f"(instr('0123456789abcdef', substr(person_id, {at}, 1)) - 1)" for at in (-2, -1))
        at = f"strftime('%Y-%m-%d %H:%M:%f000', 'now', '+' || ((16 * {high} + {low}) * 39) || ' minutes')"
        is_due = "next_step_at <= strftime('%Y-%m-%d %H:%M:%f000', 'now')"
    op.execute(
        f"UPDATE certification_tracks SET next_step_at = {at} "  # noqa: S608  no value comes from outside
        f"WHERE {is_due} AND NOT EXISTS (SELECT 1 FROM certificate_renewal_steps)"
    )


def _let_go_over(table: str, columns: tuple[str, ...], dialect: str) -> None:
    if dialect == "postgresql":
        op.execute(f"DROP TRIGGER {table}_append_only ON {table}")
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_unless_handed_over()"
        )
        return
    as_before = " AND ".join(f"NEW.{column} IS OLD.{column}" for column in columns)
    op.execute(f"DROP TRIGGER {table}_no_update")
    op.execute(
        f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} "
        f"WHEN NOT ({as_before} AND {HANDED_OVER}) "
        f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
    )


def _guard(table: str, dialect: str, suffix: str, *acts: str) -> None:
    if dialect == "postgresql":
        op.execute(
            f"CREATE TRIGGER {table}_{suffix} BEFORE {' OR '.join(acts)} ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
        return
    for act in acts:
        op.execute(
            f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        )


def downgrade() -> None:
    dialect = op.get_context().dialect.name
    for table in COLUMNS:
        if dialect == "postgresql":
            op.execute(f"DROP TRIGGER {table}_append_only ON {table}")
            op.execute(
                f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
                "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
            )
        else:
            op.execute(f"DROP TRIGGER {table}_no_update")
            op.execute(
                f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
    if dialect == "postgresql":
        op.execute("DROP FUNCTION refuse_unless_handed_over()")
    op.drop_table("certification_taken_back")
    op.drop_table("certificate_handovers")
    op.drop_table("account_merges")
