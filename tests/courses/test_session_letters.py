"""What people are told of live sessions: notices, letters with calendar files, and reminders, each once."""

from datetime import UTC, datetime, timedelta
from io import StringIO
from itertools import pairwise

import pytest
from dateutil import tz
from sqlalchemy import select

from lms.app.factory import deliver_outbox
from lms.courses.sessions import jobs
from lms.courses.sessions.formats import CANCEL, PUBLISH, REQUEST, Contact, Entry, write_calendar
from lms.courses.sessions.values import Day
from lms.kernel import clock, mail
from lms.kernel.db import db
from lms.kernel.mail import Mail
from lms.kernel.uow import unit_of_work
from lms.notifications import queries as notices
from tests.courses.courses import enrol
from tests.courses.sessions import book, call_off, change, draft, give_up, schedule, write_live_course

BEGINS = datetime(2027, 3, 27, 8, tzinfo=UTC)
ENTRY = Entry(
    uid="b-1@portal.example",
    sequence=3,
    starts_at=BEGINS,
    ends_at=BEGINS + timedelta(days=1, hours=8),
    time_zone="Europe/Vienna",
    title="Grüße; Teil 1, „Kälte“\\n" + " und lange Wörter" * 8,
    text="Line one\nLine two, with commas; and semicolons",
    place="Halle 2, Wien",
    url="https://portal.example/learn/x?a=1&b=2",
)


def unfolded(text):
    """Return the content lines of an iCalendar text by RFC 5545 §3.1: our own reader, not the writer's library."""
    assert "\n" not in text.replace("\r\n", "")
    lines: list[str] = []
    for line in text.split("\r\n"):
        assert len(line.encode()) <= 75, line
        if line.startswith((" ", "\t")):
            lines[-1] += line[1:]
        else:
            lines.append(line)
    assert lines.pop() == ""
    return lines


def read(text):
    """Return the properties of the first event and the calendar's method, unescaped by §3.3.11."""
    lines = unfolded(text)
    event = lines[lines.index("BEGIN:VEVENT") + 1 : lines.index("END:VEVENT")]
    found = {line.split(":", 1)[0].split(";")[0]: line.split(":", 1)[1] for line in event}
    for name in ("SUMMARY", "DESCRIPTION", "LOCATION"):
        plain, waiting = "", iter(found[name])
        for character in waiting:
            escaped = next(waiting) if character == "\\" else ""
            plain += {"n": "\n", "N": "\n"}.get(escaped, escaped) or character
        found[name] = plain
    found["METHOD"] = next(line.split(":")[1] for line in lines if line.startswith("METHOD:"))
    return found


def written(method=REQUEST, entry=ENTRY):
    return write_calendar(
        method,
        [entry],
        organizer=Contact("Halden; Controls", "no-reply@portal.example"),
        attendee=Contact('Amara "A" Osei', "amara@example.com"),
        stamp=BEGINS - timedelta(days=9),
    )


def test_a_calendar_file_folds_and_escapes_so_that_another_reader_gets_the_same_words():
    event = read(written())
    assert event["SUMMARY"] == ENTRY.title
    assert event["DESCRIPTION"] == ENTRY.text
    assert event["LOCATION"] == ENTRY.place
    assert (event["UID"], event["SEQUENCE"], event["METHOD"]) == ("b-1@portal.example", "3", "REQUEST")
    assert event["DTSTAMP"] == "20270318T080000Z"
    assert event["URL"] == ENTRY.url


def test_its_zone_is_described_in_it_and_read_by_an_independent_library_as_the_same_instants():
    text = written()
    zone = tz.tzical(StringIO(text.replace("\r\n ", ""))).get("Europe/Vienna")
    event = read(text)
    begins, ends = (
        datetime.strptime(event[name], "%Y%m%dT%H%M%S").replace(tzinfo=zone) for name in ("DTSTART", "DTEND")
    )
    # The clocks of Vienna go forward between the two.
    assert (begins.hour, ends.hour) == (9, 18)
    assert (begins.astimezone(UTC), ends.astimezone(UTC)) == (ENTRY.starts_at, ENTRY.ends_at)


def test_what_is_published_names_no_guest_and_what_is_cancelled_says_so():
    assert "ATTENDEE" not in read(written(PUBLISH))
    assert read(written(CANCEL))["STATUS"] == "CANCELLED"


@pytest.fixture
def booked(app, cast):
    """Return a session with one seat that Amara has and Dafydd waits for, told already, and how to move the clock."""
    course_id, activity = write_live_course()
    with clock.frozen_at(datetime(2027, 3, 17, 8, tzinfo=UTC)) as advance:
        for person in (cast.amara, cast.dafydd):
            enrol(person, course_id)
        session_id = schedule(activity, seats=1, link="https://meet.example/room")
        amara, dafydd = (book(app, session_id, person) for person in (cast.amara, cast.dafydd))
        deliver_outbox()
        yield session_id, amara, dafydd, advance


def letters(address):
    db.session.rollback()
    return db.session.scalars(select(Mail).where(Mail.to == f"{address}@example.com").order_by(Mail.id)).all()


def told(person_id):
    with unit_of_work(read_only=True):
        return [notice.text for notice in reversed(notices.latest(person_id)[1])]


