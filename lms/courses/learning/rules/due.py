"""When an enrolment is due: worked out once, when somebody is enrolled, and frozen with the enrolment."""

from datetime import date, timedelta

from lms.courses.values import DueRule


def due_of(rule: DueRule, today: date) -> date | None:
    """Return when somebody is due who is enrolled `today`; a day that is past already asks nothing of them."""
    if rule.on is not None:
        return rule.on if rule.on >= today else None
    return today + timedelta(days=rule.days) if rule.days is not None else None


def moved(rule: DueRule, before: date | None, today: date) -> date | None:
    """Return the later date that an extension gives: the day it names, or so many days more than before.

    Days are counted from today where nothing was due, or what was due is past. None where it would not be later.
    """
    if rule.on is not None:
        return rule.on if before is not None and rule.on > before else None
    if rule.days is None or before is None:
        return None
    return max(before, today) + timedelta(days=rule.days)
