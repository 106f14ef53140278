"""Notifications' tables: what people were told, how they want it, and what waits for a letter."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Integer, text
from sqlalchemy.orm import Mapped, mapped_column

from lms.identity.values import PersonId
from lms.kernel.db import Model, new_id
from lms.notifications.values import Delivery, NoticeId


class NoticeRow(Model):
    """One thing told to one person; `given` fills the places of its kind's sentences."""

    __tablename__ = "notices"
    __table_args__ = (
        Index("ix_notices_person", "person_id", "id"),
        Index(
            "ix_notices_unread",
            "person_id",
            sqlite_where=text("read_at IS NULL"),
            postgresql_where=text("read_at IS NULL"),
        ),
    )

    id: Mapped[NoticeId] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[PersonId] = mapped_column(ForeignKey("people.id"))
    kind: Mapped[str]
    given: Mapped[dict[str, Any]]
    url: Mapped[str]
    made_at: Mapped[datetime]
    read_at: Mapped[datetime | None]


class NoticeChoiceRow(Model):
    """How one person wants to be told; who has none is told as everybody is who chose nothing.

    `deliveries` says it by group. Times are minutes after midnight by the person's own clocks; both ends of the quiet
    hours are None where somebody wants none.
    """

    __tablename__ = "notice_choices"

    person_id: Mapped[PersonId] = mapped_column(ForeignKey("people.id"), primary_key=True)
    deliveries: Mapped[dict[str, Any]]
    digest_minute: Mapped[int] = mapped_column(Integer)
    weekday: Mapped[int] = mapped_column(Integer)
    quiet_from: Mapped[int | None] = mapped_column(Integer)
    quiet_until: Mapped[int | None] = mapped_column(Integer)


class WaitingNotice(Model):
    """A notice that waits for its letter: deleted in the transaction that writes that letter, and so in one."""

    __tablename__ = "waiting_notices"
    __table_args__ = (Index("ix_waiting_notices_person", "person_id", "due_at"),)

    notice_id: Mapped[NoticeId] = mapped_column(ForeignKey("notices.id"), primary_key=True)
    person_id: Mapped[PersonId] = mapped_column(ForeignKey("people.id"))
    delivery: Mapped[Delivery]
    due_at: Mapped[datetime]
    by_at: Mapped[datetime | None]
    """After which it is worth nothing."""
    about_id: Mapped[UUID | None]
    """What it is about, by which its kind says whether it still stands."""
    calendar: Mapped[list[Any] | None]


class LetterRound(Model):
    """When the next letter of a person is to be written: held by whoever writes, adds or moves what waits for them."""

    __tablename__ = "letter_rounds"
    __table_args__ = (
        Index(
            "ix_letter_rounds_next",
            "next_at",
            sqlite_where=text("next_at IS NOT NULL"),
            postgresql_where=text("next_at IS NOT NULL"),
        ),
    )

    person_id: Mapped[PersonId] = mapped_column(ForeignKey("people.id"), primary_key=True)
    next_at: Mapped[datetime | None]
