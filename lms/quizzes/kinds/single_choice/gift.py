"""How GIFT holds it."""

from collections.abc import Sequence

from lms.kernel.messages import Message
from lms.quizzes.kinds.choices import choice_in_gift, choices_in_gift, losses_of_order
from lms.quizzes.kinds.kind import GiftForm, body_of
from lms.quizzes.kinds.single_choice.values import SingleChoice
from lms.quizzes.syntax.gift import (
    Answers,
    GiftWriter,
    Shape,
)
from lms.quizzes.values import Question


class SingleChoiceGift(GiftForm):
    """Choices, one of which is marked with an equals sign."""

    def claims(self, answers: Answers) -> bool:
        """Return whether one of several is right."""
        return answers.shape is Shape.ONE_OF

    def read(self, answers: Answers) -> SingleChoice:
        """Return the choices."""
        return SingleChoice(choices_in_gift(answers))

    def lines(self, question: Question, writer: GiftWriter) -> Sequence[str]:
        """Return a line for each choice."""
        lines = []
        for choice in body_of(question, SingleChoice).choices:
            if choice.weight == 1:
                # A text that begins like a weight would be taken for one.
                weight = "%100%" if choice.text.source.lstrip().startswith("%") else ""
                lines.append(f"={weight}{writer.part(choice.text)}{writer.said(choice.feedback)}")
            else:
                lines.append(choice_in_gift(choice, writer))
        return lines

    def losses(self, question: Question) -> Sequence[Message]:
        """Return the order, or the part of it that is fixed."""
        body = body_of(question, SingleChoice)
        losses = {Message("that the order is fixed"): not body.shuffle, **losses_of_order(body.fixed)}
        return tuple(loss for loss, holds in losses.items() if holds)
