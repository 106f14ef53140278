"""How an author writes it: fields in, body out."""

from lms.kernel.messages import Message
from lms.quizzes.kinds.drafts import Draft, Fields, text_fields
from lms.quizzes.kinds.kind import (
    Editing,
    body_of,
)
from lms.quizzes.kinds.true_false.values import KEYS, TrueFalse
from lms.quizzes.values import (
    Question,
)


class TrueFalseEditing(Editing):
    """The fields of its form."""

    def blank_fields(self) -> Fields:
        """Return nothing: the author says what holds."""
        return {}

    def fields_of(self, question: Question) -> Fields:
        """Return what holds, and what is said after either answer."""
        body = body_of(question, TrueFalse)
        return {
            "holds": KEYS[body.answer],
            **text_fields("feedback-true", body.feedback_true),
            **text_fields("feedback-false", body.feedback_false),
        }

    def parse_body(self, fields: Fields) -> TrueFalse:
        """Read what holds."""
        draft = Draft(fields)
        if draft.word("holds") not in KEYS.values():
            draft.refuse("holds", Message("Say whether the statement is true."))
        feedback = draft.text("feedback-true"), draft.text("feedback-false")
        return draft.whole("holds", lambda: TrueFalse(draft.word("holds") == KEYS[True], *feedback))
