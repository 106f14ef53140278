"""The bank's tables: banks, questions and their versions, quizzes and what they draw."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Index, Integer, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lms.identity.values import PersonId
from lms.kernel.db import Model, append_only, new_id
from lms.quizzes.values import (
    BankId,
    Layout,
    QuestionId,
    QuestionImportId,
    QuestionType,
    QuestionVersionId,
    QuizId,
    Review,
)


class BankRow(Model):
    """A named place for questions. Whoever imports holds its row, so that one import sees what the last one left."""

    __tablename__ = "question_banks"

    id: Mapped[BankId] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[datetime]
    created_by: Mapped[PersonId | None] = mapped_column(ForeignKey("people.id"))
    changed_at: Mapped[datetime]


class QuestionRow(Model):
    """A question: which of its versions is asked now, and what lists and draws need of that one."""

    __tablename__ = "questions"
    __table_args__ = (Index("ix_questions_bank", "bank_id", "id"),)

    id: Mapped[QuestionId] = mapped_column(primary_key=True, default=new_id)
    bank_id: Mapped[BankId] = mapped_column(ForeignKey("question_banks.id"))
    number: Mapped[int] = mapped_column(Integer)
    type: Mapped[QuestionType]
    title: Mapped[str]
    marks: Mapped[Decimal]
    tags: Mapped[list[str]]
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]


class QuestionTagRow(Model):
    """A tag of a question's present version, for draws and filters."""

    __tablename__ = "question_tags"
    __table_args__ = (Index("ix_question_tags_question", "question_id"),)

    bank_id: Mapped[BankId] = mapped_column(ForeignKey("question_banks.id"), primary_key=True)
    tag: Mapped[str] = mapped_column(primary_key=True)
    question_id: Mapped[QuestionId] = mapped_column(ForeignKey("questions.id"), primary_key=True)


class QuestionVersionRow(Model):
    """One version, never changed: what is asked and graded, and the HTML made of it when it was saved.

    `digest` is the same for equal questions; `html` holds the stem and each choice or stem by its key.
    """

    __tablename__ = "question_versions"
    __table_args__ = (
        UniqueConstraint("question_id", "number"),
        Index("ix_question_versions_digest", "bank_id", "digest"),
    )

    id: Mapped[QuestionVersionId] = mapped_column(primary_key=True, default=new_id)
    question_id: Mapped[QuestionId] = mapped_column(ForeignKey("questions.id"))
    bank_id: Mapped[BankId] = mapped_column(ForeignKey("question_banks.id"))
    number: Mapped[int] = mapped_column(Integer)
    digest: Mapped[str]
    content: Mapped[dict[str, Any]]
    html: Mapped[dict[str, Any]]
    pictures: Mapped[dict[str, Any]]
    made_at: Mapped[datetime]
    made_by: Mapped[PersonId | None] = mapped_column(ForeignKey("people.id"))


append_only(QuestionVersionRow)


class QuestionPictureRow(Model):
    """A stored file that a question shows; once it may have been shown, it stays."""

    __tablename__ = "question_pictures"
    __table_args__ = (UniqueConstraint("bank_id", "sha256"),)

    file_id: Mapped[UUID] = mapped_column(ForeignKey("stored_files.id"), primary_key=True)
    bank_id: Mapped[BankId] = mapped_column(ForeignKey("question_banks.id"))
    sha256: Mapped[str]


class QuestionImportRow(Model):
    """A file that was uploaded to become questions: looked at first, then confirmed once."""

    __tablename__ = "question_imports"

    id: Mapped[QuestionImportId] = mapped_column(primary_key=True, default=new_id)
    bank_id: Mapped[BankId] = mapped_column(ForeignKey("question_banks.id"), index=True)
    file_id: Mapped[UUID] = mapped_column(ForeignKey("stored_files.id"))
    uploaded_at: Mapped[datetime]
    uploaded_by: Mapped[PersonId | None] = mapped_column(ForeignKey("people.id"))
    confirmed_at: Mapped[datetime | None]
    added: Mapped[int] = mapped_column(Integer, default=0)


class QuizRow(Model):
    """A quiz and its rules."""

    __tablename__ = "quizzes"
    __table_args__ = (
        CheckConstraint("pass_percent >= 0 AND pass_percent <= 100", name="pass_percent"),
        Index("ix_quizzes_title", "title", "id"),
    )

    id: Mapped[QuizId] = mapped_column(primary_key=True, default=new_id)
    title: Mapped[str]
    pass_percent: Mapped[int] = mapped_column(Integer)
    minutes: Mapped[int | None] = mapped_column(Integer)
    attempts_allowed: Mapped[int | None] = mapped_column(Integer)
    wait_days: Mapped[list[Any]]
    shuffle_questions: Mapped[bool] = mapped_column(Boolean)
    shuffle_choices: Mapped[bool] = mapped_column(Boolean)
    layout: Mapped[Layout]
    review: Mapped[Review]
    revision: Mapped[int] = mapped_column(Integer, default=1)
    created_at: Mapped[datetime]
    created_by: Mapped[PersonId | None] = mapped_column(ForeignKey("people.id"))
    changed_at: Mapped[datetime]


class QuizDrawRow(Model):
    """One line of what a quiz asks: a fixed question, or some at random from a bank."""

    __tablename__ = "quiz_draws"
    __table_args__ = (CheckConstraint("(question_id IS NULL) <> (bank_id IS NULL)", name="one_source"),)

    quiz_id: Mapped[QuizId] = mapped_column(ForeignKey("quizzes.id"), primary_key=True)
    position: Mapped[int] = mapped_column(Integer, primary_key=True)
    count: Mapped[int] = mapped_column(Integer)
    question_id: Mapped[QuestionId | None] = mapped_column(ForeignKey("questions.id"), index=True)
    bank_id: Mapped[BankId | None] = mapped_column(ForeignKey("question_banks.id"), index=True)
    tag: Mapped[str] = mapped_column(default="")
