"""Questions on their way in or out of a file, and what could not come along."""

from dataclasses import dataclass, field
from enum import StrEnum

from lms.quizzes.values.questions import Question


class Severity(StrEnum):
    """Error: this question is not offered. Warning: it is, but something of it was not taken over."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that came with a question; its texts refer to it as ``attachment:NAME``."""

    name: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class ImportedQuestion:
    """A question with its files, and the line (from 1) of the file it came from.

    The line takes no part in equality: a question written and read again is the same question.
    """

    question: Question
    attachments: tuple[Attachment, ...] = ()
    line: int | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class ImportProblem:
    """Something that did not come along: where, of which question (empty if of the whole file), and why."""

    line: int | None
    name: str
    message: str
    severity: Severity = Severity.ERROR


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What a file holds: the questions that can be taken, and everything that cannot, by line."""

    questions: tuple[ImportedQuestion, ...] = ()
    problems: tuple[ImportProblem, ...] = ()

    @property
    def errors(self) -> tuple[ImportProblem, ...]:
        """The questions that cannot be taken."""
        return tuple(problem for problem in self.problems if problem.severity is Severity.ERROR)
