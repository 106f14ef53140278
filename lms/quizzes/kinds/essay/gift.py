"""How GIFT holds it."""

from collections.abc import Sequence

from lms.kernel.messages import Message
from lms.quizzes.kinds.essay.values import Essay
from lms.quizzes.kinds.kind import GiftForm, body_of
from lms.quizzes.kinds.rubrics import losses_of
from lms.quizzes.syntax.gift import Answers, GiftWriter, Shape
from lms.quizzes.values import Question


class EssayGift(GiftForm):
    """Nothing between the braces."""

    def claims(self, answers: Answers) -> bool:
        """Return whether nothing stands there."""
        return answers.shape is Shape.NOTHING

    def read(self, answers: Answers) -> Essay:
        """Return an essay that is marked as a whole."""
        del answers
        return Essay()

    def lines(self, question: Question, writer: GiftWriter) -> Sequence[str]:
        """Return nothing."""
        del writer
        body_of(question, Essay)
        return ()

    def losses(self, question: Question) -> Sequence[Message]:
        """Return what GIFT has no place for."""
        body = body_of(question, Essay)
        losses = [*losses_of(body.criteria)]
        if body.least_words or body.most_words:
            losses.append(Message("how many words are asked for"))
        if body.guidance:
            losses.append(Message("what is said to who marks it"))
        return losses
