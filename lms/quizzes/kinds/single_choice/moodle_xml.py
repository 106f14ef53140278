"""How Moodle XML holds it."""

from collections.abc import Sequence

from lms.kernel.messages import Message
from lms.quizzes.kinds.choices import choices_in_xml, losses_of_order, write_choices
from lms.quizzes.kinds.kind import MoodleXmlForm, body_of
from lms.quizzes.kinds.single_choice.values import SingleChoice
from lms.quizzes.syntax.moodle_xml import XmlReader, XmlWriter
from lms.quizzes.values import Question


class SingleChoiceMoodleXml(MoodleXmlForm):
    """A multichoice question that takes one answer."""

    type = "multichoice"

    def claims(self, reader: XmlReader) -> bool:
        """Return whether it is one."""
        return reader.type == self.type and reader.is_true("single", "true")

    def read(self, reader: XmlReader) -> SingleChoice:
        """Return the choices."""
        return SingleChoice(choices_in_xml(reader), reader.is_true("shuffleanswers"))

    def write(self, question: Question, writer: XmlWriter) -> None:
        """Write the choices."""
        body = body_of(question, SingleChoice)
        write_choices(writer, body.choices, is_single=True, shuffle=body.shuffle)

    def losses(self, question: Question) -> Sequence[Message]:
        """Return which choices stay in their place."""
        losses = losses_of_order(body_of(question, SingleChoice).fixed)
        return tuple(loss for loss, holds in losses.items() if holds)
