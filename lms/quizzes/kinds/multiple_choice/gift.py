"""How GIFT holds it."""

from collections.abc import Sequence

from lms.kernel.messages import Message
from lms.quizzes.kinds.choices import choice_in_gift, choices_in_gift, losses_of_order
from lms.quizzes.kinds.kind import GiftForm, body_of
from lms.quizzes.kinds.multiple_choice.values import ChoiceGrading, MultipleChoice, losses_of_limits
from lms.quizzes.syntax.gift import (
    Answers,
    GiftWriter,
    Shape,
)
from lms.quizzes.values import Question


class MultipleChoiceGift(GiftForm):
    """Choices, each with its weight."""

    def claims(self, answers: Answers) -> bool:
        """Return whether any number may be right."""
        return answers.shape is Shape.ANY_OF

    def read(self, answers: Answers) -> MultipleChoice:
        """Return the choices."""
        return MultipleChoice(choices_in_gift(answers))

    def lines(self, question: Question, writer: GiftWriter) -> Sequence[str]:
        """Return a line for each choice."""
        return [choice_in_gift(choice, writer) for choice in body_of(question, MultipleChoice).choices]

    def losses(self, question: Question) -> Sequence[Message]:
        """Return the order, if it is fixed, and that shares count for nothing."""
        body = body_of(question, MultipleChoice)
        losses = {
            Message("that the order is fixed"): not body.shuffle,
            Message("that only all right choices together earn"): body.grading is ChoiceGrading.ALL,
            Message("that it never earns less than nothing"): body.grading is ChoiceGrading.NEVER_BELOW,
            **losses_of_order(body.fixed),
            **losses_of_limits(body),
        }
        return tuple(loss for loss, holds in losses.items() if holds)
