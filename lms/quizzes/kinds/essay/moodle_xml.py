"""How Moodle XML holds it."""

from collections.abc import Sequence

from lms.kernel.messages import Message
from lms.quizzes.kinds.essay.values import WORDS_AT_MOST, Essay
from lms.quizzes.kinds.kind import MoodleXmlForm, body_of
from lms.quizzes.kinds.rubrics import losses_of, read_rubric, write_rubric
from lms.quizzes.syntax.moodle_xml import XmlReader, XmlWriter
from lms.quizzes.values import Question
from lms.web.numbers import whole_number

# Moodle's formats of an answer that has no text, only files: another kind of ours.
FILES_ALONE = "noinline"


class EssayMoodleXml(MoodleXmlForm):
    """An essay question with a text."""

    type = "essay"

    def claims(self, reader: XmlReader) -> bool:
        """Return whether it is an essay with a text."""
        return reader.type == self.type and reader.value("responseformat") != FILES_ALONE

    def read(self, reader: XmlReader) -> Essay:
        """Return how long it is to be, and what is said to who marks it."""
        if reader.value("attachments") not in {"", "0"}:
            reader.warnings.append(
                Message("Files beside the text are not taken here: a file hand-in is a question of its own.")
            )
        if reader.plain(reader.element.first("responsetemplate")):
            reader.warnings.append(Message("The text to begin with is left out."))
        return Essay(
            criteria=read_rubric(reader),
            least_words=_words(reader, "minwordlimit"),
            most_words=_words(reader, "maxwordlimit"),
            guidance=reader.text(reader.element.first("graderinfo")),
        )

    def write(self, question: Question, writer: XmlWriter) -> None:
        """Write what Moodle asks of an essay."""
        body = body_of(question, Essay)
        writer.value("responseformat", "plain")
        writer.value("responserequired", "1")
        writer.value("responsefieldlines", "15")
        if body.least_words:
            writer.value("minwordlimit", str(body.least_words))
        if body.most_words:
            writer.value("maxwordlimit", str(body.most_words))
        writer.value("attachments", "0")
        writer.value("attachmentsrequired", "0")
        if body.guidance:
            writer.text(writer.element, "graderinfo", body.guidance)
        write_rubric(body.criteria, writer)

    def losses(self, question: Question) -> Sequence[Message]:
        """Return what Moodle passes over."""
        return losses_of(body_of(question, Essay).criteria)


def _words(reader: XmlReader, name: str) -> int | None:
    word = reader.value(name)
    if word in {"", "0", "$@NULL@$"}:
        return None
    number = whole_number(word, most=WORDS_AT_MOST)
    if number is None:
        reader.warnings.append(Message("A limit of %(words)s words is left out.", words=word))
    return number
