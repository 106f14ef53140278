"""How a table holds it."""

from collections.abc import Mapping

from lms.quizzes.kinds.choices import Choice
from lms.quizzes.kinds.kind import TableForm, body_of
from lms.quizzes.kinds.single_choice.values import SingleChoice
from lms.quizzes.syntax.table import RIGHT, TableRow, choice_cells
from lms.quizzes.values import ONE, ZERO, Body, Question, key_at


class SingleChoiceTable(TableForm):
    """Choices, and the number of the right one."""

    def claims(self, row: TableRow) -> bool:
        """Return whether one of several is right."""
        return bool(row.choices) and bool(row.word(RIGHT)) and len(row.right_places()) == 1

    def read(self, row: TableRow) -> Body:
        """Return the choices."""
        right = row.right_places()[0]
        return SingleChoice(
            tuple(
                Choice(key_at(at), row.text(words), ONE if at == right else ZERO)
                for at, words in enumerate(row.choices)
            )
        )

    def cells(self, question: Question) -> Mapping[str, str]:
        """Return the choices and the number of the right one."""
        body = body_of(question, SingleChoice)
        words = tuple(choice.text.source for choice in body.choices)
        return {**choice_cells(words), RIGHT: str(body.choices.index(body.right) + 1)}
