"""How GIFT holds it: with the signs of Moodle's ordering question, ``{>4 ALL VERTICAL ABSOLUTE_POSITION SHOW none``."""

import re
from collections.abc import Sequence
from typing import Final

from lms.kernel.messages import Message
from lms.quizzes.kinds.kind import GiftForm, body_of
from lms.quizzes.kinds.ordering.formats import grading_of, losses_of_order, moodle_name
from lms.quizzes.kinds.ordering.values import Ordering, OrderItem
from lms.quizzes.syntax.gift import Answers, GiftWriter, Shape
from lms.quizzes.values import Question, key_at

HEAD: Final = re.compile(
    r">\s*(?P<count>\d*)\s*(?P<select>ALL|EXACT|RANDOM|REL|CONTIGUOUS|CONTIG)?"
    r"\s*(?:HORIZONTAL|HORI|H|VERTICAL|VERT|V|[01])?"
    r"\s*(?P<grading>ALL_OR_NOTHING|[A-Z]+_[A-Z_]+|ABSOLUTE|ABS|RELATIVE|REL)?"
    r"\s*(?:SHOW|TRUE|YES|HIDE|FALSE|NO|[01])?\s*(?:none|123|abc|ABCD|iii|IIII)?\s*"
)


class OrderingGift(GiftForm):
    """A line for each thing, in the right order."""

    def opening(self, question: Question) -> str:
        """Return the head: how many, all of them, one below the other, and how they are graded."""
        body = body_of(question, Ordering)
        return f">{len(body.items)} ALL VERTICAL {moodle_name(body.grading)} SHOW none"

    def claims(self, answers: Answers) -> bool:
        """Return whether an order is asked for."""
        return answers.shape is Shape.ORDER

    def read(self, answers: Answers) -> Ordering:
        """Return the things."""
        head, *lines = answers.source.split("\n")
        found = HEAD.match(head)
        grading = grading_of(
            (found and found["grading"]) or "", (found and found["select"]) or "", answers.warnings
        )
        if found and (rest := head[found.end() :].strip()):
            lines = [rest, *lines]
        texts = [text for line in lines if (text := answers.text(line))]
        return Ordering(tuple(OrderItem(key_at(at), text) for at, text in enumerate(texts)), grading)

    def lines(self, question: Question, writer: GiftWriter) -> Sequence[str]:
        """Return a line for each thing."""
        return [writer.part(item.text) for item in body_of(question, Ordering).items]

    def losses(self, question: Question) -> Sequence[Message]:
        """Return a grading that Moodle does not know, and places."""
        return losses_of_order(body_of(question, Ordering))
