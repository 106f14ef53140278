"""How Moodle XML holds it."""

from decimal import Decimal

from lms.kernel.messages import Message
from lms.quizzes.kinds.kind import MoodleXmlForm, body_of
from lms.quizzes.kinds.true_false.values import TrueFalse
from lms.quizzes.syntax.moodle_xml import XmlReader, XmlWriter
from lms.quizzes.values import Question


class TrueFalseMoodleXml(MoodleXmlForm):
    """A truefalse question, with an answer of each."""

    type = "truefalse"

    def read(self, reader: XmlReader) -> TrueFalse:
        """Return what holds."""
        answers = reader.element.all("answer")
        if len(answers) != 2:  # noqa: PLR2004 - true and false
            raise ValueError(Message("A true/false question needs two answers."))
        words = [reader.plain(answer).lower() for answer in answers]
        # Old files have the words in the author's language: there, the first is true.
        when_true, when_false = reversed(answers) if words == ["false", "true"] else answers
        right = [reader.fraction(when_true), reader.fraction(when_false)]
        if sorted(right) != [0, 1]:
            raise ValueError(Message("One of true and false must be worth 100%%, the other nothing."))
        return TrueFalse(
            answer=right[0] == 1,
            feedback_true=reader.text(when_true.first("feedback")),
            feedback_false=reader.text(when_false.first("feedback")),
        )

    def write(self, question: Question, writer: XmlWriter) -> None:
        """Write both answers."""
        body = body_of(question, TrueFalse)
        writer.answer("true", Decimal(body.answer), body.feedback_true)
        writer.answer("false", Decimal(not body.answer), body.feedback_false)
