"""How a table holds it."""

from collections.abc import Mapping

from lms.kernel.messages import Message
from lms.quizzes.kinds.kind import TableForm, body_of
from lms.quizzes.kinds.true_false.values import KEYS, TrueFalse
from lms.quizzes.syntax.table import RIGHT, TableFault, TableRow
from lms.quizzes.values import Body, Question


class TrueFalseTable(TableForm):
    """True or false, in the column for what is right."""

    def claims(self, row: TableRow) -> bool:
        """Return whether true or false is right, and nothing stands to choose from."""
        return not row.choices and row.truth() is not None and row.number(RIGHT) is None

    def read(self, row: TableRow) -> Body:
        """Return what holds."""
        truth = row.truth()
        if truth is None:
            raise TableFault(RIGHT, Message("“%(word)s” is neither true nor false.", word=row.word(RIGHT)))
        return TrueFalse(answer=truth)

    def cells(self, question: Question) -> Mapping[str, str]:
        """Return what holds."""
        return {RIGHT: KEYS[body_of(question, TrueFalse).answer]}
