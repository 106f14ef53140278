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
    false,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from lms.courses.values import ActivityId, ActivityKey, EnrolmentId
from lms.identity.values import PersonId
from lms.kernel.db import Model, append_only, new_id
from lms.quizzes.values import (
    AnswerId,
    AttemptId,
    EndedBy,
    LateAnswerId,
    QuestionId,
    QuestionVersionId,
    QuizId,
    Why,
)


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
    section: Mapped[int] = mapped_column(Integer, default=1, server_default=text("1"))
    """Where it stood when that was last written, and when its time there is up (`values.sections` says the rest)."""
    section_ends_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    ended_by: Mapped[EndedBy | None]
    earned: Mapped[Decimal | None]
    marks: Mapped[Decimal]
    score: Mapped[Decimal | None]
    passed: Mapped[bool | None] = mapped_column(Boolean)
    device: Mapped[str | None]
    """The digest of the key of the browser that it belongs to; None where it belongs to none."""


class SlotRow(Model):
    """A place in an attempt. `given` is a copy of the answer that counts, and may be blank again.

    That is the newest of its `answer_count` answers, but for those that another device gave earlier and sent later.

    `tries` are the answers that were checked, in order, as `values.tries_to_json` writes them; None before the first.
    """

    __tablename__ = "attempt_slots"
    __table_args__ = (Index("ix_attempt_slots_version", "version_id"),)

    attempt_id: Mapped[AttemptId] = mapped_column(ForeignKey("attempts.id"), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True)
    question_id: Mapped[QuestionId] = mapped_column(ForeignKey("questions.id"), index=True)
    version_id: Mapped[QuestionVersionId] = mapped_column(ForeignKey("question_versions.id"))
    section: Mapped[int] = mapped_column(Integer, default=1, server_default=text("1"))
    order: Mapped[list[str]]
    drawn: Mapped[dict[str, Any] | None]
    """The values that its question's variables were drawn with, as `kinds.chance.kept` writes them; None without."""
    is_flagged: Mapped[bool] = mapped_column(Boolean, default=False)
    is_answered: Mapped[bool] = mapped_column(Boolean, default=False)
    answer_count: Mapped[int] = mapped_column(Integer, default=0)
    given: Mapped[dict[str, Any] | None]
    saved_at: Mapped[datetime | None]
    fraction: Mapped[Decimal | None]
    tries: Mapped[list[Any] | None]
    key_id: Mapped[QuestionVersionId | None] = mapped_column(ForeignKey("question_versions.id"))
    """The version by whose key it was marked anew; None where its own holds."""
    is_left_out: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    """Whether it counts for nothing in the score of its attempt, since the question was faulty."""


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


class AnswerFileRow(Model):
    """A file that came for an answer: its answers name it by this id. It stays though a later answer leaves it out."""

    __tablename__ = "answer_files"
    __table_args__ = (
        ForeignKeyConstraint(["attempt_id", "slot"], ["attempt_slots.attempt_id", "attempt_slots.number"]),
        Index("ix_answer_files_slot", "attempt_id", "slot"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    attempt_id: Mapped[AttemptId]
    slot: Mapped[int] = mapped_column(Integer)
    person_id: Mapped[PersonId] = mapped_column(ForeignKey("people.id"), index=True)
    file_id: Mapped[UUID] = mapped_column(ForeignKey("stored_files.id"), index=True)


class HandoverRow(Model):
    """A code with which another device takes over an attempt: once, and not for long."""

    __tablename__ = "handovers"

    attempt_id: Mapped[AttemptId] = mapped_column(ForeignKey("attempts.id"), primary_key=True)
    code_sha256: Mapped[str]
    expires_at: Mapped[datetime]
    made_by: Mapped[PersonId | None] = mapped_column(ForeignKey("people.id"))


class AbsenceRow(Model):
    """A time in which the page of an attempt was left for another, as its device told; a fact, and no verdict."""

    __tablename__ = "attempt_absences"

    attempt_id: Mapped[AttemptId] = mapped_column(ForeignKey("attempts.id"), primary_key=True)
    client_key: Mapped[UUID] = mapped_column(primary_key=True)
    left_at: Mapped[datetime]
    seconds: Mapped[int] = mapped_column(Integer)


class LateAnswerRow(Model):
    """An answer that arrived when none was taken any more, for a person to decide; nothing of it counts before.

    `device_at` is when its device says it was given, `age_seconds` how long before it was sent: clocks of devices are
    wrong, but run. `before` is what was in its place when it was let count.
    """

    __tablename__ = "late_answers"
    __table_args__ = (
        ForeignKeyConstraint(["attempt_id", "slot"], ["attempt_slots.attempt_id", "attempt_slots.number"]),
        UniqueConstraint("attempt_id", "client_key"),
    )

    id: Mapped[LateAnswerId] = mapped_column(primary_key=True, default=new_id)
    attempt_id: Mapped[AttemptId]
    slot: Mapped[int] = mapped_column(Integer)
    client_key: Mapped[UUID]
    given: Mapped[dict[str, Any]]
    why: Mapped[Why]
    device_at: Mapped[datetime | None]
    age_seconds: Mapped[int | None] = mapped_column(Integer)
    arrived_at: Mapped[datetime]
    counts: Mapped[bool | None] = mapped_column(Boolean)
    decided_at: Mapped[datetime | None]
    before: Mapped[dict[str, Any] | None]


append_only(AnswerRow)
