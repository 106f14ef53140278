"""How long a certificate counts: calendar months, three modes, days of the OEM's time zone."""

import calendar
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from lms.certificates.values import ExpiryMode, Rule, Term


def add_months(day: date, months: int) -> date:
    """Return the same day `months` calendar months later, clamped to the month's end."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def start_of(day: date, zone: ZoneInfo) -> datetime:
    """Return the first instant of a day in `zone`, as UTC; where the clocks skip midnight, the skip itself."""
    return datetime.combine(day, time.min, tzinfo=zone).astimezone(UTC)


def term_of(
    rule: Rule, *, met_on: date, zone: ZoneInfo, previous: date | None = None, due_on: date | None = None
) -> Term:
    """Return how long a certificate counts that was earned on `met_on`.

    `previous` is the last valid day of the certificate it follows, `due_on` the day it was asked for; both
    matter in expiry mode alone. Days are the OEM's, in `zone`.
    """
    return term_through(rule, _valid_through(rule, met_on, previous, due_on), zone)


def cut(term: Term, rule: Rule, *, through: date | None, zone: ZoneInfo) -> Term:
    """Return a term that ends on `through` if that is sooner; it is never made longer."""
    if through is None or through >= term.valid_through:
        return term
    return term_through(rule, through, zone)


def term_through(rule: Rule, through: date, zone: ZoneInfo) -> Term:
    """Return the term of a certificate that is valid through a day, with the window and the grace of its rule."""
    return Term(
        valid_through=through,
        renewal_opens_at=start_of(through - timedelta(days=rule.renewal_window_days), zone),
        expires_at=start_of(through + timedelta(days=1), zone),
        counts_until=start_of(through + timedelta(days=1 + rule.grace_days), zone),
    )


def _valid_through(rule: Rule, met_on: date, previous: date | None, due_on: date | None) -> date:
    if rule.mode is ExpiryMode.FIXED and rule.base_on is not None:
        return _next_fixed(rule.base_on, rule.active_months, met_on, rule.minimum_active_days)
    if rule.mode is ExpiryMode.EXPIRY:
        anchor = previous or due_on
        # Late work starts anew from the day it was done: nobody is paid for being late, or punished.
        return add_months(anchor if anchor is not None and met_on <= anchor else met_on, rule.active_months)
    return add_months(met_on, rule.active_months)


def _next_fixed(base_on: date, months: int, met_on: date, minimum_days: int) -> date:
    """Return the first base + n × months after `met_on`; one more when less than the minimum is left."""
    # Counted from the base each time: 31 January + 1 month is the 28th, + 2 months the 31st of March.
    periods = max(0, (met_on.year - base_on.year) * 12 + met_on.month - base_on.month) // months
    while add_months(base_on, periods * months) <= met_on:
        periods += 1
    through = add_months(base_on, periods * months)
    return through if (through - met_on).days >= minimum_days else add_months(base_on, (periods + 1) * months)


def evidence_since(renewal_opens_at: datetime | None, revoked_at: datetime | None) -> datetime | None:
    """Return from when deeds count for the next certificate: all of them for the first.

    A renewal asks for what is done once its window is open; after a revocation everything is done anew.
    """
    if revoked_at is not None:
        return revoked_at + timedelta(microseconds=1)
    return renewal_opens_at
