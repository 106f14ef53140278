"""Lines and columns, which columns belong to each line, and which were ticked."""

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, Final

from lms.kernel.messages import Message
from lms.quizzes.kinds.checks import require_keys
from lms.quizzes.values import NO_TEXT, Body, QuestionType, Response, Text

MATRIX: Final = QuestionType("matrix")
ROWS_AT_MOST: Final = 50
COLUMNS_AT_MOST: Final = 12
"""More do not stand side by side on any screen."""


class MatrixGrading(StrEnum):
    """What counts: each line that is right, or all of them or nothing (Kprim)."""

    LINES = "lines"
    WHOLE = "whole"


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """One line, with the keys of the columns that belong to it."""

    key: str
    text: Text
    column_keys: tuple[str, ...]
    feedback: Text = NO_TEXT


@dataclass(frozen=True, slots=True)
class MatrixColumn:
    """One column: plain text, since it stands at the head of a table."""

    key: str
    text: str


@dataclass(frozen=True, slots=True)
class Matrix(Body):
    """Tick in each line the column that belongs to it, or all that do; a line is right if nothing else is ticked."""

    type: ClassVar[QuestionType] = MATRIX
    rows: tuple[MatrixRow, ...]
    columns: tuple[MatrixColumn, ...]
    takes_several: bool = False
    grading: MatrixGrading = MatrixGrading.LINES
    shuffle: bool = True

    def __post_init__(self) -> None:
        """Refuse what cannot be answered."""
        require_keys(row.key for row in self.rows)
        require_keys(column.key for column in self.columns)
        if len(self.rows) > ROWS_AT_MOST or not 2 <= len(self.columns) <= COLUMNS_AT_MOST:  # noqa: PLR2004
            raise ValueError(
                Message(
                    "A matrix has 1 to %(rows)s lines and 2 to %(columns)s columns.",
                    rows=ROWS_AT_MOST,
                    columns=COLUMNS_AT_MOST,
                )
            )
        if any(not row.text for row in self.rows):
            raise ValueError(Message("A line is empty."))
        words = [column.text.strip() for column in self.columns]
        if not all(words) or len(set(words)) != len(words):
            raise ValueError(Message("Every column needs words of its own."))
        keys = {column.key for column in self.columns}
        if any(not set(row.column_keys) <= keys for row in self.rows):
            raise ValueError(Message("A line names a column that is not there."))
        if not self.takes_several and any(len(set(row.column_keys)) != 1 for row in self.rows):
            raise ValueError(Message("In every line exactly one column must be right."))
        if not any(row.column_keys for row in self.rows):
            raise ValueError(Message("No column is right in any line."))

    @property
    def texts(self) -> tuple[Text, ...]:
        """Every text of it that may refer to a picture, in reading order."""
        return tuple(text for row in self.rows for text in (row.text, row.feedback))


@dataclass(frozen=True, slots=True)
class MatrixResponse(Response):
    """Pairs of line key and the column keys ticked in it, in the question's order; lines left open are not in it."""

    type: ClassVar[QuestionType] = MATRIX
    ticks: tuple[tuple[str, tuple[str, ...]], ...] = ()
