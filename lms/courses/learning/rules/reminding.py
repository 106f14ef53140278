"""On which day somebody is reminded of what is due: steps in days around the due day, before it negative.

All days are the manufacturer's. A step that was missed by more than a week is let go: after a long stop nobody is told
what they have known for weeks, and of several steps that were missed only the last is told.
"""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

STALE_DAYS = 7
SOON_DAYS = 14
"""How near a due day is that those hear of who look after a team."""


def next_day(due_on: date, after: date, steps: Sequence[int]) -> date | None:
    """Return the first day later than `after` on which a step is reached, None after the last."""
    return next((day for day in (due_on + timedelta(step) for step in sorted(steps)) if day > after), None)


def step_reached(due_on: date, today: date, steps: Sequence[int]) -> int | None:
    """Return the last step that is reached today and worth telling, None if there is none."""
    gone = (today - due_on).days
    last = max((step for step in steps if step <= gone), default=None)
    return None if last is None or gone - last > STALE_DAYS else last


def end_of(day: date, zone: ZoneInfo) -> datetime:
    """Return the instant at which a day has ended in a zone."""
    return datetime.combine(day + timedelta(1), time(), zone)
