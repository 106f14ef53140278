"""Taking turns: one writer at a time gets numbers, so that they rise in the order of commits."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import text

from lms.kernel import clock
from lms.kernel.db import db
from lms.lrs.queries.statements import newest

# Any number of ours, once.
_LOCK: Final = text("SELECT pg_advisory_xact_lock(7815162342)")


def take_turn() -> None:
    """Wait until nobody else is numbering, and keep others waiting to the commit; SQLite has one writer anyway."""
    if db.session.get_bind().dialect.name == "postgresql":
        db.session.connection().execute(_LOCK)


def next_number(now: datetime) -> tuple[int, datetime]:
    """Return the next number and the instant of storing, which never falls behind the one before; in one's turn."""
    last = newest()
    # What waited for its turn is stored now, and not when it came.
    at = max(now, clock.now())
    if last is None:
        return 1, at
    return last[0] + 1, max(at, last[1] + timedelta(microseconds=1))
