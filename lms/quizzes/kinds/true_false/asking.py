"""How a page asks it."""

from collections.abc import Mapping, Sequence

from markupsafe import Markup

from lms.kernel.messages import Message
from lms.quizzes.kinds.choices import Option
from lms.quizzes.kinds.kind import Asking, body_of
from lms.quizzes.kinds.true_false.values import TrueFalse, TrueFalseResponse
from lms.quizzes.values import Question, Response


class TrueFalseAsking(Asking):
    """Two choices, always in the same order."""

    def asked(
        self, question: Question, words: Mapping[str, Markup], order: Sequence[str], given: Response | None
    ) -> tuple[Option, ...]:
        """Return both."""
        del question, words, order
        answer = given.answer if isinstance(given, TrueFalseResponse) else None
        return Option("true", Message("True"), answer is True), Option(
            "false", Message("False"), answer is False
        )

    def secrets(self, question: Question) -> tuple[str, ...]:
        """Return the feedback."""
        return tuple(text.source for text in body_of(question, TrueFalse).texts if text)
