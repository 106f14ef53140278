"""Statistics' tables: what was counted of each attempt, and the sums of that; no person and no time."""

from typing import Any

from sqlalchemy import Boolean, ForeignKey, Index, Integer
from sqlalchemy.orm import Mapped, mapped_column

from lms.kernel.db import Model
from lms.quizzes.statistics.values import Which
from lms.quizzes.values import AttemptId, QuestionId, QuestionVersionId, QuizId


class CountedAttemptRow(Model):
    """What of an attempt stands in the sums, as `values.Counted`: taken away before what it says now is added."""

    __tablename__ = "statistic_attempts"

    attempt_id: Mapped[AttemptId] = mapped_column(ForeignKey("attempts.id"), primary_key=True)
    counted: Mapped[dict[str, Any]]


class TotalRow(Model):
    """Sums over the attempts of as many questions at an exam."""

    __tablename__ = "statistic_totals"
    __table_args__ = ({"sqlite_with_rowid": False},)

    quiz_id: Mapped[QuizId] = mapped_column(ForeignKey("quizzes.id"), primary_key=True)
    which: Mapped[Which] = mapped_column(primary_key=True)
    size: Mapped[int] = mapped_column(Integer, primary_key=True)
    n: Mapped[int]
    passed: Mapped[int]
    seconds: Mapped[int]
    total: Mapped[int]
    total_squared: Mapped[int]
    parts_squared: Mapped[int]


class ScoreRow(Model):
    """How many attempts at an exam scored so many whole per cent."""

    __tablename__ = "statistic_scores"
    __table_args__ = ({"sqlite_with_rowid": False},)

    quiz_id: Mapped[QuizId] = mapped_column(ForeignKey("quizzes.id"), primary_key=True)
    which: Mapped[Which] = mapped_column(primary_key=True)
    percent: Mapped[int] = mapped_column(Integer, primary_key=True)
    count: Mapped[int]


class ObjectiveRow(Model):
    """Sums over what was asked for an objective in an exam; the empty one is that of questions without."""

    __tablename__ = "statistic_objectives"
    __table_args__ = ({"sqlite_with_rowid": False},)

    quiz_id: Mapped[QuizId] = mapped_column(ForeignKey("quizzes.id"), primary_key=True)
    which: Mapped[Which] = mapped_column(primary_key=True)
    objective: Mapped[str] = mapped_column(primary_key=True)
    n: Mapped[int]
    part: Mapped[int]
    weight: Mapped[int]


class ItemRow(Model):
    """Sums over the attempts at an exam that asked a version of a question.

    `share`, `rank` and `is_flagged` follow from the sums: lists are ordered and narrowed by them.
    """

    __tablename__ = "statistic_items"
    __table_args__ = (
        Index("ix_statistic_items_version", "version_id"),
        Index("ix_statistic_items_question", "question_id"),
        Index("ix_statistic_items_rank", "quiz_id", "which", "rank", "version_id"),
        Index("ix_statistic_items_share", "quiz_id", "which", "share", "version_id"),
        Index("ix_statistic_items_n", "quiz_id", "which", "n", "version_id"),
        {"sqlite_with_rowid": False},
    )

    quiz_id: Mapped[QuizId] = mapped_column(ForeignKey("quizzes.id"), primary_key=True)
    which: Mapped[Which] = mapped_column(primary_key=True)
    version_id: Mapped[QuestionVersionId] = mapped_column(
        ForeignKey("question_versions.id"), primary_key=True
    )
    question_id: Mapped[QuestionId] = mapped_column(ForeignKey("questions.id"))
    n: Mapped[int]
    answered: Mapped[int]
    earned: Mapped[int]
    earned_squared: Mapped[int]
    part: Mapped[int]
    part_squared: Mapped[int]
    rest: Mapped[int]
    rest_squared: Mapped[int]
    earned_rest: Mapped[int]
    timed: Mapped[int]
    seconds: Mapped[int]
    share: Mapped[int] = mapped_column(Integer)
    rank: Mapped[int] = mapped_column(Integer)
    is_flagged: Mapped[bool] = mapped_column(Boolean)


class ChosenRow(Model):
    """How often an answer was given to a part of a version in an exam; the empty one counts who answered it at all."""

    __tablename__ = "statistic_answers"
    __table_args__ = (Index("ix_statistic_answers_version", "version_id"), {"sqlite_with_rowid": False})

    quiz_id: Mapped[QuizId] = mapped_column(ForeignKey("quizzes.id"), primary_key=True)
    which: Mapped[Which] = mapped_column(primary_key=True)
    version_id: Mapped[QuestionVersionId] = mapped_column(
        ForeignKey("question_versions.id"), primary_key=True
    )
    part: Mapped[str] = mapped_column(primary_key=True)
    answer: Mapped[str] = mapped_column(primary_key=True)
    count: Mapped[int]
    rest: Mapped[int]


class SweepRow(Model):
    """How far the sweep has come that counts what was there before; held by whoever begins anew."""

    __tablename__ = "statistic_sweeps"

    key: Mapped[str] = mapped_column(primary_key=True)
    reached: Mapped[AttemptId | None]
