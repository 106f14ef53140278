"""The calendar file: sessions as iCalendar (RFC 5545), sent with a method (RFC 5546). It knows no database."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, vCalAddress, vUri

PRODUCT: Final = "-//Guildhall//Live sessions//EN"
PUBLISH, REQUEST, CANCEL = "PUBLISH", "REQUEST", "CANCEL"
YEAR: Final = timedelta(days=365)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One day of a session in somebody's calendar: the same `uid` for ever, a higher `sequence` with each change."""

    uid: str
    sequence: int
    starts_at: datetime
    ends_at: datetime
    time_zone: str
    title: str
    text: str
    place: str
    url: str


@dataclass(frozen=True, slots=True)
class Contact:
    """A name with its address."""

    name: str
    email: str


def write_calendar(
    method: str, entries: Sequence[Entry], *, organizer: Contact, attendee: Contact, stamp: datetime
) -> str:
    """Return one iCalendar object. One that asks or cancels has one entry (RFC 5546 §3.2: one UID in each)."""
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", method)
    for entry in entries:
        calendar.add_component(_event(method, entry, organizer, attendee, stamp))
    if entries:
        # The zone's rules around these days are enough, and a fortieth of all that it ever had.
        calendar.add_missing_timezones(
            first_date=min(entry.starts_at for entry in entries).date() - YEAR,
            last_date=max(entry.ends_at for entry in entries).date() + YEAR,
        )
    return str(calendar.to_ical(), "utf-8")


def _event(method: str, entry: Entry, organizer: Contact, attendee: Contact, stamp: datetime) -> Event:
    zone = ZoneInfo(entry.time_zone)
    event = Event()
    event.add("uid", entry.uid)
    event.add("sequence", entry.sequence)
    event.add("dtstamp", stamp)
    event.add("dtstart", entry.starts_at.astimezone(zone))
    event.add("dtend", entry.ends_at.astimezone(zone))
    event.add("summary", entry.title)
    event.add("description", entry.text)
    event.add("location", entry.place)
    event.add("url", vUri(entry.url))
    event.add("status", "CANCELLED" if method == CANCEL else "CONFIRMED")
    event.add("transp", "TRANSPARENT" if method == CANCEL else "OPAQUE")
    event.add("organizer", _address(organizer))
    if method != PUBLISH:  # what is published names nobody it is for (§3.2.1)
        guest = _address(attendee)
        guest.params["PARTSTAT"] = "ACCEPTED"
        guest.params["RSVP"] = "FALSE"
        event.add("attendee", guest)
    return event


def _address(contact: Contact) -> vCalAddress:
    address = vCalAddress(f"mailto:{contact.email}")
    address.params["CN"] = contact.name
    return address
