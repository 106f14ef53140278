"""What people are told of live sessions, in the portal and by mail with a calendar file."""

from lms.courses.events import SeatGivenUp, SeatTaken, SessionCancelled, SessionChanged
from lms.courses.sessions.formats import CANCEL, REQUEST
from lms.courses.sessions.models import BookingRow
from lms.courses.sessions.queries import bookings, dates
from lms.courses.sessions.service.calendars import learner_url, write_files
from lms.courses.sessions.values import Session
from lms.courses.values import BookingEnd, BookingState
from lms.kernel.mail import CalendarFile
from lms.notifications import facade as notifications
from lms.notifications.values import NoticeGroup, NoticeKind
from lms.web.words import lazy as _l

CONFIRMED = NoticeKind(
    key="sessions.confirmed",
    subject=_l("You have a seat: %(title)s"),
    body=_l("It begins on %(when)s. %(where)s"),
    icon="calendar",
    group=NoticeGroup.SESSIONS,
    state="valid",
)
MOVED_UP = NoticeKind(
    key="sessions.moved_up",
    subject=_l("A seat became free, and it is yours: %(title)s"),
    body=_l("It begins on %(when)s. %(where)s If you cannot come, give the seat back to the next who waits."),
    icon="calendar",
    group=NoticeGroup.SESSIONS,
    state="valid",
)
WAITING = NoticeKind(
    key="sessions.waiting",
    subject=_l("You are on the waiting list: %(title)s"),
    body=_l(
        "It begins on %(when)s. When a seat becomes free and you are next, it is yours and you are told."
    ),
    icon="clock",
    group=NoticeGroup.SESSIONS,
    state="soon",
)
MOVED = NoticeKind(
    key="sessions.moved",
    subject=_l("Changed: %(title)s"),
    body=_l("It now begins on %(when)s. %(where)s Your booking stays as it is."),
    icon="calendar",
    group=NoticeGroup.SESSIONS,
    state="soon",
)
CALLED_OFF = NoticeKind(
    key="sessions.called_off",
    subject=_l("Called off: %(title)s"),
    body=_l("It was to begin on %(when)s. The reason given: %(reason)s You may book another date."),
    icon="calendar",
    group=NoticeGroup.SESSIONS,
    state="danger",
)
GIVEN_UP = NoticeKind(
    key="sessions.given_up",
    subject=_l("You gave up your booking: %(title)s"),
    body=_l("It was for %(when)s. You may book another date."),
    icon="calendar",
    group=NoticeGroup.SESSIONS,
    state="none",
)
TAKEN_OFF = NoticeKind(
    key="sessions.taken_off",
    subject=_l("Your booking has ended: %(title)s"),
    body=_l("It was for %(when)s. The trainer took you off the list; ask them if you do not know why."),
    icon="calendar",
    group=NoticeGroup.SESSIONS,
    state="soon",
)
LEFT = NoticeKind(
    key="sessions.left",
    subject=_l("Your booking has ended: %(title)s"),
    body=_l("It was for %(when)s, in a course that you are no longer in."),
    icon="calendar",
    group=NoticeGroup.SESSIONS,
    state="none",
)
REMINDER = NoticeKind(
    key="sessions.reminder",
    subject=_l("Soon: %(title)s"),
    body=_l("Your session begins on %(when)s. %(where)s"),
    icon="clock",
    group=NoticeGroup.SESSIONS,
    state="progress",
)
NOTICES = (CONFIRMED, MOVED_UP, WAITING, MOVED, CALLED_OFF, GIVEN_UP, TAKEN_OFF, LEFT, REMINDER)
ENDED = {
    BookingEnd.BY_PERSON: GIVEN_UP,
    BookingEnd.BY_TRAINER: TAKEN_OFF,
    BookingEnd.LEFT_COURSE: LEFT,
}


def tell_seat(event: SeatTaken) -> None:
    """Tell who booked, or moved up; a seat that was given up meanwhile is told as that alone."""
    row = bookings.get_row(event.booking_id)
    if row.ended_at is not None or row.state is not event.state:
        return
    session = dates.get_session(event.session_id)
    if event.state is BookingState.WAITING:
        _tell(WAITING, row, session)
    else:
        _tell(MOVED_UP if event.moved_up else CONFIRMED, row, session, *write_files(REQUEST, row, session))


def tell_given_up(event: SeatGivenUp) -> None:
    """Tell whose booking ended, and take the seat out of their calendar."""
    row, session = bookings.get_row(event.booking_id), dates.get_session(event.session_id)
    kind = ENDED.get(event.why)
    if kind is None:
        return
    had_seat = event.was is BookingState.CONFIRMED
    _tell(kind, row, session, *(write_files(CANCEL, row, session, raised=1) if had_seat else ()))


def tell_changed(event: SessionChanged) -> None:
    """Tell everybody who booked that a session is moved, with the same entry at its new time."""
    if not event.is_moved:
        return
    session = dates.get_session(event.session_id)
    for row in bookings.list_open(event.session_id):
        if row.state is BookingState.CONFIRMED:
            gone = write_files(
                CANCEL, row, session, numbers=range(len(session.days) + 1, event.days_before + 1)
            )
            _tell(MOVED, row, session, *write_files(REQUEST, row, session), *gone)
        else:
            _tell(MOVED, row, session)


def tell_called_off(event: SessionCancelled) -> None:
    """Tell everybody who had booked, with the reason."""
    session = dates.get_session(event.session_id)
    for row in bookings.list_dropped(event.session_id):
        files = write_files(CANCEL, row, session) if row.confirmed_at is not None else []
        _tell(CALLED_OFF, row, session, *files, reason=event.reason)


def remind(row: BookingRow, session: Session) -> None:
    """Tell somebody that their session is near."""
    _tell(REMINDER, row, session)


def _tell(
    kind: NoticeKind, row: BookingRow, session: Session, *files: CalendarFile, reason: str = ""
) -> None:
    where = " · ".join(filter(None, (session.place, session.link)))
    values = {
        "title": session.title,
        "when": f"{session.starts_at.isoformat()}[{session.time_zone}]",
        "where": f"{where}." if where else "",
        "reason": reason,
    }
    url = learner_url(row, session)
    notifications.notify(
        kind, to=[row.person_id], values=values, url=url, calendar=files, by=session.starts_at
    )
