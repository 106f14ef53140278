"""How a page asks it."""

from collections.abc import Mapping, Sequence

from markupsafe import Markup

from lms.kernel.messages import Message
from lms.quizzes.kinds.amounts import UnitRule
from lms.quizzes.kinds.kind import Asking, body_of
from lms.quizzes.kinds.numeric.values import Numeric, NumericResponse
from lms.quizzes.values import Question, Response


class NumericAsking(Asking):
    """A line to type a number into."""

    def hint(self, question: Question) -> Message | None:
        """Say that it is a number, and what is asked of its unit."""
        body = body_of(question, Numeric)
        units = ", ".join(unit.name for unit in body.units)
        match body.unit_rule:
            case UnitRule.REQUIRED:
                return Message("Give the unit too: %(units)s.", units=units)
            case UnitRule.OPTIONAL:
                return Message("You may give a unit: %(units)s.", units=units)
            case UnitRule.NONE:
                return Message("Answer with a number.")

    def asked(
        self, question: Question, words: Mapping[str, Markup], order: Sequence[str], given: Response | None
    ) -> str:
        """Return what was typed before."""
        del question, words, order
        return given.text if isinstance(given, NumericResponse) else ""

    def secrets(self, question: Question) -> tuple[str, ...]:
        """Return the numbers, and the feedback."""
        return body_of(question, Numeric).secrets()
