"""How a page asks it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from lms.quizzes.kinds.free_text.values import FreeText, FreeTextResponse
from lms.quizzes.kinds.kind import Asking, body_of
from lms.quizzes.values import Question, Response


@dataclass(frozen=True, slots=True)
class AskedFreeText:
    """What was written before, and how many characters there may be."""

    text: str
    most: int


class FreeTextAsking(Asking):
    """A field of several lines."""

    def asked(
        self, question: Question, words: Mapping[str, Markup], order: Sequence[str], given: Response | None
    ) -> AskedFreeText:
        """Return what was written before."""
        del words, order
        text = given.text if isinstance(given, FreeTextResponse) else ""
        return AskedFreeText(text, body_of(question, FreeText).max_characters)

    def secrets(self, question: Question) -> tuple[str, ...]:
        """Return nothing: nothing of it is right."""
        body_of(question, FreeText)
        return ()
