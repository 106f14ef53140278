"""What pages of the bank show: banks, lines of a list, what an import would bring."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from lms.identity.values import PersonId
from lms.quizzes.values import (
    BankId,
    Difficulty,
    Draw,
    FolderId,
    ImportedQuestion,
    ImportProblem,
    Question,
    QuestionId,
    QuestionImportId,
    QuestionType,
    QuizId,
    Status,
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
class Folder:
    """A folder of a bank: `path` are its name and those above it, outermost first.

    `count` is how many questions lie in it itself, `total` how many with those in the folders within it.
    """

    id: FolderId
    bank_id: BankId
    parent_id: FolderId | None
    name: str
    path: tuple[str, ...]
    count: int = 0
    total: int = 0

    @property
    def level(self) -> int:
        """Return how deep it lies, 1 at the top."""
        return len(self.path)

    @property
    def said(self) -> str:
        """Return its path in one line."""
        return " / ".join(self.path)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What becomes of many questions.

    Where it `moves` them, no folder is the top of the bank; where it `judges` them, no difficulty is none.
    """

    moves: bool = False
    folder_id: FolderId | None = None
    judges: bool = False
    difficulty: Difficulty | None = None
    status: Status | None = None
    tag: str = ""
    untag: str = ""

    @property
    def is_empty(self) -> bool:
        """Return whether it changes nothing."""
        return self == Change()


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
    status: Status = Status.REVIEWED
    difficulty: Difficulty | None = None
    folder_id: FolderId | None = None
    objective: str = ""
    is_drawn: bool = False
    """Whether it has variables that are drawn by chance."""

    @property
    def is_retired(self) -> bool:
        """Return whether it is drawn no more."""
        return self.status is Status.RETIRED


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
    """An exam that asks a question: by which of its draws, always or when one happens to pick it."""

    quiz_id: QuizId
    title: str
    draws: tuple[Draw, ...]

    @property
    def is_fixed(self) -> bool:
        """Return whether it always asks the question."""
        return any(one.question_id is not None for one in self.draws)


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
