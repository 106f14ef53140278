"""What has happened to questions, quizzes and the people who take them."""

from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar

from lms.courses.values import ActivityKey, EnrolmentId
from lms.identity.values import PersonId
from lms.kernel.events import Event
from lms.quizzes.values import AttemptId, BankId, EndedBy, QuestionId, QuizId


@dataclass(frozen=True, kw_only=True)
class BankAdded(Event):
    """A bank for questions was made."""

    SUBJECT: ClassVar[str] = "bank_id"
    bank_id: BankId
    name: str


@dataclass(frozen=True, kw_only=True)
class QuestionsImported(Event):
    """Questions came into a bank; `known` were there already and stayed as they are."""

    SUBJECT: ClassVar[str] = "bank_id"
    bank_id: BankId
    added: int
    known: int


@dataclass(frozen=True, kw_only=True)
class QuestionWritten(Event):
    """An author wrote a question into a bank."""

    SUBJECT: ClassVar[str] = "question_id"
    question_id: QuestionId
    bank_id: BankId


@dataclass(frozen=True, kw_only=True)
class QuestionEdited(Event):
    """A question got version `number`; those who answered an earlier one keep it."""

    SUBJECT: ClassVar[str] = "question_id"
    question_id: QuestionId
    number: int


@dataclass(frozen=True, kw_only=True)
class QuestionRetired(Event):
    """A question is drawn no more, or (`is_back`) again."""

    SUBJECT: ClassVar[str] = "question_id"
    question_id: QuestionId
    is_back: bool


@dataclass(frozen=True, kw_only=True)
class QuizDefined(Event):
    """A quiz was set up."""

    SUBJECT: ClassVar[str] = "quiz_id"
    quiz_id: QuizId
    questions: int


@dataclass(frozen=True, kw_only=True)
class QuizChanged(Event):
    """A quiz has other rules or other questions from now on; attempts under way keep theirs."""

    SUBJECT: ClassVar[str] = "quiz_id"
    quiz_id: QuizId
    revision: int
    questions: int
    pass_percent: int
    minutes: int | None
    attempts_allowed: int | None


@dataclass(frozen=True, kw_only=True)
class AttemptStarted(Event):
    """A person began an attempt."""

    SUBJECT: ClassVar[str] = "attempt_id"
    attempt_id: AttemptId
    quiz_id: QuizId
    person_id: PersonId
    enrolment_id: EnrolmentId
    number: int


@dataclass(frozen=True, kw_only=True)
class AttemptFinished(Event):
    """An attempt ended and was marked; `score` is from 0 to 1."""

    SUBJECT: ClassVar[str] = "attempt_id"
    attempt_id: AttemptId
    quiz_id: QuizId
    person_id: PersonId
    enrolment_id: EnrolmentId
    activity_key: ActivityKey
    score: Decimal
    passed: bool
    ended_by: EndedBy
