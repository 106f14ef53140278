"""What pages of the bank show: banks, lines of a list, what an import would bring."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from lms.identity.values import PersonId
from lms.quizzes.values import (
    BankId,
    ImportedQuestion,
    ImportProblem,
    Question,
    QuestionId,
    QuestionImportId,
    QuestionType,
    QuizId,
    StoredQuestion,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bank:
    """A bank with the number of its questions that are in use."""

    id: BankId
    name: str
    count: int
    changed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionLine:
    """A question as lists show it."""

    id: QuestionId
    type: QuestionType
    title: str
    marks: Decimal
    tags: tuple[str, ...]
    number: int
    changed_at: datetime
    is_retired: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionView:
    """A question with the version asked now."""

    line: QuestionLine
    bank: Bank
    question: Question
    stored: StoredQuestion


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionLine:
    """One version in a question's history."""

    number: int
    title: str
    made_at: datetime
    made_by: PersonId | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """An exam that asks a question: always, or when a random draw happens to pick it."""

    quiz_id: QuizId
    title: str
    is_fixed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportView:
    """What confirming an upload would do, or what it did: new questions, known ones, and what is refused or lost.

    `unfit` says why nothing of the whole file can be taken.
    """

    id: QuestionImportId
    bank: Bank
    filename: str
    format_title: str
    new: tuple[ImportedQuestion, ...]
    known: tuple[ImportedQuestion, ...]
    refused: tuple[ImportProblem, ...]
    unfit: tuple[ImportProblem, ...]
    warnings: tuple[ImportProblem, ...]
    confirmed_at: datetime | None
    added: int


@dataclass(frozen=True, slots=True, kw_only=True)
class QuizLine:
    """A quiz as lists show it."""

    id: QuizId
    title: str
    count: int
    pass_percent: int
    minutes: int | None
    changed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Supply:
    """How many questions in use a bank has, in all and by tag."""

    total: int
    by_tag: Mapping[str, int]
