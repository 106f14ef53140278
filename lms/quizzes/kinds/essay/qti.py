"""How QTI 2.2 holds it: as an extended text. Who marks it, and by what, QTI leaves to each system."""

from collections.abc import Sequence

from lms.kernel.messages import Message
from lms.quizzes.kinds.essay.values import Essay
from lms.quizzes.kinds.kind import QtiForm, body_of
from lms.quizzes.kinds.rubrics import losses_of
from lms.quizzes.syntax.qti.item import QtiItem
from lms.quizzes.syntax.qti.writing import QtiWriter
from lms.quizzes.values import Question

ASKS = "extendedTextInteraction"


class EssayQti(QtiForm):
    """A field for an answer that a person marks."""

    def claims(self, item: QtiItem) -> bool:
        """Return whether it asks for a longer text."""
        return item.sole(ASKS) is not None

    def read(self, item: QtiItem) -> Essay:
        """Return an essay that is marked as a whole."""
        item.asked = item.stem()
        if item.machine.is_graded:
            item.content.warn(
                Message("Its rules for right and wrong are not taken over: a person marks the answer.")
            )
        return Essay(guidance=item.guidance())

    def write(self, question: Question, writer: QtiWriter) -> None:
        """Write the field."""
        writer.ask()
        writer.interaction(ASKS)
        writer.guide(body_of(question, Essay).guidance)
        writer.declare("RESPONSE", "single", "string")

    def losses(self, question: Question) -> Sequence[Message]:
        """Return what QTI has no place for."""
        return losses_of(body_of(question, Essay).criteria)
