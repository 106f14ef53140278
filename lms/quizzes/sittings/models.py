"""Sittings' tables: the extra time that people have, and what opens an exam: its password, codes of the day."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, text
from sqlalchemy.orm import Mapped, mapped_column

from lms.identity.values import PersonId
from lms.kernel.db import Model, new_id
from lms.quizzes.values import ExtraTimeId, QuizId

HOLDS = "withdrawn_at IS NULL"


class ExtraTimeRow(Model):
    """Extra time of a person, for one exam or for each. What held once stays as it was, with when it was withdrawn."""

    __tablename__ = "extra_times"
    __table_args__ = (
        CheckConstraint("percent >= 0 AND minutes >= 0 AND percent + minutes > 0", name="something"),
        Index(
            "uq_extra_times_everywhere",
            "person_id",
            unique=True,
            sqlite_where=text(f"quiz_id IS NULL AND {HOLDS}"),
            postgresql_where=text(f"quiz_id IS NULL AND {HOLDS}"),
        ),
        Index(
            "uq_extra_times_quiz",
            "person_id",
            "quiz_id",
            unique=True,
            sqlite_where=text(HOLDS),
            postgresql_where=text(HOLDS),
        ),
        Index("ix_extra_times_quiz", "quiz_id"),
    )

    id: Mapped[ExtraTimeId] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[PersonId] = mapped_column(ForeignKey("people.id"))
    quiz_id: Mapped[QuizId | None] = mapped_column(ForeignKey("quizzes.id"))
    percent: Mapped[int] = mapped_column(Integer)
    minutes: Mapped[int] = mapped_column(Integer)
    reason: Mapped[str]
    given_at: Mapped[datetime]
    given_by: Mapped[PersonId | None] = mapped_column(ForeignKey("people.id"))
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[PersonId | None] = mapped_column(ForeignKey("people.id"))


class ExamPasswordRow(Model):
    """The password of an exam, as it is kept of every password: nobody reads it here."""

    __tablename__ = "exam_passwords"

    quiz_id: Mapped[QuizId] = mapped_column(ForeignKey("quizzes.id"), primary_key=True)
    password_hash: Mapped[str]
    set_at: Mapped[datetime]
    set_by: Mapped[PersonId | None] = mapped_column(ForeignKey("people.id"))


class StartCodeRow(Model):
    """A code with which attempts at an exam begin on one day; what it is only whoever made it has read."""

    __tablename__ = "start_codes"
    __table_args__ = (Index("ix_start_codes_quiz", "quiz_id", "expires_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    quiz_id: Mapped[QuizId] = mapped_column(ForeignKey("quizzes.id"))
    code_sha256: Mapped[str]
    made_at: Mapped[datetime]
    made_by: Mapped[PersonId | None] = mapped_column(ForeignKey("people.id"))
    expires_at: Mapped[datetime]
