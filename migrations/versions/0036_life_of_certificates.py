"""life of certificates

Revoking and reinstating in turn, exemptions that end, requests for them, and what is done by itself as certificates
near their end. New tables, columns that may be empty or have a default; the marks' key is made anew beside their use.

Revision ID: 0036
Revises: 0034
Create Date: 2026-11-27 15:45:00
"""

import sqlalchemy as sa
from alembic import op

from lms.kernel.migrating import build_index

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

KEY = "uq_certificate_marks_certificate_id_kind_turn"
FORMER_KEY = "uq_certificate_marks_certificate_id_kind"
OPEN = sa.text("state = 'open'")
IN_FORCE = sa.text("ended_at IS NULL")
STATES = ("open", "approved", "refused", "withdrawn")


def _enum(*values: str, name: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, length=40)


def upgrade() -> None:
    dialect = op.get_context().dialect.name
    # First, for building this index beside its use commits what came before; it does no harm a second time.
    once_more = dialect == "postgresql" or None
    op.add_column(
        "certification_tracks", sa.Column("exempt_through", sa.Date(), nullable=True), if_not_exists=once_more
    )
    op.add_column(
        "certification_tracks",
        sa.Column("next_step_at", sa.DateTime(timezone=True), nullable=True),
        if_not_exists=once_more,
    )
    build_index(
        "ix_certification_tracks_step",
        "certification_tracks",
        ["next_step_at"],
        where="next_step_at IS NOT NULL",
    )
    _count_turns(dialect)
    # Whoever still holds one is looked at once: what lies behind them is told once, as its last step.
    op.execute(
        "UPDATE certification_tracks SET next_step_at = renewal_opens_at "
        "WHERE certificate_id IS NOT NULL AND revoked_at IS NULL AND counts_until > CURRENT_TIMESTAMP"
    )
    op.create_table(
        "certification_requests",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", _enum("exemption", "recognition", name="requestkind"), nullable=False),
        sa.Column("state", _enum(*STATES, name="requeststate"), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("certification_id", sa.Uuid(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=True),
        sa.Column("through", sa.Date(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("certificate_id", sa.Uuid(), nullable=True),
        *(
            sa.ForeignKeyConstraint(
                [column], [f"{table}.id"], name=op.f(f"fk_certification_requests_{column}")
            )
            for column, table in (
                ("person_id", "people"),
                ("certification_id", "certifications"),
                ("file_id", "stored_files"),
                ("asked_by", "people"),
                ("decided_by", "people"),
                ("certificate_id", "certificates"),
            )
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certification_requests")),
    )
    op.create_index(
        "uq_certification_requests_open",
        "certification_requests",
        ["person_id", "certification_id"],
        unique=True,
        sqlite_where=OPEN,
        postgresql_where=OPEN,
    )
    op.create_index(
        "ix_certification_requests_history",
        "certification_requests",
        ["person_id", "certification_id", "id"],
        unique=False,
    )
    op.create_index(
        "ix_certification_requests_state", "certification_requests", ["state", "id"], unique=False
    )
    for column in ("file_id", "asked_by"):
        op.create_index(
            op.f(f"ix_certification_requests_{column}"), "certification_requests", [column], unique=False
        )
    _never_deleted("certification_requests", dialect)
    op.create_table(
        "certificate_renewal_steps",
        sa.Column("certificate_id", sa.Uuid(), nullable=False),
        sa.Column("step", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("told_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["certificate_id"],
            ["certificates.id"],
            name=op.f("fk_certificate_renewal_steps_certificate_id"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_certificate_renewal_steps_person_id")
        ),
        sa.PrimaryKeyConstraint("certificate_id", "step", name=op.f("pk_certificate_renewal_steps")),
    )
    op.create_index(
        op.f("ix_certificate_renewal_steps_person_id"),
        "certificate_renewal_steps",
        ["person_id"],
        unique=False,
    )
    op.create_index(
        "ix_certificate_renewal_steps_told",
        "certificate_renewal_steps",
        ["told_on", "person_id"],
        unique=False,
    )
    op.create_table(
        "certificate_renewal_digests",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("told_on", sa.Date(), nullable=False),
        sa.Column("kind", _enum("team", "escalated", name="digestkind"), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_certificate_renewal_digests_person_id")
        ),
        sa.PrimaryKeyConstraint("person_id", "told_on", "kind", name=op.f("pk_certificate_renewal_digests")),
    )
    op.create_table(
        "certification_equivalences",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("from_id", sa.Uuid(), nullable=False),
        sa.Column("to_id", sa.Uuid(), nullable=False),
        sa.Column("up_to_version", sa.Integer(), nullable=True),
        sa.Column("through", sa.Date(), nullable=True),
        sa.Column("declared_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("declared_by", sa.Uuid(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.Uuid(), nullable=True),
        *(
            sa.ForeignKeyConstraint(
                [column], [f"{table}.id"], name=op.f(f"fk_certification_equivalences_{column}")
            )
            for column, table in (
                ("from_id", "certifications"),
                ("to_id", "certifications"),
                ("declared_by", "people"),
                ("ended_by", "people"),
            )
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certification_equivalences")),
    )
    op.create_index(
        "uq_certification_equivalences_in_force",
        "certification_equivalences",
        ["from_id", "to_id"],
        unique=True,
        sqlite_where=IN_FORCE,
        postgresql_where=IN_FORCE,
    )
    op.create_index(
        op.f("ix_certification_equivalences_to_id"), "certification_equivalences", ["to_id"], unique=False
    )
    op.create_table(
        "certificate_credits",
        sa.Column("certificate_id", sa.Uuid(), nullable=False),
        sa.Column("rests_on_id", sa.Uuid(), nullable=False),
        sa.Column("equivalence_id", sa.Uuid(), nullable=False),
        sa.Column("is_taken", sa.Boolean(), nullable=False),
        *(
            sa.ForeignKeyConstraint([column], [f"{table}.id"], name=op.f(f"fk_certificate_credits_{column}"))
            for column, table in (
                ("certificate_id", "certificates"),
                ("rests_on_id", "certificates"),
                ("equivalence_id", "certification_equivalences"),
            )
        ),
        sa.PrimaryKeyConstraint("certificate_id", name=op.f("pk_certificate_credits")),
    )
    for column in ("rests_on_id", "equivalence_id"):
        op.create_index(
            op.f(f"ix_certificate_credits_{column}"), "certificate_credits", [column], unique=False
        )
    for table in ("certification_equivalences", "certificate_credits"):
        _never_deleted(table, dialect)


def _count_turns(dialect: str) -> None:
    """Let a certificate be revoked, reinstated and revoked again: each mark's key counts the turns."""
    turn = sa.Column("turn", sa.Integer(), server_default="0", nullable=False)
    if dialect == "postgresql":
        op.add_column("certificate_marks", turn, if_not_exists=True)
        op.execute(f"ALTER TABLE certificate_marks DROP CONSTRAINT IF EXISTS {FORMER_KEY}")
        op.create_unique_constraint(KEY, "certificate_marks", ["certificate_id", "kind", "turn"])
        return
    # SQLite makes the table anew, and forgets its guards with the old one.
    with op.batch_alter_table("certificate_marks") as batch:
        batch.add_column(turn)
        batch.drop_constraint(FORMER_KEY, type_="unique")
        batch.create_unique_constraint(KEY, ["certificate_id", "kind", "turn"])
    for act in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER certificate_marks_no_{act.lower()} BEFORE {act} ON certificate_marks "
            "BEGIN SELECT RAISE(ABORT, 'certificate_marks is append-only'); END"
        )


def _never_deleted(table: str, dialect: str) -> None:
    if dialect == "postgresql":
        op.execute(
            f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
    else:
        op.execute(
            f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        )


def downgrade() -> None:
    dialect = op.get_context().dialect.name
    for table in (
        *("certificate_credits", "certification_equivalences"),
        *("certificate_renewal_digests", "certificate_renewal_steps", "certification_requests"),
    ):
        op.drop_table(table)
    # What was revoked more than once keeps its first turn alone; the marks are guarded, so it is refused before.
    if dialect == "postgresql":
        op.drop_constraint(KEY, "certificate_marks", type_="unique")
        op.create_unique_constraint(FORMER_KEY, "certificate_marks", ["certificate_id", "kind"])
        op.drop_column("certificate_marks", "turn")
    else:
        with op.batch_alter_table("certificate_marks") as batch:
            batch.drop_constraint(KEY, type_="unique")
            batch.drop_column("turn")
            batch.create_unique_constraint(FORMER_KEY, ["certificate_id", "kind"])
        for act in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER certificate_marks_no_{act.lower()} BEFORE {act} ON certificate_marks "
                "BEGIN SELECT RAISE(ABORT, 'certificate_marks is append-only'); END"
            )
    op.drop_index("ix_certification_tracks_step", "certification_tracks")
    op.drop_column("certification_tracks", "next_step_at")
    op.drop_column("certification_tracks", "exempt_through")
