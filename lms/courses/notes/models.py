"""The table of notes."""

from datetime import datetime

from sqlalchemy import Boolean, ForeignKey, Index, Integer
from sqlalchemy.orm import Mapped, mapped_column

from lms.courses.values import ActivityKey, CourseId
from lms.identity.values import PersonId
from lms.kernel.db import Model


class NoteRow(Model):
    """What a person keeps of an activity, in every version of it. An empty one without a mark is nothing."""

    __tablename__ = "activity_notes"
    __table_args__ = (Index("ix_activity_notes_changed", "person_id", "changed_at", "activity_key"),)

    person_id: Mapped[PersonId] = mapped_column(ForeignKey("people.id"), primary_key=True)
    activity_key: Mapped[ActivityKey] = mapped_column(primary_key=True)
    course_id: Mapped[CourseId] = mapped_column(ForeignKey("courses.id"), index=True)
    text: Mapped[str]
    is_marked: Mapped[bool] = mapped_column(Boolean)
    revision: Mapped[int] = mapped_column(Integer)
    changed_at: Mapped[datetime]
