"""How an author writes it: fields in, body out."""

from lms.kernel.messages import Message
from lms.quizzes.kinds.drafts import Draft, Fields
from lms.quizzes.kinds.free_text.values import CHARACTERS_AT_MOST, CHARACTERS_UNLESS_SAID, FreeText
from lms.quizzes.kinds.kind import Editing, body_of
from lms.quizzes.values import Question


class FreeTextEditing(Editing):
    """The one field of its form: how long an answer may be."""

    def blank_fields(self) -> Fields:
        """Return what most open answers need."""
        return {"characters": str(CHARACTERS_UNLESS_SAID)}

    def fields_of(self, question: Question) -> Fields:
        """Return the limit."""
        return {"characters": str(body_of(question, FreeText).max_characters)}

    def parse_body(self, fields: Fields) -> FreeText:
        """Read the limit."""
        draft = Draft(fields)
        word = draft.word("characters")
        most = (
            int(word)
            if word.isascii() and word.isdigit() and len(word) <= len(str(CHARACTERS_AT_MOST))
            else 0
        )
        if not 1 <= most <= CHARACTERS_AT_MOST:
            draft.refuse(
                "characters",
                Message("Give a number of characters from 1 to %(most)s.", most=CHARACTERS_AT_MOST),
            )
        return draft.whole("characters", lambda: FreeText(most))
