"""How a page asks it."""

from collections.abc import Mapping, Sequence

from markupsafe import Markup

from lms.quizzes.kinds.kind import Asking, body_of
from lms.quizzes.kinds.short_text.values import ShortText, ShortTextResponse
from lms.quizzes.values import Question, Response


class ShortTextAsking(Asking):
    """A line to type into."""

    def asked(
        self, question: Question, words: Mapping[str, Markup], order: Sequence[str], given: Response | None
    ) -> str:
        """Return what was typed before."""
        del question, words, order
        return given.text if isinstance(given, ShortTextResponse) else ""

    def secrets(self, question: Question) -> tuple[str, ...]:
        """Return what is accepted, and the feedback."""
        return body_of(question, ShortText).secrets()
