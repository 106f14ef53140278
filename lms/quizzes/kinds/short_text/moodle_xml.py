"""How Moodle XML holds it."""

from collections.abc import Sequence

from lms.kernel.messages import Message
from lms.quizzes.kinds.kind import MoodleXmlForm, body_of
from lms.quizzes.kinds.short_text.values import ShortText
from lms.quizzes.kinds.words import TextAnswer, losses_of_wording
from lms.quizzes.syntax.moodle_xml import XmlReader, XmlWriter
from lms.quizzes.values import Question, key_at


class ShortTextMoodleXml(MoodleXmlForm):
    """A shortanswer question."""

    type = "shortanswer"

    def read(self, reader: XmlReader) -> ShortText:
        """Return the answers."""
        answers = tuple(
            TextAnswer(
                key_at(position),
                reader.plain(answer),
                reader.fraction(answer),
                reader.text(answer.first("feedback")),
            )
            for position, answer in enumerate(reader.element.all("answer"))
        )
        return ShortText(answers, case_sensitive=reader.is_true("usecase"))

    def write(self, question: Question, writer: XmlWriter) -> None:
        """Write the answers."""
        body = body_of(question, ShortText)
        writer.value("usecase", str(int(body.case_sensitive)))
        for answer in body.answers:
            writer.answer(answer.pattern, answer.weight, answer.feedback)

    def losses(self, question: Question) -> Sequence[Message]:
        """Return how words are compared, where Moodle compares otherwise."""
        return losses_of_wording(body_of(question, ShortText), has_case=True)
