"""Frozen pictures of live sessions: a date as offered, a booking, a line of a sheet."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from lms.courses.values import (
    ActivityId,
    ActivityKey,
    BookingEnd,
    BookingId,
    BookingState,
    CourseId,
    EnrolmentId,
    LiveSessionId,
    Mark,
)
from lms.identity.values import PersonId

KIND: Final = "session"
"""The key of the kind of activity."""


class SessionState(StrEnum):
    """Where a date is in its life; what was held or called off never changes again."""

    SCHEDULED = "scheduled"
    HELD = "held"
    CANCELLED = "cancelled"


class Refusal(StrEnum):
    """Why a date cannot be booked, or a seat not given back."""

    CANCELLED = "cancelled"
    BEGUN = "begun"
    CLOSED = "closed"
    DONE = "done"


class DayFault(StrEnum):
    """What is wrong with the days of a session."""

    NONE = "none"
    BACKWARDS = "backwards"
    OVERLAP = "overlap"
    PAST = "past"


@dataclass(frozen=True, slots=True)
class Day:
    """One day of a session, as two instants."""

    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionDraft:
    """A date as a trainer writes it. `seats` None is without limit; the hours count back from its beginning."""

    title: str
    days: Sequence[Day]
    time_zone: str
    place: str
    link: str
    seats: int | None
    trainers: Sequence[PersonId]
    language: str
    note: str
    book_closes_hours: int
    cancel_closes_hours: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A date of a live session with how full it is."""

    id: LiveSessionId
    course_id: CourseId
    course_title: str
    course_slug: str
    activity_key: ActivityKey
    title: str
    state: SessionState
    days: Sequence[Day]
    time_zone: str
    place: str
    link: str
    seats: int | None
    trainers: Mapping[PersonId, str]
    language: str
    note: str
    book_closes_hours: int
    cancel_closes_hours: int
    sequence: int
    version: int
    cancel_reason: str
    closed_at: datetime | None
    confirmed: int
    waiting: int

    @property
    def starts_at(self) -> datetime:
        """Return when its first day begins."""
        return self.days[0].starts_at

    @property
    def ends_at(self) -> datetime:
        """Return when its last day ends."""
        return self.days[-1].ends_at

    @property
    def minutes(self) -> int:
        """Return how long its days are together."""
        return sum(int((day.ends_at - day.starts_at).total_seconds()) // 60 for day in self.days)

    @property
    def free(self) -> int | None:
        """Return how many seats are free, None without limit."""
        return None if self.seats is None else max(0, self.seats - self.confirmed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Booking:
    """A person's booking; `place_in_line` counts from 1 on the waiting list and is 0 elsewhere."""

    id: BookingId
    session_id: LiveSessionId
    person_id: PersonId
    enrolment_id: EnrolmentId
    activity_id: ActivityId
    state: BookingState
    ended_at: datetime | None
    ended_why: BookingEnd | None
    mark: Mark | None
    minutes: int
    place_in_line: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetLine:
    """One person of a sheet or of its waiting list."""

    booking_id: BookingId
    person_id: PersonId
    name: str
    employer_name: str
    state: BookingState
    mark: Mark | None
    minutes: int


@dataclass(frozen=True, slots=True)
class Marking:
    """What somebody is to be marked: minutes count for who was there partly."""

    mark: Mark
    minutes: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamLine:
    """A booking of somebody in a team."""

    session: Session
    name: str
    employer_name: str
    state: BookingState


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """A correction of a closed sheet: who changed whose mark when, from what to what, and why."""

    at: datetime
    by: PersonId | None
    person_id: PersonId
    was: Mark
    was_minutes: int
    now: Mark
    now_minutes: int
    reason: str
