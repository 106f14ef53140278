"""True or false."""

from typing import Final

from lms.kernel.messages import Message
from lms.quizzes.kinds.drafts import Draft, Fields, text_fields
from lms.quizzes.kinds.kind import Form, SpeaksForItself, body_of, one_of, own
from lms.quizzes.values import (
    NO_TEXT,
    ONE,
    ZERO,
    Grade,
    Interaction,
    PartGrade,
    Question,
    QuestionType,
    Response,
    ReviewLine,
    Text,
    TextFormat,
    TrueFalse,
    TrueFalseResponse,
)

WORDS: Final = {
    True: Text(Message("True"), TextFormat.PLAIN),
    False: Text(Message("False"), TextFormat.PLAIN),
    None: NO_TEXT,
}
KEYS: Final = {True: "true", False: "false"}


class TrueFalseKind(SpeaksForItself):
    """Grades all or nothing."""

    type = QuestionType.TRUE_FALSE

    def grade(self, question: Question, response: Response) -> Grade:
        """Return 1 if it is said right."""
        body, answer = body_of(question, TrueFalse), own(response, TrueFalseResponse).answer
        if answer is None:
            return Grade(ZERO)
        earned = ONE if answer is body.answer else ZERO
        feedback = body.feedback_true if answer else body.feedback_false
        return Grade(earned, (PartGrade(KEYS[answer], earned, feedback),))

    def parse_response(self, question: Question, form: Form, name: str = "answer") -> TrueFalseResponse:
        """Read ``true`` or ``false``."""
        body_of(question, TrueFalse)
        key = one_of(form, name, tuple(KEYS.values()))
        return TrueFalseResponse({"true": True, "false": False}.get(key))

    def is_complete(self, question: Question, response: Response) -> bool:
        """Return whether anything was said."""
        body_of(question, TrueFalse)
        return own(response, TrueFalseResponse).answer is not None

    def correct_answer(self, question: Question) -> TrueFalseResponse:
        """Return what holds."""
        return TrueFalseResponse(body_of(question, TrueFalse).answer)

    def describe_response(self, question: Question, response: Response) -> tuple[ReviewLine, ...]:
        """Return one line."""
        graded = self.grade(question, response)
        given = WORDS[own(response, TrueFalseResponse).answer]
        expected = WORDS[body_of(question, TrueFalse).answer]
        feedback = graded.parts[0].feedback if graded.parts else NO_TEXT
        return (ReviewLine(NO_TEXT, given, expected, graded.fraction, feedback),)

    def interaction(self, question: Question, response: Response) -> Interaction:
        """Return what was said."""
        body_of(question, TrueFalse)
        answer = own(response, TrueFalseResponse).answer
        return Interaction("true-false", "" if answer is None else KEYS[answer])

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
