"""What has happened to questions, quizzes and the people who take them."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import ClassVar

from lms.courses.values import ActivityKey, EnrolmentId
from lms.identity.values import PersonId
from lms.kernel.events import Event
from lms.quizzes.values import (
    AttemptId,
    BankId,
    EndedBy,
    ExtraTimeId,
    FolderId,
    LateAnswerId,
    QuestionId,
    QuestionVersionId,
    QuizId,
    RemarkId,
    Why,
)


@dataclass(frozen=True, kw_only=True)
class BankAdded(Event):
    """A bank for questions was made."""

    SUBJECT: ClassVar[str] = "bank_id"
    bank_id: BankId
    name: str


@dataclass(frozen=True, kw_only=True)
class FolderAdded(Event):
    """A folder was made in a bank."""

    SUBJECT: ClassVar[str] = "folder_id"
    folder_id: FolderId
    bank_id: BankId
    name: str


@dataclass(frozen=True, kw_only=True)
class FolderChanged(Event):
    """A folder has another name or stands elsewhere; what lies in it went along."""

    SUBJECT: ClassVar[str] = "folder_id"
    folder_id: FolderId
    bank_id: BankId
    name: str
    parent_id: FolderId | None


@dataclass(frozen=True, kw_only=True)
class FolderRemoved(Event):
    """An empty folder is gone."""

    SUBJECT: ClassVar[str] = "folder_id"
    folder_id: FolderId
    bank_id: BankId
    name: str


@dataclass(frozen=True, kw_only=True)
class PersonNamed(Event):
    """A person may see a folder of a bank, or the whole bank, or change in it too, as they could not before."""

    SUBJECT: ClassVar[str] = "bank_id"
    bank_id: BankId
    folder_id: FolderId | None
    person_id: PersonId
    may_change: bool


@dataclass(frozen=True, kw_only=True)
class PersonNamedNoMore(Event):
    """A person is named for a folder of a bank, or for the whole bank, no more."""

    SUBJECT: ClassVar[str] = "bank_id"
    bank_id: BankId
    folder_id: FolderId | None
    person_id: PersonId


@dataclass(frozen=True, kw_only=True)
class QuestionsChanged(Event):
    """Where questions stand, or how they are judged, was changed in one act; what they ask stayed.

    What was not set is empty; a folder is told by its path, the top of the bank as "/", no difficulty as "none".
    """

    SUBJECT: ClassVar[str] = "bank_id"
    bank_id: BankId
    chosen: int
    folder: str = ""
    difficulty: str = ""
    status: str = ""
    tagged: str = ""
    untagged: str = ""


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
class SittingChanged(Event):
    """An exam is sat otherwise from now on; attempts under way keep what they began with."""

    SUBJECT: ClassVar[str] = "quiz_id"
    quiz_id: QuizId
    revision: int
    opens_at: datetime | None
    closes_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class ExamPasswordSet(Event):
    """An exam has another password."""

    SUBJECT: ClassVar[str] = "quiz_id"
    quiz_id: QuizId


@dataclass(frozen=True, kw_only=True)
class StartCodeMade(Event):
    """Whoever watches over an exam made a code with which attempts begin today."""

    SUBJECT: ClassVar[str] = "quiz_id"
    quiz_id: QuizId


@dataclass(frozen=True, kw_only=True)
class ExtraTimeGiven(Event):
    """A person has extra time, in one exam or in each; why is nobody's to hear."""

    SUBJECT: ClassVar[str] = "extra_time_id"
    extra_time_id: ExtraTimeId
    person_id: PersonId
    quiz_id: QuizId | None
    percent: int
    minutes: int


@dataclass(frozen=True, kw_only=True)
class ExtraTimeWithdrawn(Event):
    """A person has this extra time no more."""

    SUBJECT: ClassVar[str] = "extra_time_id"
    extra_time_id: ExtraTimeId
    person_id: PersonId
    quiz_id: QuizId | None


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
class AttemptExtended(Event):
    """An attempt under way ends later than it was to."""

    SUBJECT: ClassVar[str] = "attempt_id"
    attempt_id: AttemptId
    person_id: PersonId
    deadline_at: datetime


