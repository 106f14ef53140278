"""Who may book when, who gets a seat, what a clock on a wall means, and when to remind: without a database."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from lms.courses.sessions.values import Day, DayFault, Marking, Refusal, SessionState
from lms.courses.values import BookingState, Mark
from lms.courses.values.seats import gets_one

REMIND_BEFORE = (timedelta(days=1), timedelta(hours=1))


def instant_of(day: date, clock: time, zone: str) -> datetime | None:
    """Return the instant at which clocks in `zone` show this; None in the hour that spring leaves out.

    In the hour that autumn has twice it is the first.
    """
    place = ZoneInfo(zone)
    instant = datetime.combine(day, clock, tzinfo=place).astimezone(UTC)
    return instant if instant.astimezone(place).replace(tzinfo=None) == datetime.combine(day, clock) else None


def fault_of_days(days: Sequence[Day], now: datetime) -> DayFault | None:
    """Return what is wrong with a session's days, given in order."""
    if not days:
        return DayFault.NONE
    if any(day.ends_at <= day.starts_at for day in days):
        return DayFault.BACKWARDS
    if any(after.starts_at < before.ends_at for before, after in pairwise(days)):
        return DayFault.OVERLAP
    return DayFault.PAST if days[0].starts_at <= now else None


def why_not_book(
    state: SessionState, starts_at: datetime, closes_hours: int, now: datetime, *, is_done: bool = False
) -> Refusal | None:
    """Return why nobody, or who has done it already, can book; None when they can."""
    if state is not SessionState.SCHEDULED:
        return Refusal.CANCELLED if state is SessionState.CANCELLED else Refusal.BEGUN
    if now >= starts_at:
        return Refusal.BEGUN
    if is_done:
        return Refusal.DONE
    return Refusal.CLOSED if now >= starts_at - timedelta(hours=closes_hours) else None


def why_not_give_back(
    booking: BookingState, starts_at: datetime, closes_hours: int, now: datetime
) -> Refusal | None:
    """Return why a person cannot give up a booking by themselves; who only waits may leave until it begins."""
    if now >= starts_at:
        return Refusal.BEGUN
    late = now >= starts_at - timedelta(hours=closes_hours)
    return Refusal.CLOSED if booking is BookingState.CONFIRMED and late else None


def state_for(seats: int | None, confirmed: int, waiting: int) -> BookingState:
    """Return what the next who books gets; nobody passes those who wait."""
    return BookingState.CONFIRMED if gets_one(seats, confirmed, waiting) else BookingState.WAITING


def next_reminder(starts_at: datetime, after: datetime) -> datetime | None:
    """Return when to remind next, later than `after`: a day before, an hour before, or never again."""
    return next((starts_at - lead for lead in REMIND_BEFORE if starts_at - lead > after), None)


def marking_of(mark: Mark, minutes: int | None, whole: int) -> Marking | None:
    """Return a mark with its minutes out of `whole`; None if somebody was there partly and nobody says how long."""
    if mark is Mark.PRESENT:
        return Marking(mark, whole)
    if mark is not Mark.PARTLY:
        return Marking(mark)
    return Marking(mark, minutes) if minutes is not None and 0 < minutes < whole else None


def completes(mark: Mark) -> bool:
    """Return whether a mark completes the activity: only who was there from beginning to end has attended."""
    return mark is Mark.PRESENT
