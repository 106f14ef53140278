"""Attempts' tables: attempts, their slots, and every answer as it came."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from lms.courses.values import ActivityId, ActivityKey, EnrolmentId
from lms.identity.values import PersonId
from lms.kernel.db import Model, append_only, new_id
from lms.quizzes.values import AnswerId, AttemptId, EndedBy, QuestionId, QuestionVersionId, QuizId


class AttemptRow(Model):
    """One attempt. `rules` are those it began under, `seed` what its draws and shuffles came from."""

    __tablename__ = "attempts"
    __table_args__ = (
        UniqueConstraint("enrolment_id", "activity_key", "number"),
        CheckConstraint("score IS NULL OR (score >= 0 AND score <= 1)", name="score"),
        Index(
            "uq_attempts_open",
            "enrolment_id",
            "activity_key",
            unique=True,
            sqlite_where=text("finished_at IS NULL"),
            postgresql_where=text("finished_at IS NULL"),
        ),
        Index(
            "ix_attempts_deadline",
            "deadline_at",
            sqlite_where=text("finished_at IS NULL"),
            postgresql_where=text("finished_at IS NULL"),
        ),
        Index("ix_attempts_person", "person_id", "quiz_id"),
    )

    id: Mapped[AttemptId] = mapped_column(primary_key=True, default=new_id)
    enrolment_id: Mapped[EnrolmentId] = mapped_column(ForeignKey("enrolments.id"))
    activity_id: Mapped[ActivityId] = mapped_column(ForeignKey("course_activities.id"))
    activity_key: Mapped[ActivityKey]
    quiz_id: Mapped[QuizId] = mapped_column(ForeignKey("quizzes.id"), index=True)
    person_id: Mapped[PersonId] = mapped_column(ForeignKey("people.id"))
    number: Mapped[int] = mapped_column(Integer)
    seed: Mapped[int]
    rules: Mapped[dict[str, Any]]
    started_at: Mapped[datetime]
    deadline_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    ended_by: Mapped[EndedBy | None]
    earned: Mapped[Decimal | None]
    marks: Mapped[Decimal]
    score: Mapped[Decimal | None]
    passed: Mapped[bool | None] = mapped_column(Boolean)


class SlotRow(Model):
    """A place in an attempt. `given` is a copy of its newest answer (number `answer_count`), and may be blank again."""

    __tablename__ = "attempt_slots"
    __table_args__ = (Index("ix_attempt_slots_version", "version_id"),)

    attempt_id: Mapped[AttemptId] = mapped_column(ForeignKey("attempts.id"), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True)
    question_id: Mapped[QuestionId] = mapped_column(ForeignKey("questions.id"), index=True)
    version_id: Mapped[QuestionVersionId] = mapped_column(ForeignKey("question_versions.id"))
    order: Mapped[list[str]]
    is_flagged: Mapped[bool] = mapped_column(Boolean, default=False)
    is_answered: Mapped[bool] = mapped_column(Boolean, default=False)
    answer_count: Mapped[int] = mapped_column(Integer, default=0)
    given: Mapped[dict[str, Any] | None]
    saved_at: Mapped[datetime | None]
    fraction: Mapped[Decimal | None]


class AnswerRow(Model):
    """One answer as it was given, never changed; numbers rise in the order the server took them.

    `client_key` is the page's own name for it: the same one again is the same answer and changes nothing.
    """

    __tablename__ = "answers"
    __table_args__ = (
        ForeignKeyConstraint(["attempt_id", "slot"], ["attempt_slots.attempt_id", "attempt_slots.number"]),
        UniqueConstraint("attempt_id", "client_key"),
        UniqueConstraint("attempt_id", "slot", "number"),
    )

    id: Mapped[AnswerId] = mapped_column(primary_key=True, default=new_id)
    attempt_id: Mapped[AttemptId]
    slot: Mapped[int] = mapped_column(Integer)
    number: Mapped[int] = mapped_column(Integer)
    client_key: Mapped[UUID]
    given: Mapped[dict[str, Any]]
    saved_at: Mapped[datetime]


append_only(AnswerRow)
