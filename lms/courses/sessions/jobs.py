"""What live sessions do by the clock: remind who has a seat, once a day before and once an hour before."""

from lms.courses.sessions import rules
from lms.courses.sessions.queries import bookings, dates
from lms.courses.sessions.service import telling
from lms.courses.values import BookingId
from lms.kernel import clock, uow

JOB = "sessions.remind"
AT_ONCE = 200


def remind() -> None:
    """Tell everybody whose reminder is due, each in a transaction of its own: told and noted together, or neither."""
    while due := uow.run(lambda: bookings.list_to_remind(clock.now(), at_most=AT_ONCE), read_only=True):
        for booking_id in due:
            _remind(booking_id)


def _remind(booking_id: BookingId) -> None:
    uow.run(lambda: _remind_once(booking_id))


def _remind_once(booking_id: BookingId) -> None:
    now = clock.now()
    found = bookings.lock_to_remind(booking_id, now)
    if found is None:
        return
    booking, session = found
    booking.remind_at = rules.next_reminder(session.starts_at, now)
    if now < session.starts_at:
        telling.remind(booking, dates.get_session(session.id))
