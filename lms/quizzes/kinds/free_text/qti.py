"""How QTI 2.2 holds it: as an extended text that nothing grades. What comes so from elsewhere is an essay."""

from lms.quizzes.kinds.free_text.values import FreeText
from lms.quizzes.kinds.kind import QtiForm, body_of
from lms.quizzes.syntax.qti.writing import QtiWriter
from lms.quizzes.values import Question


class FreeTextQti(QtiForm):
    """A field for an open answer."""

    def write(self, question: Question, writer: QtiWriter) -> None:
        """Write the field."""
        body = body_of(question, FreeText)
        writer.ask()
        writer.interaction("extendedTextInteraction", expectedLength=str(body.max_characters))
        writer.declare("RESPONSE", "single", "string")
