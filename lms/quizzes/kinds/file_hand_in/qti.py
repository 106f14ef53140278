"""How QTI 2.2 holds it: an upload of one file, or a drawing. Who marks it, by what, QTI leaves to each system."""

from collections.abc import Sequence

from lms.courses.values.marking import FileKind
from lms.kernel.messages import Message
from lms.quizzes.kinds.file_hand_in.values import FileHandIn
from lms.quizzes.kinds.kind import QtiForm, body_of
from lms.quizzes.kinds.places_qti import shown_in, write_picture
from lms.quizzes.kinds.rubrics import losses_of
from lms.quizzes.syntax.qti.item import QtiItem
from lms.quizzes.syntax.qti.writing import QtiWriter
from lms.quizzes.values import Question

ASKS = "uploadInteraction"
DRAWS = "drawingInteraction"


class FileHandInQti(QtiForm):
    """A field for a file, or a picture to draw on, that a person marks."""

    def claims(self, item: QtiItem) -> bool:
        """Return whether it asks for a file, or for a drawing."""
        return item.sole(ASKS) is not None or item.sole(DRAWS) is not None

    def read(self, item: QtiItem) -> FileHandIn:
        """Return a hand-in of one file, marked as a whole."""
        item.asked = item.stem()
        if drawing := item.sole(DRAWS):
            shown = shown_in(item, drawing)
            return FileHandIn(
                kinds=(FileKind.PICTURES,),
                drawn_on=shown.picture,
                drawn_alt=shown.alt,
                guidance=item.guidance(),
            )
        return FileHandIn(guidance=item.guidance())

    def write(self, question: Question, writer: QtiWriter) -> None:
        """Write the field, or the picture to draw on."""
        body = body_of(question, FileHandIn)
        writer.ask()
        interaction = writer.interaction(DRAWS if body.drawn_on else ASKS)
        if body.drawn_on:
            write_picture(writer, interaction, body.drawn_on, body.drawn_alt)
        writer.guide(body.guidance)
        writer.declare("RESPONSE", "single", "file")

    def losses(self, question: Question) -> Sequence[Message]:
        """Return what QTI has no place for."""
        return losses_of(body_of(question, FileHandIn).criteria)
