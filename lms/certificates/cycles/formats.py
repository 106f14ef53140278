"""The calendar file of a certificate's end (RFC 5545): one day, with reminders. It knows no database."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from icalendar import Alarm, Calendar, Event, vUri

PRODUCT: Final = "-//Guildhall//Certificates//EN"
REMINDERS: Final = (timedelta(days=30), timedelta(days=7), timedelta(days=1))


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """The last valid day of a certificate: the same `uid` for ever."""

    uid: str
    on: date
    opens_at: datetime
    title: str
    text: str
    url: str


def write_ending(ending: Ending, *, stamp: datetime) -> str:
    """Return the iCalendar object of a certificate's last day, with reminders before it and when its renewal opens."""
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    event = Event()
    event.add("uid", ending.uid)
    event.add("dtstamp", stamp)
    event.add("dtstart", ending.on)
    event.add("dtend", ending.on + timedelta(days=1))
    event.add("summary", ending.title)
    event.add("description", ending.text)
    event.add("url", vUri(ending.url))
    event.add("transp", "TRANSPARENT")
    for before in REMINDERS:
        event.add_component(_alarm(ending.title, -before))
    event.add_component(_alarm(ending.title, ending.opens_at))
    calendar.add_component(event)
    return str(calendar.to_ical(), "utf-8")


def _alarm(title: str, trigger: timedelta | datetime) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", title)
    alarm.add("trigger", trigger, {"value": "DATE-TIME"} if isinstance(trigger, datetime) else {})
    return alarm
