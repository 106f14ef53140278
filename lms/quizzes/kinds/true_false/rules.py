"""True or false."""

from typing import Final

from lms.kernel.messages import Message
from lms.quizzes.kinds.kind import (
    Form,
    Rules,
    body_of,
    one_of,
    own,
)
from lms.quizzes.kinds.true_false.values import KEYS, TrueFalse, TrueFalseResponse
from lms.quizzes.values import (
    NO_TEXT,
    ONE,
    ZERO,
    Grade,
    Interaction,
    PartGrade,
    Question,
    Response,
    ReviewLine,
    Text,
    TextFormat,
)

WORDS: Final = {
    True: Text(Message("True"), TextFormat.PLAIN),
    False: Text(Message("False"), TextFormat.PLAIN),
    None: NO_TEXT,
}


class TrueFalseRules(Rules):
    """Grades all or nothing."""

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
