"""The months that are to come, as the manufacturer's calendar has them."""

from collections.abc import Sequence
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from lms.certificates.cycles.values.team import Month


def next_months(now: datetime, zone: ZoneInfo, count: int = 12) -> Sequence[Month]:
    """Return what is left of this month and the months after it, `count` together.

    What ends at the midnight after a month's last day ends in that month: so a certificate that is valid through it.
    """
    found, begins_at, first = [], now, now.astimezone(zone).date().replace(day=1)
    for _month in range(count):
        following = _after(first)
        ends_at = datetime.combine(following, time(), tzinfo=zone)
        found.append(Month(first=first, begins_at=begins_at, ends_at=ends_at))
        begins_at, first = ends_at, following
    return found


def last_months(today: date, count: int = 12) -> Sequence[date]:
    """Return the first days of the last `count` months, this one the last."""
    found = [today.replace(day=1)]
    while len(found) < count:
        found.insert(0, _before(found[0]))
    return found


def _after(first: date) -> date:
    return date(first.year + first.month // 12, first.month % 12 + 1, 1)


def _before(first: date) -> date:
    return date(first.year - (first.month == 1), (first.month - 2) % 12 + 1, 1)
