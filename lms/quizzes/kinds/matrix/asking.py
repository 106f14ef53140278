"""How a page asks it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random

from markupsafe import Markup

from lms.kernel.messages import Message
from lms.quizzes.kinds.kind import NO_REMARK, Asking, body_of
from lms.quizzes.kinds.matrix.values import Matrix, MatrixColumn, MatrixResponse
from lms.quizzes.values import Question, Response, Text


@dataclass(frozen=True, slots=True)
class AskedRow:
    """One line, with the keys of the columns ticked in it."""

    key: str
    words: Markup
    ticked: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AskedMatrix:
    """Lines and columns, and whether several may be ticked in a line."""

    rows: tuple[AskedRow, ...]
    columns: tuple[MatrixColumn, ...]
    takes_several: bool


class MatrixAsking(Asking):
    """A table with a box for every column in every line; on a small screen a list of lines."""

    def hint(self, question: Question) -> Message | None:
        """Say that any number may be ticked, where it may."""
        body = body_of(question, Matrix)
        return Message("In each line, tick all that apply.") if body.takes_several else NO_REMARK

    def shown_texts(self, question: Question) -> Mapping[str, Text]:
        """Return the words of each line."""
        return {row.key: row.text for row in body_of(question, Matrix).rows}

    def order(self, question: Question, random: Random, *, shuffle: bool) -> list[str]:
        """Return the lines shuffled, where both the quiz and the question allow it; columns keep their order."""
        body = body_of(question, Matrix)
        keys = [row.key for row in body.rows]
        if body.shuffle and shuffle:
            random.shuffle(keys)
        return keys

    def asked(
        self, question: Question, words: Mapping[str, Markup], order: Sequence[str], given: Response | None
    ) -> AskedMatrix:
        """Return lines and columns."""
        body = body_of(question, Matrix)
        ticks = dict(given.ticks) if isinstance(given, MatrixResponse) else {}
        keys = order or [row.key for row in body.rows]
        rows = tuple(AskedRow(key, words[key], ticks.get(key, ())) for key in keys)
        return AskedMatrix(rows, body.columns, body.takes_several)

    def secrets(self, question: Question) -> tuple[str, ...]:
        """Return the feedback."""
        return tuple(row.feedback.source for row in body_of(question, Matrix).rows if row.feedback)
