"""How QTI 2.2 holds it: as an upload of one file. Who marks it, and by what, QTI leaves to each system."""

from collections.abc import Sequence

from lms.kernel.messages import Message
from lms.quizzes.kinds.file_hand_in.values import FileHandIn
from lms.quizzes.kinds.kind import QtiForm, body_of
from lms.quizzes.kinds.rubrics import losses_of
from lms.quizzes.syntax.qti.item import QtiItem
from lms.quizzes.syntax.qti.writing import QtiWriter
from lms.quizzes.values import Question

ASKS = "uploadInteraction"


class FileHandInQti(QtiForm):
    """A field for a file that a person marks."""

    def claims(self, item: QtiItem) -> bool:
        """Return whether it asks for a file."""
        return item.sole(ASKS) is not None

    def read(self, item: QtiItem) -> FileHandIn:
        """Return a hand-in of one file, marked as a whole."""
        item.asked = item.stem()
        return FileHandIn(guidance=item.guidance())

    def write(self, question: Question, writer: QtiWriter) -> None:
        """Write the field."""
        writer.ask()
        writer.interaction(ASKS)
        writer.guide(body_of(question, FileHandIn).guidance)
        writer.declare("RESPONSE", "single", "file")

    def losses(self, question: Question) -> Sequence[Message]:
        """Return what QTI has no place for."""
        return losses_of(body_of(question, FileHandIn).criteria)
