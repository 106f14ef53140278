"""The table of marking: answers that a person marks."""

from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Integer, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lms.kernel.db import Model, append_only, new_id
from lms.quizzes.values import AttemptId


class AnswerToMarkRow(Model):
    """An answer that was put into the marking queue, under the id by which the queue knows it; never changed."""

    __tablename__ = "answers_to_mark"
    __table_args__ = (
        ForeignKeyConstraint(["attempt_id", "slot"], ["attempt_slots.attempt_id", "attempt_slots.number"]),
        UniqueConstraint("attempt_id", "slot"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    attempt_id: Mapped[AttemptId]
    slot: Mapped[int] = mapped_column(Integer)


append_only(AnswerToMarkRow)
