"""Calendar files of bookings: invitations and their updates for letters, and the one to download."""

from collections.abc import Sequence
from urllib.parse import urlsplit

from flask import current_app
from flask_babel import force_locale
from flask_babel import gettext as _

from lms.courses.sessions.formats import PUBLISH, Contact, Entry, write_calendar
from lms.courses.sessions.models import BookingRow
from lms.courses.sessions.queries import bookings, dates
from lms.courses.sessions.values import Day, Session
from lms.courses.values import BookingId
from lms.identity import facade as identity
from lms.identity.values import Person
from lms.kernel import outbox
from lms.kernel.mail import CalendarFile, sender_address


def learner_url(row: BookingRow, session: Session) -> str:
    """Return where a learner finds the dates of a session."""
    return f"/learn/{session.course_slug}/{row.activity_id}"


def write_files(
    method: str,
    row: BookingRow,
    session: Session,
    *,
    raised: int = 0,
    numbers: Sequence[int] | None = None,
) -> list[CalendarFile]:
    """Return a file for each of a session's days, or for those of these numbers: an invitation has one UID."""
    person = identity.get_person(row.person_id)
    with force_locale(person.locale):
        entries = _entries(row, session, raised=raised, numbers=numbers)
    return [CalendarFile(method, _write(method, [entry], person)) for entry in entries]


def download(booking_id: BookingId) -> str:
    """Return all days of a booking as one file that a calendar takes in."""
    row = bookings.get_row(booking_id)
    session = dates.get_session(row.session_id)
    return _write(PUBLISH, _entries(row, session), identity.get_person(row.person_id))


def _write(method: str, entries: Sequence[Entry], person: Person) -> str:
    oem = identity.find_oem()
    return write_calendar(
        method,
        entries,
        organizer=Contact(oem.name if oem else "Guildhall", sender_address()),
        attendee=Contact(person.name, person.email),
        stamp=outbox.happened_at(),
    )


def _entries(
    row: BookingRow, session: Session, *, raised: int = 0, numbers: Sequence[int] | None = None
) -> list[Entry]:
    host = urlsplit(current_app.config["LMS_PUBLIC_URL"]).hostname or "localhost"
    url = current_app.config["LMS_PUBLIC_URL"] + learner_url(row, session)
    text = "\n".join(filter(None, (session.link, session.note, url)))
    return [
        Entry(
            uid=f"{row.id}-{number}@{host}",
            sequence=session.sequence + raised,
            starts_at=day.starts_at,
            ends_at=day.ends_at,
            time_zone=session.time_zone,
            title=session.title
            if len(session.days) == 1
            else _("%(title)s, day %(number)s", title=session.title, number=number),
            text=text,
            place=session.place or session.link,
            url=url,
        )
        for number, day in _numbered(session, numbers)
    ]


def _numbered(session: Session, numbers: Sequence[int] | None) -> list[tuple[int, Day]]:
    """Return days by number; one that the session has no longer is told at the time of its last."""
    if numbers is None:
        return list(enumerate(session.days, 1))
    return [(number, session.days[-1]) for number in numbers]
