"""The bank's tables: banks, questions and their versions, quizzes and what they draw."""

import secrets
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    String,
    UniqueConstraint,
    false,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from lms.identity.values import PersonId
from lms.kernel.db import Model, append_only, new_id
from lms.quizzes.values import (
    A_THIRD,
    BankId,
    Difficulty,
    FolderId,
    Grading,
    Layout,
    QuestionId,
    QuestionImportId,
    QuestionType,
    QuestionVersionId,
    QuizId,
    Review,
    Telling,
)

DICE_SIDES = 1 << 31


def thrown() -> int:
    """Return a place on the ring of a bank's questions."""
    return secrets.randbelow(DICE_SIDES)


class BankRow(Model):
    """A named place for questions. Whoever imports holds its row, so that one import sees what the last one left."""

    __tablename__ = "question_banks"

    id: Mapped[BankId] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[datetime]
    created_by: Mapped[PersonId | None] = mapped_column(ForeignKey("people.id"))
    changed_at: Mapped[datetime]


class FolderRow(Model):
    """A folder of a bank, at the top of it or within another."""

    __tablename__ = "question_folders"
    __table_args__ = (
        Index(
            "uq_question_folders_top",
            "bank_id",
            "name",
            unique=True,
            sqlite_where=text("parent_id IS NULL"),
            postgresql_where=text("parent_id IS NULL"),
        ),
        Index("uq_question_folders_within", "parent_id", "name", unique=True),
        Index("ix_question_folders_bank", "bank_id", "id"),
    )

    id: Mapped[FolderId] = mapped_column(primary_key=True, default=new_id)
    bank_id: Mapped[BankId] = mapped_column(ForeignKey("question_banks.id"))
    parent_id: Mapped[FolderId | None] = mapped_column(ForeignKey("question_folders.id"))
    name: Mapped[str]
    created_at: Mapped[datetime]


class NamedRow(Model):
    """A person who may see a folder with all in it, or a whole bank, or change in it too; others then may not.

    Where nobody is named, what the folder lies in says it. A person who has left stays named: to forget the last one
    would open the folder to everybody.
    """

    __tablename__ = "question_folder_people"
    __table_args__ = (
        Index(
            "uq_question_folder_people_bank",
            "bank_id",
            "person_id",
            unique=True,
            sqlite_where=text("folder_id IS NULL"),
            postgresql_where=text("folder_id IS NULL"),
        ),
        Index("uq_question_folder_people_folder", "folder_id", "person_id", unique=True),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    bank_id: Mapped[BankId] = mapped_column(ForeignKey("question_banks.id"))
    folder_id: Mapped[FolderId | None] = mapped_column(ForeignKey("question_folders.id"))
    person_id: Mapped[PersonId] = mapped_column(ForeignKey("people.id"))
    may_change: Mapped[bool] = mapped_column(Boolean)
    named_at: Mapped[datetime]


class QuestionRow(Model):
    """A question: which of its versions is asked now, and what lists and draws need of that one.

    Folder, difficulty, status and tags are the question's own: they say where it stands and how it is used, not what it
    asks, so that changing one makes no version. A retired draft is a draft again once it is back.
    """

    __tablename__ = "questions"
    __table_args__ = (
        Index("ix_questions_bank", "bank_id", "id"),
        # Both hold what lists are narrowed by: a bank of tens of thousands is looked through without its rows.
        Index(
            "ix_questions_title",
            *("bank_id", "title", "id", "type", "difficulty", "folder_id", "is_draft", "retired_at"),
        ),
        Index(
            "ix_questions_places",
            *("bank_id", "folder_id", "is_draft", "retired_at", "type", "difficulty"),
        ),
        Index("ix_questions_folder", "folder_id"),
        Index(
            "ix_questions_objective",
            *("bank_id", "objective", "id"),
            sqlite_where=text("objective <> ''"),
            postgresql_where=text("objective <> ''"),
        ),
        # In the order of the dice, with what draws are narrowed by: some are drawn from tens of thousands unread.
        Index(
            "ix_questions_dice",
            *("bank_id", "dice", "id", "is_draft", "retired_at", "difficulty", "folder_id", "objective"),
        ),
    )

    id: Mapped[QuestionId] = mapped_column(primary_key=True, default=new_id)
    bank_id: Mapped[BankId] = mapped_column(ForeignKey("question_banks.id"))
    number: Mapped[int] = mapped_column(Integer)
    type: Mapped[QuestionType] = mapped_column(String(40))
    title: Mapped[str]
    marks: Mapped[Decimal]
    tags: Mapped[list[str]]
    objective: Mapped[str] = mapped_column(default="", server_default="")
    is_drawn: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    """Whether its present version has variables that are drawn by chance."""
    folder_id: Mapped[FolderId | None] = mapped_column(ForeignKey("question_folders.id"))
    difficulty: Mapped[Difficulty | None]
    is_draft: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    dice: Mapped[int] = mapped_column(Integer, default=thrown, server_default=text("0"))
    """A number by chance, in whose order a bank is a ring that draws begin anywhere on."""
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
    blind: Mapped[bool] = mapped_column(Boolean, server_default=false())
    telling: Mapped[Telling] = mapped_column(server_default=Telling.AT_END.value)
    penalty: Mapped[Decimal] = mapped_column(server_default=str(A_THIRD))
    is_survey: Mapped[bool] = mapped_column(Boolean, server_default=false())
    is_anonymous: Mapped[bool] = mapped_column(Boolean, server_default=false())
    honour: Mapped[str] = mapped_column(server_default="")
    sitting: Mapped[dict[str, Any] | None]
    sections: Mapped[list[Any]] = mapped_column(server_default=text("'[]'"))
    grading: Mapped[Grading] = mapped_column(server_default=Grading.BEST.value)
    may_retry: Mapped[bool] = mapped_column(Boolean, server_default=false())
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
    folder_id: Mapped[FolderId | None] = mapped_column(ForeignKey("question_folders.id"), index=True)
    objective: Mapped[str] = mapped_column(default="", server_default="")
    difficulty: Mapped[Difficulty | None]
    section: Mapped[int] = mapped_column(Integer, default=1, server_default=text("1"))


class QuizApartRow(Model):
    """A question that never stands in one paper with the others of its group; it is in one group of a quiz at most."""

    __tablename__ = "quiz_apart"

    quiz_id: Mapped[QuizId] = mapped_column(ForeignKey("quizzes.id"), primary_key=True)
    question_id: Mapped[QuestionId] = mapped_column(ForeignKey("questions.id"), primary_key=True, index=True)
    group: Mapped[int] = mapped_column(Integer)
