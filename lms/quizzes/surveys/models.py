"""Surveys' tables: how often each answer was given, and what was written; no person, no attempt and no time."""

from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, Index, Integer
from sqlalchemy.orm import Mapped, mapped_column

from lms.kernel.db import Model
from lms.quizzes.values import QuestionVersionId, QuizId


class SurveyCountRow(Model):
    """How often an answer was given to a part of a question; the empty answer counts who answered that part at all."""

    __tablename__ = "survey_counts"
    __table_args__ = (Index("ix_survey_counts_version", "version_id"), {"sqlite_with_rowid": False})

    quiz_id: Mapped[QuizId] = mapped_column(ForeignKey("quizzes.id"), primary_key=True)
    version_id: Mapped[QuestionVersionId] = mapped_column(
        ForeignKey("question_versions.id"), primary_key=True
    )
    part: Mapped[str] = mapped_column(primary_key=True)
    answer: Mapped[str] = mapped_column(primary_key=True)
    count: Mapped[int] = mapped_column(Integer)


class SurveyTextRow(Model):
    """What somebody wrote. Its id is drawn at random: other ids of this house tell when they were made."""

    __tablename__ = "survey_texts"
    __table_args__ = (Index("ix_survey_texts_version", "version_id"), {"sqlite_with_rowid": False})

    quiz_id: Mapped[QuizId] = mapped_column(ForeignKey("quizzes.id"), primary_key=True)
    version_id: Mapped[QuestionVersionId] = mapped_column(
        ForeignKey("question_versions.id"), primary_key=True
    )
    part: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    text: Mapped[str]
