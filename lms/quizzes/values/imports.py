"""Questions on their way in or out of a file, and what could not come along."""

from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Final

from lms.kernel.messages import Message
from lms.quizzes.values.questions import Question

QUESTIONS_PER_FILE: Final = 10_000
"""What one upload may bring: it is read for the preview, and stored in one transaction."""
FOLDER_LEVELS: Final = 5
"""How deep folders of a bank lie in each other at most; what a category names beyond comes into the deepest."""
MARKS_MOST: Final = 1_000
MARKS_PLACES: Final = 10
QUESTION_CHARACTERS: Final = 200_000
"""What one question may say, all its texts together."""


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
    """Something that did not come along: where, of which question (empty if of the whole file), and why.

    `file` is the one of a package that the line counts in.
    """

    line: int | None
    name: str
    message: str
    severity: Severity = Severity.ERROR
    file: str = ""


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What a file holds: the questions that can be taken, and everything that cannot, by line."""

    questions: tuple[ImportedQuestion, ...] = ()
    problems: tuple[ImportProblem, ...] = ()

    @property
    def errors(self) -> tuple[ImportProblem, ...]:
        """The questions that cannot be taken."""
        return tuple(problem for problem in self.problems if problem.severity is Severity.ERROR)


def too_many(count: int, most: int | None) -> ImportReport | None:
    """Return the report on a file of more questions than may come, else None."""
    if most is None or count <= most:
        return None
    message = Message(
        "There are %(count)s questions in this file, and one file may bring at most %(most)s. Cut it into several.",
        count=count,
        most=most,
    )
    return ImportReport(problems=(ImportProblem(None, "", message),))


def fault_of_marks(marks: Decimal) -> Message | None:
    """Return what to say of points that a question cannot have, else None."""
    places = -int(marks.normalize().as_tuple().exponent) if marks.is_finite() else MARKS_PLACES + 1
    if 0 <= marks <= MARKS_MOST and places <= MARKS_PLACES:
        return None
    return Message(
        "Give 0 to %(most)s points, with at most %(places)s decimal places.",
        most=MARKS_MOST,
        places=MARKS_PLACES,
    )


def unfit(question: Question) -> Message | None:
    """Return what to say of a question that is none that may come in, else None."""
    return too_long(question) or fault_of_marks(question.marks)


def changed_of(question: Question) -> Message | None:
    """Return what to say of a question that does not come in as its file has it, else None."""
    if len(question.category) <= FOLDER_LEVELS:
        return None
    return Message(
        "Its category is %(levels)s levels deep: it comes into “%(folder)s”, since folders lie at most %(most)s deep.",
        levels=len(question.category),
        folder=question.category[FOLDER_LEVELS - 1],
        most=FOLDER_LEVELS,
    )


def too_long(question: Question) -> Message | None:
    """Return what to say of a question that says more than one may, else None."""
    if sum(len(text.source) for text in question.texts) <= QUESTION_CHARACTERS:
        return None
    return Message("A question has at most %(most)s characters.", most=QUESTION_CHARACTERS)
