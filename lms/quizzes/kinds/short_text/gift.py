"""How GIFT holds it."""

from collections.abc import Sequence

from lms.kernel.messages import Message
from lms.quizzes.kinds.kind import GiftForm, body_of
from lms.quizzes.kinds.short_text.values import ShortText
from lms.quizzes.kinds.words import TextAnswer, losses_of_wording
from lms.quizzes.syntax.gift import (
    FORMAT,
    Answers,
    GiftWriter,
    Shape,
    plain,
    weighed,
    weight_sign,
)
from lms.quizzes.values import Question, key_at


class ShortTextGift(GiftForm):
    """Each answer that is accepted after an equals sign."""

    pairs_by_arrows = True

    def claims(self, answers: Answers) -> bool:
        """Return whether nothing but words stands there."""
        return answers.shape is Shape.WORDS

    def read(self, answers: Answers) -> ShortText:
        """Return the answers."""
        return ShortText(
            tuple(
                TextAnswer(
                    key_at(position),
                    plain(FORMAT.sub("", one.text.strip(), count=1)),
                    one.weight,
                    answers.text(one.said),
                )
                for position, one in enumerate(map(weighed, answers.pieces()))
            )
        )

    def lines(self, question: Question, writer: GiftWriter) -> Sequence[str]:
        """Return a line for each answer."""
        return [
            f"={weight_sign(answer.weight)}{writer.words(answer.pattern)}{writer.said(answer.feedback)}"
            for answer in body_of(question, ShortText).answers
        ]

    def losses(self, question: Question) -> Sequence[Message]:
        """Return how words are compared, where GIFT compares otherwise."""
        return losses_of_wording(body_of(question, ShortText), has_case=False)
