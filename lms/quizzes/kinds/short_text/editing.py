"""How an author writes it: fields in, body out."""

from lms.quizzes.kinds.drafts import Draft, Fields
from lms.quizzes.kinds.kind import (
    Editing,
    body_of,
)
from lms.quizzes.kinds.short_text.values import ShortText
from lms.quizzes.kinds.words import fields_of_words, words_in
from lms.quizzes.values import Question


class ShortTextEditing(Editing):
    """The fields of its form."""

    def blank_fields(self) -> Fields:
        """Return two spare answers."""
        return {f"answer-{row}-pattern": "" for row in range(2)}

    def fields_of(self, question: Question) -> Fields:
        """Return a row for each answer that is accepted."""
        return fields_of_words(body_of(question, ShortText))

    def parse_body(self, fields: Fields) -> ShortText:
        """Read the rows."""
        draft = Draft(fields)
        return draft.finished(words_in(draft, ShortText))
