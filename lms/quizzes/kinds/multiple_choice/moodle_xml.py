"""How Moodle XML holds it."""

from collections.abc import Sequence

from lms.kernel.messages import Message
from lms.quizzes.kinds.choices import choices_in_xml, losses_of_order, write_choices
from lms.quizzes.kinds.kind import MoodleXmlForm, body_of
from lms.quizzes.kinds.multiple_choice.values import ChoiceGrading, MultipleChoice, losses_of_limits
from lms.quizzes.syntax.moodle_xml import XmlReader, XmlWriter
from lms.quizzes.values import Question


class MultipleChoiceMoodleXml(MoodleXmlForm):
    """A multichoice question that takes several answers."""

    type = "multichoice"

    def claims(self, reader: XmlReader) -> bool:
        """Return whether it is one."""
        return reader.type == self.type and not reader.is_true("single", "true")

    def read(self, reader: XmlReader) -> MultipleChoice:
        """Return the choices."""
        return MultipleChoice(choices_in_xml(reader), reader.is_true("shuffleanswers"))

    def write(self, question: Question, writer: XmlWriter) -> None:
        """Write the choices."""
        body = body_of(question, MultipleChoice)
        write_choices(writer, body.choices, is_single=False, shuffle=body.shuffle)

    def losses(self, question: Question) -> Sequence[Message]:
        """Return what is earned, where it is not the sum alone."""
        body = body_of(question, MultipleChoice)
        losses = {
            Message("that only all right choices together earn"): body.grading is ChoiceGrading.ALL,
            Message("that it never earns less than nothing"): body.grading is ChoiceGrading.NEVER_BELOW,
            **losses_of_order(body.fixed),
            **losses_of_limits(body),
        }
        return tuple(loss for loss, holds in losses.items() if holds)
