"""How Moodle XML holds it."""

from collections.abc import Sequence

from lms.kernel.messages import Message
from lms.quizzes.kinds.kind import MoodleXmlForm, body_of
from lms.quizzes.kinds.ordering.formats import grading_of, losses_of_order, moodle_name
from lms.quizzes.kinds.ordering.values import Ordering, OrderItem
from lms.quizzes.syntax.moodle_xml import XmlReader, XmlWriter
from lms.quizzes.values import Question, key_at


class OrderingMoodleXml(MoodleXmlForm):
    """An ordering question, its answers in the right order."""

    type = "ordering"

    def read(self, reader: XmlReader) -> Ordering:
        """Return the things."""
        items = tuple(
            OrderItem(key_at(at), reader.text(answer))
            for at, answer in enumerate(reader.element.all("answer"))
        )
        # Files from before Moodle 2.9 call it logical, and have a number for it.
        selected = reader.value("selecttype") or ("" if reader.value("logical", "0") == "0" else "RANDOM")
        return Ordering(items, grading_of(reader.value("gradingtype"), selected, reader.warnings))

    def write(self, question: Question, writer: XmlWriter) -> None:
        """Write the things."""
        body = body_of(question, Ordering)
        for name, value in (
            ("layouttype", "VERTICAL"),
            ("selecttype", "ALL"),
            ("selectcount", str(len(body.items))),
            ("gradingtype", moodle_name(body.grading)),
            ("showgrading", "SHOW"),
            ("numberingstyle", "none"),
        ):
            writer.value(name, value)
        for place, item in enumerate(body.items, 1):
            writer.text(writer.element, "answer", item.text).set("fraction", str(place))

    def losses(self, question: Question) -> Sequence[Message]:
        """Return a grading that Moodle does not know, and places."""
        return losses_of_order(body_of(question, Ordering))