def test_who_has_a_seat_gets_an_invitation_and_who_waits_gets_none(app, cast, booked):
    (amara,), (dafydd,) = letters("amara"), letters("dafydd")
    assert amara.subject == "You have a seat: Commissioning day"
    assert "27 Mar 2027, 09:00 (Vienna)" in amara.text
    assert "https://meet.example/room" in amara.text
    assert [file["method"] for file in amara.calendar] == ["REQUEST"]
    assert dafydd.subject == "You are on the waiting list: Commissioning day"
    assert dafydd.calendar is None
    assert "meet.example" not in dafydd.text


def test_who_moves_up_is_told_with_an_invitation_and_who_gave_up_with_a_cancellation(app, cast, booked):
    _session_id, amara, _dafydd, _advance = booked
    give_up(app, amara, cast.amara)
    deliver_outbox()
    invited, cancelled = (read(letter.calendar[0]["text"]) for letter in letters("amara"))
    assert (cancelled["METHOD"], cancelled["UID"]) == ("CANCEL", invited["UID"])
    assert int(cancelled["SEQUENCE"]) > int(invited["SEQUENCE"])
    assert told(cast.dafydd)[-1] == "A seat became free, and it is yours: Commissioning day"
    assert letters("dafydd")[-1].calendar[0]["method"] == "REQUEST"


def test_a_session_that_moves_keeps_its_uid_and_raises_its_sequence_and_one_that_does_not_tells_nobody(
    app, cast, booked
):
    session_id, *_rest = booked
    change(session_id, draft(seats=1, link="https://meet.example/room", note="Bring boots."))
    deliver_outbox()
    assert len(letters("amara")) == 1
    for day in (12, 13):
        moved = draft(datetime(2027, 4, day, 7, tzinfo=UTC), seats=1, link="https://meet.example/room")
        change(session_id, moved)
        deliver_outbox()
    events = [read(letter.calendar[0]["text"]) for letter in letters("amara")]
    assert {event["UID"] for event in events} == {events[0]["UID"]}
    assert all(int(after["SEQUENCE"]) > int(before["SEQUENCE"]) for before, after in pairwise(events))
    # 09:00 in Vienna before the clocks go forward is 09:00 after.
    assert [event["DTSTART"] for event in events] == [
        "20270327T090000",
        "20270412T090000",
        "20270413T090000",
    ]
    assert told(cast.dafydd)[-1] == "Changed: Commissioning day"


def test_a_day_that_a_session_no_longer_has_leaves_calendars(app, cast):
    course_id, activity = write_live_course()
    enrol(cast.amara, course_id)
    session_id = schedule(activity, draft(length=3))
    book(app, session_id, cast.amara)
    deliver_outbox()
    change(session_id, draft(length=1))
    deliver_outbox()
    first, second = ([read(file["text"]) for file in letter.calendar] for letter in letters("amara"))
    assert [event["METHOD"] for event in first] == ["REQUEST"] * 3
    assert [event["METHOD"] for event in second] == ["REQUEST", "CANCEL", "CANCEL"]
    assert [event["UID"] for event in second] == [event["UID"] for event in first]


def test_a_date_called_off_is_told_to_all_with_the_reason_and_cancelled_in_calendars(app, cast, booked):
    session_id, *_rest = booked
    call_off(session_id, "The hall is flooded.")
    deliver_outbox()
    amara, dafydd = letters("amara")[-1], letters("dafydd")[-1]
    assert "The hall is flooded." in amara.text
    assert read(amara.calendar[0]["text"])["STATUS"] == "CANCELLED"
    assert "The hall is flooded." in dafydd.text
    assert dafydd.calendar is None


def test_an_invitation_is_one_of_its_letters_forms_and_a_file(app, cast, booked):
    (letter,) = letters("amara")
    message = mail._compose(letter, "no-reply@portal.example")  # noqa: SLF001  what SMTP is given
    parts = [
        (part.get_content_type(), part.get_param("method"), part.get_filename()) for part in message.walk()
    ]
    assert ("text/calendar", "REQUEST", None) in parts
    assert ("text/calendar", "REQUEST", "session.ics") in parts
    form = next(part for part in message.walk() if part.get_param("method") and not part.get_filename())
    assert form.get_content().replace("\r\n", "\n") == letter.calendar[0]["text"].replace("\r\n", "\n")


def test_reminders_come_a_day_and_an_hour_before_once_each_and_to_nobody_who_waits(app, cast, booked):
    _session_id, _amara, _dafydd, advance = booked
    seen = []
    for step in (timedelta(days=8), timedelta(days=1), timedelta(hours=22), timedelta(hours=1, minutes=5)):
        advance(step)
        jobs.remind()
        jobs.remind()
        seen.append(sum(letter.subject.startswith("Soon") for letter in letters("amara")))
    assert seen == [0, 1, 1, 2]
    assert not [letter for letter in letters("dafydd") if letter.subject.startswith("Soon")]


def test_reminders_follow_a_session_that_moves_and_stop_when_a_seat_is_given_up(app, cast, booked):
    session_id, amara, _dafydd, advance = booked
    later = datetime(2027, 4, 12, 7, tzinfo=UTC)
    wanted = draft(seats=1, days=[Day(later, later + timedelta(hours=8))])
    change(session_id, wanted)
    advance(timedelta(days=10))
    jobs.remind()
    assert not [letter for letter in letters("amara") if letter.subject.startswith("Soon")]
    give_up(app, amara, cast.amara)
    advance(timedelta(days=15))
    jobs.remind()
    assert not [letter for letter in letters("amara") if letter.subject.startswith("Soon")]
    assert [letter.subject for letter in letters("dafydd") if letter.subject.startswith("Soon")] == [
        "Soon: Commissioning day"
    ]
