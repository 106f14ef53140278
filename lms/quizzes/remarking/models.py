"""The tables of marking anew: acts, what each comes to for every attempt, and what was done, which never changes."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Boolean, ForeignKey, Index, Integer, text
from sqlalchemy.orm import Mapped, mapped_column

from lms.identity.values import PersonId
from lms.kernel.db import Model, append_only, new_id
from lms.quizzes.remarking.values import RemarkState, Verdict, Way
from lms.quizzes.values import AttemptId, QuestionId, QuestionVersionId, QuizId, RemarkId

ACTIVE = "state IN ('looking', 'running')"


class RemarkRow(Model):
    """An act: looked at batch by batch, then done batch by batch, each in a transaction of its own.

    `looked` is the number of its preview; `looked_to` the last attempt that this one has looked at.
    """

    __tablename__ = "remarks"
    __table_args__ = (
        Index("ix_remarks_question", "question_id", "id"),
        Index("ix_remarks_active", "id", sqlite_where=text(ACTIVE), postgresql_where=text(ACTIVE)),
        Index(
            "uq_remarks_running",
            "question_id",
            unique=True,
            sqlite_where=text("state = 'running'"),
            postgresql_where=text("state = 'running'"),
        ),
        Index(
            "uq_remarks_undoes",
            "undoes_id",
            unique=True,
            sqlite_where=text("state <> 'discarded'"),
            postgresql_where=text("state <> 'discarded'"),
        ),
    )

    id: Mapped[RemarkId] = mapped_column(primary_key=True, default=new_id)
    question_id: Mapped[QuestionId] = mapped_column(ForeignKey("questions.id"))
    version_id: Mapped[QuestionVersionId] = mapped_column(ForeignKey("question_versions.id"))
    way: Mapped[Way]
    key_id: Mapped[QuestionVersionId | None] = mapped_column(ForeignKey("question_versions.id"))
    quiz_id: Mapped[QuizId | None] = mapped_column(ForeignKey("quizzes.id"))
    undoes_id: Mapped[RemarkId | None] = mapped_column(ForeignKey("remarks.id"))
    lowers: Mapped[bool] = mapped_column(Boolean)
    reason: Mapped[str]
    state: Mapped[RemarkState]
    looked: Mapped[int] = mapped_column(Integer)
    looked_to: Mapped[AttemptId | None]
    open_count: Mapped[int] = mapped_column(Integer)
    total: Mapped[int] = mapped_column(Integer)
    done: Mapped[int] = mapped_column(Integer)
    counts: Mapped[dict[str, Any]]
    asked_at: Mapped[datetime]
    asked_by: Mapped[PersonId | None] = mapped_column(ForeignKey("people.id"))
    begun_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


class RemarkLineRow(Model):
    """What an act comes to for one attempt, as it stood when it was looked at; `done_at` None is still to be done.

    `before` and `after` say what answers hold, as `values.held_to_json` writes it.
    """

    __tablename__ = "remark_lines"
    __table_args__ = (
        Index("ix_remark_lines_verdict", "remark_id", "verdict", "attempt_id"),
        Index(
            "ix_remark_lines_waiting",
            "remark_id",
            "attempt_id",
            sqlite_where=text("done_at IS NULL"),
            postgresql_where=text("done_at IS NULL"),
        ),
    )

    remark_id: Mapped[RemarkId] = mapped_column(ForeignKey("remarks.id"), primary_key=True)
    attempt_id: Mapped[AttemptId] = mapped_column(ForeignKey("attempts.id"), primary_key=True)
    verdict: Mapped[Verdict]
    before: Mapped[dict[str, Any]]
    after: Mapped[dict[str, Any]]
    score_before: Mapped[Decimal | None]
    score_after: Mapped[Decimal | None]
    passed_before: Mapped[bool | None] = mapped_column(Boolean)
    passed_after: Mapped[bool | None] = mapped_column(Boolean)
    done_at: Mapped[datetime | None]


class RemarkedAttemptRow(Model):
    """What an act did to one attempt, kept for ever: what its answers held before and after it, and its score."""

    __tablename__ = "remarked_attempts"
    __table_args__ = (Index("ix_remarked_attempts_attempt", "attempt_id", "remark_id"),)

    remark_id: Mapped[RemarkId] = mapped_column(ForeignKey("remarks.id"), primary_key=True)
    attempt_id: Mapped[AttemptId] = mapped_column(ForeignKey("attempts.id"), primary_key=True)
    verdict: Mapped[Verdict]
    before: Mapped[dict[str, Any]]
    after: Mapped[dict[str, Any]]
    score_before: Mapped[Decimal | None]
    score_after: Mapped[Decimal | None]
    passed_before: Mapped[bool | None] = mapped_column(Boolean)
    passed_after: Mapped[bool | None] = mapped_column(Boolean)
    at: Mapped[datetime]


append_only(RemarkedAttemptRow)
