"""When a letter goes out: pure decisions by the clocks of the place where its reader is.

A time of day that the clocks skip is read with the offset before the gap, one that comes twice is the first of the two
(RFC 5545 §3.3.5): a digest at 02:30 goes at 03:30 on the day that has no 02:30, and once on the day that has two.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from lms.notifications.values import Choices, Delivery, LetterHours, NoticeKind

DAY, WEEK = timedelta(days=1), 7
HOUR = 60
DIGEST_MINUTE = 8 * HOUR
"""When digests go out until somebody chooses: after the quiet hours, as work begins."""
WEEKDAY = 0


def delivery_for(kind: NoticeKind, choices: Choices, *, has_calendar: bool) -> Delivery:
    """Return how a notice of a kind reaches somebody who chose so.

    An entry for their calendar never waits in a digest, where no calendar would find it.
    """
    if not kind.by_mail:
        return Delivery.PORTAL
    if kind.is_mandatory:
        return Delivery.AT_ONCE
    chosen = choices.delivery_of(kind.group)
    return Delivery.AT_ONCE if has_calendar and chosen is not Delivery.PORTAL else chosen


def letter_at(
    now: datetime, delivery: Delivery, hours: LetterHours, *, by: datetime | None = None
) -> tuple[datetime, Delivery]:
    """Return when a letter goes, and how.

    What is worth nothing after `by` leaves a digest that would come later, and quiet hours that would last longer; what
    is past already is in no hurry.
    """
    for way in (delivery, Delivery.AT_ONCE):
        at = next_letter_at(now, way, hours)
        if by is None or by <= now or at <= by:
            return at, way
    return now, Delivery.AT_ONCE


def next_letter_at(now: datetime, delivery: Delivery, hours: LetterHours) -> datetime:
    """Return the first instant at which a letter may go that is written `now`: never in quiet hours."""
    if delivery is Delivery.AT_ONCE:
        return after_quiet(now, hours)
    zone = ZoneInfo(hours.time_zone)
    due = next(
        at
        for day in _days(now.astimezone(zone).date(), before=1, after=2 * WEEK)
        if delivery is Delivery.DAILY or day.weekday() == hours.weekday
        for at in (instant_of(day, hours.digest_minute, zone),)
        if at > now
    )
    return after_quiet(due, hours)


def after_quiet(now: datetime, hours: LetterHours) -> datetime:
    """Return `now`, or the end of the quiet hours that it lies in."""
    if hours.quiet is None or hours.quiet.from_minute == hours.quiet.until_minute:
        return now
    at = now
    while (later := _end_of_quiet(at, hours)) > at:
        at = later
    return at


def _end_of_quiet(at: datetime, hours: LetterHours) -> datetime:
    # Stretches of instants and not times of day: an hour that comes twice ends once.
    quiet, zone = hours.quiet, ZoneInfo(hours.time_zone)
    if quiet is None:
        return at
    over_midnight = quiet.until_minute < quiet.from_minute
    ends = [
        end
        for day in _days(at.astimezone(zone).date(), before=2, after=1)
        for end in (instant_of(day + DAY * over_midnight, quiet.until_minute, zone),)
        if instant_of(day, quiet.from_minute, zone) <= at < end
    ]
    return max(ends, default=at)


def moved(
    before: datetime, now: datetime, delivery: Delivery, hours: LetterHours, *, by: datetime | None
) -> tuple[datetime, Delivery]:
    """Return when a letter that waits goes once its reader is in another zone: never later than either place says.

    What was due already stays so, and waits for nothing but quiet hours.
    """
    if before <= now:
        return before, delivery
    anew, way = letter_at(now, delivery, hours, by=by)
    return min(anew, after_quiet(before, hours)), way


def instant_of(day: date, minute: int, zone: ZoneInfo) -> datetime:
    """Return the instant at which clocks of a zone show a time of a day."""
    return datetime.combine(day, time(*divmod(minute, HOUR)), zone).astimezone(UTC)


def _days(day: date, *, before: int, after: int) -> Iterator[date]:
    for number in range(-before, after + 1):
        yield day + number * DAY
