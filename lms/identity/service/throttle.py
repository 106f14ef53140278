"""Throttles: how often something was tried under an account or from an address."""

import hashlib
from collections.abc import Sequence
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite

from lms.identity.models import Throttle
from lms.identity.rules import BLOCK, WINDOW, Tries, after_failure, wait_seconds
from lms.kernel.db import db, new_id
from lms.kernel.errors import TooMany


def digest(token: str) -> str:
    """Return what is kept of a token: enough to know it again, useless to whoever reads the table."""
    return hashlib.sha256(token.encode()).hexdigest()


def key_of(kind: str, value: str) -> str:
    """Return the key under which tries of `kind` are counted; the table names no account and no address."""
    return f"{kind}:{digest(value)}"


def seconds_to_wait(keys: Sequence[str], now: datetime) -> int:
    """Return for how many seconds the longest block of these keys still lasts; 0 if none does."""
    rows = db.session.scalars(select(Throttle).where(Throttle.key.in_(keys)))
    return max((wait_seconds(row.blocked_until, now) for row in rows), default=0)


def check(keys: Sequence[str], now: datetime) -> None:
    """Raise TooMany while any of these keys is blocked."""
    seconds = seconds_to_wait(keys, now)
    if seconds:
        raise TooMany(
            _("Too many tries. Wait %(minutes)s minutes and try again.", minutes=-(-seconds // 60)),
            retry_after_seconds=seconds,
        )


def count(key: str, *, limit: int, now: datetime) -> None:
    """Count one try under a key; the `limit`-th within the window blocks it."""
    first = {"id": new_id(), "key": key, "failures": 0, "window_from": now, "blocked_until": None}
    # Two first tries at once must both count, and neither fail.
    if db.session.get_bind().dialect.name == "sqlite":
        db.session.execute(sqlite.insert(Throttle).values(first).on_conflict_do_nothing())
    else:
        db.session.execute(postgresql.insert(Throttle).values(first).on_conflict_do_nothing())
    row = db.session.scalars(select(Throttle).where(Throttle.key == key).with_for_update()).one()
    tries = after_failure(Tries(row.failures, row.window_from, row.blocked_until), limit=limit, now=now)
    row.failures, row.window_from, row.blocked_until = tries.failures, tries.window_from, tries.blocked_until
    db.session.flush()


def clear(key: str) -> None:
    """Forget the tries under a key."""
    db.session.execute(delete(Throttle).where(Throttle.key == key))


def forget_old(now: datetime) -> None:
    """Delete the tries whose window and block are over."""
    db.session.execute(delete(Throttle).where(Throttle.window_from < now - WINDOW - BLOCK))
