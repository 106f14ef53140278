"""How a table holds it."""

from collections.abc import Mapping

from lms.quizzes.kinds.choices import Choice
from lms.quizzes.kinds.kind import TableForm, body_of
from lms.quizzes.kinds.multiple_choice.editing import even_share
from lms.quizzes.kinds.multiple_choice.values import MultipleChoice
from lms.quizzes.syntax.table import RIGHT, TableRow, choice_cells
from lms.quizzes.values import ZERO, Body, Question, key_at


class MultipleChoiceTable(TableForm):
    """Choices, and the numbers of those that are right."""

    def claims(self, row: TableRow) -> bool:
        """Return whether several are right."""
        return bool(row.choices) and bool(row.word(RIGHT)) and len(row.right_places()) > 1

    def read(self, row: TableRow) -> Body:
        """Return the choices: the right ones share evenly, a wrong one costs as much, as on the page for authors."""
        right = row.right_places()
        share = even_share(len(right))
        return MultipleChoice(
            tuple(
                Choice(key_at(at), row.text(words), share if at in right else -share)
                for at, words in enumerate(row.choices)
            )
        )

    def cells(self, question: Question) -> Mapping[str, str]:
        """Return the choices and the numbers of the right ones."""
        choices = body_of(question, MultipleChoice).choices
        right = ", ".join(str(at) for at, choice in enumerate(choices, 1) if choice.weight > ZERO)
        return {**choice_cells(tuple(choice.text.source for choice in choices)), RIGHT: right}
