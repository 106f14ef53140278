"""Tables of live sessions: dates, their days and trainers, and who booked."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, text
from sqlalchemy.orm import Mapped, mapped_column

from lms.courses.sessions.values import SessionState
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
from lms.kernel.db import Model, new_id


class LiveSessionRow(Model):
    """A date of a live session, for every version of its course. The zone is the place's; instants are UTC.

    `starts_at` and `ends_at` are those of all its days; `sequence` rises whenever calendars must be told.
    """

    __tablename__ = "live_sessions"
    __table_args__ = (
        CheckConstraint("ends_at > starts_at", name="lasts"),
        CheckConstraint("seats IS NULL OR seats > 0", name="seats"),
        Index("ix_live_sessions_activity", "activity_key", "starts_at", "id"),
        Index("ix_live_sessions_starts", "starts_at", "id"),
    )

    id: Mapped[LiveSessionId] = mapped_column(primary_key=True, default=new_id)
    course_id: Mapped[CourseId] = mapped_column(ForeignKey("courses.id"), index=True)
    activity_key: Mapped[ActivityKey]
    title: Mapped[str]
    state: Mapped[SessionState]
    time_zone: Mapped[str]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    place: Mapped[str]
    link: Mapped[str]
    seats: Mapped[int | None] = mapped_column(Integer)
    language: Mapped[str]
    note: Mapped[str]
    book_closes_hours: Mapped[int] = mapped_column(Integer)
    cancel_closes_hours: Mapped[int] = mapped_column(Integer)
    sequence: Mapped[int] = mapped_column(Integer, default=0)
    version: Mapped[int] = mapped_column(Integer, default=1)
    created_at: Mapped[datetime]
    created_by: Mapped[PersonId | None] = mapped_column(ForeignKey("people.id"))
    cancelled_at: Mapped[datetime | None]
    cancel_reason: Mapped[str] = mapped_column(default="")
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[PersonId | None] = mapped_column(ForeignKey("people.id"))


class LiveSessionDay(Model):
    """One day of a session; `number` counts from 1 in order."""

    __tablename__ = "live_session_days"
    __table_args__ = (CheckConstraint("ends_at > starts_at", name="lasts"),)

    session_id: Mapped[LiveSessionId] = mapped_column(ForeignKey("live_sessions.id"), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]


class LiveSessionTrainer(Model):
    """Somebody who holds a session."""

    __tablename__ = "live_session_trainers"

    session_id: Mapped[LiveSessionId] = mapped_column(ForeignKey("live_sessions.id"), primary_key=True)
    person_id: Mapped[PersonId] = mapped_column(ForeignKey("people.id"), primary_key=True, index=True)


class BookingRow(Model):
    """A person's booking; open until it is given up, its session is called off, or its sheet is closed.

    Who comes first in the waiting list is who has the lower id. `remind_at` is when to remind next.
    """

    __tablename__ = "session_bookings"
    __table_args__ = (
        Index(
            "uq_session_bookings_open",
            "person_id",
            "activity_key",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index("ix_session_bookings_session", "session_id", "state", "id"),
        Index("ix_session_bookings_person", "person_id", "id"),
        Index("ix_session_bookings_enrolment", "enrolment_id"),
        Index(
            "ix_session_bookings_remind",
            "remind_at",
            sqlite_where=text("remind_at IS NOT NULL"),
            postgresql_where=text("remind_at IS NOT NULL"),
        ),
    )

    id: Mapped[BookingId] = mapped_column(primary_key=True, default=new_id)
    session_id: Mapped[LiveSessionId] = mapped_column(ForeignKey("live_sessions.id"))
    activity_key: Mapped[ActivityKey]
    activity_id: Mapped[ActivityId] = mapped_column(ForeignKey("course_activities.id"))
    enrolment_id: Mapped[EnrolmentId] = mapped_column(ForeignKey("enrolments.id"))
    person_id: Mapped[PersonId] = mapped_column(ForeignKey("people.id"))
    state: Mapped[BookingState]
    booked_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    ended_why: Mapped[BookingEnd | None]
    remind_at: Mapped[datetime | None]
    mark: Mapped[Mark | None]
    minutes: Mapped[int] = mapped_column(Integer, default=0)
    marked_at: Mapped[datetime | None]
    marked_by: Mapped[PersonId | None] = mapped_column(ForeignKey("people.id"))
