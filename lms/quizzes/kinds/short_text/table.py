"""How a table holds it."""

from collections.abc import Mapping

from lms.quizzes.kinds.kind import TableForm, body_of
from lms.quizzes.kinds.short_text.values import ShortText
from lms.quizzes.kinds.words import TextAnswer
from lms.quizzes.syntax.table import ALTERNATIVE, RIGHT, TableRow
from lms.quizzes.values import ONE, Body, Question, key_at


class ShortTextTable(TableForm):
    """The words that are accepted, parted by a bar."""

    def claims(self, row: TableRow) -> bool:
        """Return whether words are right."""
        is_word = row.truth() is None and row.number(RIGHT) is None
        return not row.choices and bool(row.word(RIGHT)) and is_word

    def read(self, row: TableRow) -> Body:
        """Return the words."""
        words = [word.strip() for word in row.word(RIGHT).split(ALTERNATIVE)]
        return ShortText(tuple(TextAnswer(key_at(at), word) for at, word in enumerate(words)))

    def cells(self, question: Question) -> Mapping[str, str]:
        """Return the words that are worth everything."""
        answers = body_of(question, ShortText).answers
        return {RIGHT: f" {ALTERNATIVE} ".join(one.pattern for one in answers if one.weight == ONE)}
