"""When somebody is told, or enrolled, as a certificate nears its end and passes it."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from lms.certificates.cycles.rules.terms import start_of
from lms.certificates.values import Term

OPENED: Final = -9999
"""The step at which the renewal opens and its holder is enrolled."""
ESCALATED: Final = 9999
"""The step at which the channel manager hears of it."""


class Step(NamedTuple):
    """What is done at a moment: OPENED, ESCALATED, or so many days from the last valid day (before it, if negative)."""

    at: datetime
    step: int


def steps_of(
    term: Term, *, days: Collection[int], escalate_after_days: int | None, zone: ZoneInfo
) -> Sequence[Step]:
    """Return every step of a certificate's end, in the order of their moments."""
    found = [Step(term.renewal_opens_at, OPENED)]
    found += [Step(start_of(term.valid_through + timedelta(days=one), zone), one) for one in days]
    if escalate_after_days is not None:
        day = term.valid_through + timedelta(days=escalate_after_days)
        found.append(Step(start_of(day, zone), ESCALATED))
    return sorted(found)


def due_of(steps: Sequence[Step], *, issued_at: datetime, now: datetime) -> Sequence[Step]:
    """Return the steps that have come: what lay before the certificate was issued is none of them."""
    return [one for one in steps if issued_at < one.at <= now]


def next_of(steps: Sequence[Step], *, after: datetime) -> datetime | None:
    """Return when the next step after an instant comes, None after the last."""
    return next((one.at for one in steps if one.at > after), None)


def to_tell(due: Sequence[Step], fresh: Collection[int]) -> int | None:
    """Return the step that the holder is reminded of: the last that came, if it is new.

    None on the day on which the renewal opens, for that is told in words of its own.
    """
    days = [one for one in due if one.step not in {OPENED, ESCALATED}]
    if not days or days[-1].step not in fresh:
        return None
    opened_now = OPENED in fresh and any(one.step == OPENED and one.at >= days[-1].at for one in due)
    return None if opened_now else days[-1].step
