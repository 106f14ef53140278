"""What revisions of the tables share."""

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
