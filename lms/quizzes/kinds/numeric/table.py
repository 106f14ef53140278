"""How a table holds it."""

from collections.abc import Mapping

from lms.quizzes.kinds.amounts import NumericAnswer
from lms.quizzes.kinds.kind import TableForm, body_of
from lms.quizzes.kinds.numeric.values import Numeric
from lms.quizzes.syntax.table import RIGHT, TOLERANCE, TableRow
from lms.quizzes.values import ONE, ZERO, Body, Question, key_at


class NumericTable(TableForm):
    """The right number, and how far off it one may be."""

    def claims(self, row: TableRow) -> bool:
        """Return whether a number is right."""
        return not row.choices and row.number(RIGHT) is not None

    def read(self, row: TableRow) -> Body:
        """Return the number."""
        number = row.required_number(RIGHT)
        return Numeric((NumericAnswer(key_at(0), number, row.required_number(TOLERANCE, ZERO)),))

    def cells(self, question: Question) -> Mapping[str, str]:
        """Return the first number that is worth everything."""
        body = body_of(question, Numeric)
        right = next(one for one in body.answers if one.weight == ONE and one.value is not None)
        cells = {RIGHT: f"{right.value:f}"}
        return {**cells, TOLERANCE: f"{body.amount(right):f}"} if right.tolerance else cells
