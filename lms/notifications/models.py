"""Notifications' table."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from lms.identity.values import PersonId
from lms.kernel.db import Model, new_id
from lms.notifications.values import NoticeId


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
