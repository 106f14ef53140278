"""How many tries a sign-in has, and what a password must be."""

from dataclasses import dataclass
from datetime import datetime, timedelta

WINDOW = timedelta(minutes=15)
BLOCK = timedelta(minutes=15)
ACCOUNT_LIMIT = 8
ADDRESS_LIMIT = 60
PASSWORD_MIN = 12
PASSWORD_MAX = 200


@dataclass(frozen=True, slots=True)
class Tries:
    """Failed tries under one key."""

    failures: int
    window_from: datetime
    blocked_until: datetime | None


def after_failure(tries: Tries, *, limit: int, now: datetime) -> Tries:
    """Return the tries with one more failure: a full window blocks the key for `BLOCK`."""
    fresh = now - tries.window_from > WINDOW
    failures = 1 if fresh else tries.failures + 1
    window_from = now if fresh else tries.window_from
    return Tries(failures, window_from, now + BLOCK if failures >= limit else tries.blocked_until)


def wait_seconds(blocked_until: datetime | None, now: datetime) -> int:
    """Return for how many whole seconds a key is still blocked; 0 if it is not."""
    if blocked_until is None or blocked_until <= now:
        return 0
    return int((blocked_until - now).total_seconds()) + 1
