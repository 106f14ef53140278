"""Where links are: all in one table, and on SQLite the latest in another."""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import Select, select, union_all

from lms.kernel.db import db
from lms.kernel.driving import Line
from lms.lrs.models import LinkRow, RecentLinkRow, TermRow

Links = type[LinkRow] | type[RecentLinkRow]

_FIRST_RECENT: Final = "SELECT min(seq) FROM xapi_recent_links"


def tables() -> Sequence[Links]:
    """Return the tables to look for links in, on this database."""
    return (LinkRow,) if db.session.get_bind().dialect.name == "postgresql" else (LinkRow, RecentLinkRow)


def numbers_of(digests: Sequence[bytes]) -> Select[tuple[Any]]:
    """Return a query of the numbers of all statements that are found by any of these terms."""
    found = union_all(
        *[
            select(links.seq).join(TermRow, TermRow.id == links.term_id).where(TermRow.digest.in_(digests))
            for links in tables()
        ]
    ).subquery()
    return select(found.c.seq)


def first_recent(on: Line) -> int | None:
    """Return the number of the statement whose links have waited longest to be filed, on SQLite."""
    ((first,),) = on.rows(_FIRST_RECENT)
    found: int | None = first
    return found
