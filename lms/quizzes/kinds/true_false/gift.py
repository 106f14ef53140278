"""How GIFT holds it."""

from collections.abc import Sequence

from lms.quizzes.kinds.kind import GiftForm, body_of
from lms.quizzes.kinds.true_false.values import TrueFalse
from lms.quizzes.syntax.gift import (
    TRUE_WORDS,
    Answers,
    GiftWriter,
    Shape,
)
from lms.quizzes.values import Question


class TrueFalseGift(GiftForm):
    """A word, what is said to who is wrong, and to who is right."""

    def claims(self, answers: Answers) -> bool:
        """Return whether true or false stands there alone."""
        return answers.shape is Shape.TRUTH

    def read(self, answers: Answers) -> TrueFalse:
        """Return what holds."""
        word, _, feedback = answers.source.partition("#")
        wrong, _, right = feedback.partition("#")
        if word.strip() in TRUE_WORDS:
            return TrueFalse(
                answer=True, feedback_true=answers.text(right), feedback_false=answers.text(wrong)
            )
        return TrueFalse(answer=False, feedback_true=answers.text(wrong), feedback_false=answers.text(right))

    def lines(self, question: Question, writer: GiftWriter) -> Sequence[str]:
        """Return one line."""
        body = body_of(question, TrueFalse)
        right, wrong = body.feedback_true, body.feedback_false
        if not body.answer:
            right, wrong = wrong, right
        said = f"{writer.said(wrong) or '#'}{writer.said(right)}" if right else writer.said(wrong)
        return [f"{'TRUE' if body.answer else 'FALSE'}{said}"]
