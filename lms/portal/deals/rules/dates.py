"""The dates and limits that follow from the terms."""

from datetime import date, datetime, timedelta

from lms.kernel.money import Money
from lms.portal.deals.values import Terms

SATURDAY = 5


def decide_by(submitted_on: date, terms: Terms) -> date:
    """Return the last business day for the decision; Saturdays and Sundays do not count."""
    day, left = submitted_on, terms.decide_within_business_days
    while left > 0:
        day += timedelta(days=1)
        left -= day.weekday() < SATURDAY
    return day


def protected_until(approved_at: datetime, terms: Terms) -> datetime:
    """Return when protection by an approval ends."""
    return approved_at + timedelta(days=terms.protection_days)


def extended_until(until: datetime, terms: Terms) -> datetime:
    """Return when an extended protection ends."""
    return until + timedelta(days=terms.extension_days)


def needs_second_step(amount: Money, terms: Terms) -> bool:
    """Return whether an amount is decided by two."""
    limit = terms.second_step_from_minor.get(amount.currency)
    return limit is not None and amount.minor >= limit


def may_return(returns: int, terms: Terms) -> bool:
    """Return whether a deal that came back `returns` times may come back once more."""
    return returns < terms.returns_allowed