@dataclass(frozen=True, kw_only=True)
class AttemptHandedIn(Event):
    """An attempt ended, and answers of it wait for a person: what it earned and whether it passed nobody knows yet."""

    SUBJECT: ClassVar[str] = "attempt_id"
    attempt_id: AttemptId
    quiz_id: QuizId
    person_id: PersonId
    enrolment_id: EnrolmentId
    activity_key: ActivityKey
    slots: tuple[int, ...]
    ended_by: EndedBy


@dataclass(frozen=True, kw_only=True)
class HandoverOffered(Event):
    """A code was made with which another device can take an attempt over."""

    SUBJECT: ClassVar[str] = "attempt_id"
    attempt_id: AttemptId
    person_id: PersonId


@dataclass(frozen=True, kw_only=True)
class AttemptHandedOver(Event):
    """An attempt belongs to another device from now on; `offered_by` made the code."""

    SUBJECT: ClassVar[str] = "attempt_id"
    attempt_id: AttemptId
    person_id: PersonId
    offered_by: PersonId | None


@dataclass(frozen=True, kw_only=True)
class AnswerCameLate(Event):
    """An answer arrived when none was taken any more, and waits for a person to say whether it counts."""

    SUBJECT: ClassVar[str] = "attempt_id"
    attempt_id: AttemptId
    late_answer_id: LateAnswerId
    person_id: PersonId
    slot: int
    why: Why


@dataclass(frozen=True, kw_only=True)
class LateAnswerDecided(Event):
    """A person said whether an answer that came late counts."""

    SUBJECT: ClassVar[str] = "attempt_id"
    attempt_id: AttemptId
    late_answer_id: LateAnswerId
    person_id: PersonId
    slot: int
    counts: bool


@dataclass(frozen=True, kw_only=True)
class AttemptMarkedAnew(Event):
    """What a finished attempt earned has changed; who had passed stays passed. `remark_id`: by an act on many."""

    SUBJECT: ClassVar[str] = "attempt_id"
    attempt_id: AttemptId
    quiz_id: QuizId
    person_id: PersonId
    was: Decimal | None
    score: Decimal | None
    passed: bool
    remark_id: RemarkId | None = None


@dataclass(frozen=True, kw_only=True)
class RemarkBegun(Event):
    """Somebody let attempts that a faulty question was asked in be marked anew, or (`undoes_id`) took such an act back.

    `way` is how: by the key of another version, all points for everybody, or left out of the score.
    """

    SUBJECT: ClassVar[str] = "question_id"
    question_id: QuestionId
    remark_id: RemarkId
    version_id: QuestionVersionId
    key_id: QuestionVersionId | None
    quiz_id: QuizId | None
    undoes_id: RemarkId | None
    way: str
    lowers: bool
    reason: str
    attempts: int


@dataclass(frozen=True, kw_only=True)
class RemarkEnded(Event):
    """Every attempt that an act of marking anew concerns is marked: how many scores rose, fell and stayed."""

    SUBJECT: ClassVar[str] = "question_id"
    question_id: QuestionId
    remark_id: RemarkId
    raised: int
    lowered: int
    unchanged: int


@dataclass(frozen=True, kw_only=True)
class AnswersErased(Event):
    """Files of a person's answers were erased; `hashes` are those of their bytes."""

    SUBJECT: ClassVar[str] = "person_id"
    person_id: PersonId
    hashes: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class AttemptFinished(Event):
    """An attempt ended and was marked; `score` is from 0 to 1, None where nothing in it earns marks, as in a survey."""

    SUBJECT: ClassVar[str] = "attempt_id"
    attempt_id: AttemptId
    quiz_id: QuizId
    person_id: PersonId
    enrolment_id: EnrolmentId
    activity_key: ActivityKey
    score: Decimal | None
    passed: bool
    ended_by: EndedBy
    is_survey: bool = False


UNHEARD: tuple[type[Event], ...] = (
    AttemptExtended,
    AttemptHandedOver,
    AttemptStarted,
    BankAdded,
    ExamPasswordSet,
    ExtraTimeWithdrawn,
    FolderAdded,
    FolderChanged,
    FolderRemoved,
    HandoverOffered,
    LateAnswerDecided,
    PersonNamed,
    PersonNamedNoMore,
    QuestionEdited,
    QuestionRetired,
    QuestionWritten,
    QuestionsChanged,
    QuestionsImported,
    QuizChanged,
    QuizDefined,
    RemarkBegun,
    RemarkEnded,
    SittingChanged,
    StartCodeMade,
)
"""Facts that nobody reacts to: they are for the trail."""
