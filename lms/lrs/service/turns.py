"""Taking turns: one writer at a time gets numbers, so that they rise in the order of commits."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from lms.kernel import clock
from lms.kernel.driving import Line
from lms.lrs.queries.statements import ask_newest

# Any number of ours, once.
_LOCK: Final = "SELECT pg_advisory_xact_lock(7815162342)"


def take_turn(on: Line) -> None:
    """Wait until nobody else is numbering, and keep others waiting to the commit; SQLite has one writer anyway."""
    if on.is_postgresql:
        on.run(_LOCK)


def ask_next_number(now: datetime, on: Line) -> Callable[[], tuple[int, datetime]]:
    """Ask for the next number and the instant of storing, which never falls behind the one before; in one's turn."""
    newest = ask_newest(on)

    def answer() -> tuple[int, datetime]:
        last = newest()
        # What waited for its turn is stored now, and not when it came.
        at = max(now, clock.now())
        if last is None:
            return 1, at
        return last[0] + 1, max(at, last[1] + timedelta(microseconds=1))

    return answer
