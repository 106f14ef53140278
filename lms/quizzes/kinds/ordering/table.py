"""How a table holds it."""

from collections.abc import Mapping

from lms.quizzes.kinds.kind import TableForm, body_of
from lms.quizzes.kinds.ordering.values import Ordering, OrderItem
from lms.quizzes.syntax.table import TableRow, choice_cells
from lms.quizzes.values import Body, Question, key_at


class OrderingTable(TableForm):
    """The things in their right order; only a row that names its type means that."""

    def read(self, row: TableRow) -> Body:
        """Return the things."""
        return Ordering(tuple(OrderItem(key_at(at), row.text(words)) for at, words in enumerate(row.choices)))

    def cells(self, question: Question) -> Mapping[str, str]:
        """Return the things."""
        return choice_cells(tuple(item.text.source for item in body_of(question, Ordering).items))
