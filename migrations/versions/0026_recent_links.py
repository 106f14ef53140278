"""recent links of statements, and two foreign keys less

A table of its own, empty at first: on SQLite the links of new statements wait there to be filed many at once. The
foreign keys of statements' keys and bodies go, without touching a row; neither keys nor bodies can be deleted now.

Revision ID: 0026
Revises: 0025
Create Date: 2026-11-27 08:20:00
"""

import sqlalchemy as sa
from alembic import op

from lms.kernel.migrating import drop_foreign_key

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "xapi_recent_links",
        sa.Column(
            "seq",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("term_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("seq", "term_id", name=op.f("pk_xapi_recent_links")),
        sqlite_with_rowid=False,
    )
    drop_foreign_key("fk_xapi_statements_credential_id", "xapi_statements")
    drop_foreign_key("fk_xapi_bodies_seq", "xapi_bodies")
    for table in ("xapi_credentials", "xapi_bodies"):
        if op.get_bind().dialect.name == "postgresql":
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
    if op.get_bind().dialect.name == "postgresql":
        for table in ("xapi_credentials", "xapi_bodies"):
            op.execute(f"DROP TRIGGER {table}_no_delete ON {table}")
        op.create_foreign_key("fk_xapi_bodies_seq", "xapi_bodies", "xapi_statements", ["seq"], ["seq"])
        op.create_foreign_key(
            "fk_xapi_statements_credential_id",
            "xapi_statements",
            "xapi_credentials",
            ["credential_id"],
            ["id"],
        )
    else:
        # Its foreign keys stay away: to bring them back it would have to write both tables anew.
        for table in ("xapi_credentials", "xapi_bodies"):
            op.execute(f"DROP TRIGGER {table}_no_delete")
        op.execute(
            "INSERT OR IGNORE INTO xapi_links (term_id, seq) SELECT term_id, seq FROM xapi_recent_links"
        )
    op.drop_table("xapi_recent_links")
