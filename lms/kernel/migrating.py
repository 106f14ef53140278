"""What revisions of the tables share."""

import re
from collections.abc import Sequence

from alembic import op
from sqlalchemy import text


def build_index(
    name: str, table: str, columns: Sequence[str], *, where: str = "", of_sqlite: str = ""
) -> None:
    """Build an index of a table that may be large, while others write to it; `of_sqlite` where its words differ.

    On PostgreSQL this commits what the revision did before it, so it comes first, after nothing but what does no harm
    twice: killed on the way, the revision runs again from its start. An index that was left half built goes.
    """
    context = op.get_context()
    if context.dialect.name != "postgresql":
        only = of_sqlite or where
        op.create_index(name, table, columns, unique=False, sqlite_where=text(only) if only else None)
        return
    with context.autocommit_block():
        op.drop_index(name, table, if_exists=True, postgresql_concurrently=True)
        op.create_index(
            name,
            table,
            columns,
            unique=False,
            postgresql_concurrently=True,
            postgresql_where=text(where) if where else None,
        )


def drop_foreign_key(name: str, table: str) -> None:
    """Drop a foreign key of a table that may be large, without touching its rows.

    SQLite has no words for it but to write the whole table anew. What it keeps of a constraint is its text, which may
    be changed as long as the rows stay as they are: https://sqlite.org/lang_altertable.html, "Making Other Kinds Of
    Table Schema Changes".
    """
    bind = op.get_bind()
    if bind.dialect.name == "postgresql":
        op.drop_constraint(name, table, type_="foreignkey")
        return
    before = bind.execute(
        text("SELECT sql FROM sqlite_master WHERE name = :table"), {"table": table}
    ).scalar_one()
    constraint = rf",\s*CONSTRAINT {name} FOREIGN KEY\s*\([^)]*\) REFERENCES \w+\s*\([^)]*\)"
    after, count = re.subn(constraint, "", before)
    if count != 1:
        raise LookupError(f"{table} has no foreign key {name}")
    version = bind.execute(text("PRAGMA schema_version")).scalar_one()
    bind.execute(text("PRAGMA writable_schema = ON"))
    bind.execute(
        text("UPDATE sqlite_master SET sql = :after WHERE type = 'table' AND name = :table"),
        {"after": after, "table": table},
    )
    bind.execute(text(f"PRAGMA schema_version = {version + 1}"))
    # Off, and this connection reads the tables' texts anew.
    bind.execute(text("PRAGMA writable_schema = RESET"))
