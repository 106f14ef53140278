"""How a page asks it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from lms.kernel.messages import Message
from lms.quizzes.kinds.essay.values import CHARACTERS_AT_MOST, Essay, EssayResponse
from lms.quizzes.kinds.kind import NO_REMARK, Asking, body_of
from lms.quizzes.values import Question, Response


@dataclass(frozen=True, slots=True)
class AskedEssay:
    """What was written before, how many words are asked for, and how many characters there may be."""

    text: str
    least: int | None
    most: int | None
    characters: int = CHARACTERS_AT_MOST


class EssayAsking(Asking):
    """A large field of several lines."""

    def hint(self, question: Question) -> Message | None:
        """Say how long it is to be."""
        body = body_of(question, Essay)
        match body.least_words, body.most_words:
            case None, None:
                return NO_REMARK
            case None, most:
                return Message("At most %(most)s words.", most=most)
            case least, None:
                return Message("At least %(least)s words.", least=least)
            case least, most:
                return Message("%(least)s to %(most)s words.", least=least, most=most)

    def asked(
        self, question: Question, words: Mapping[str, Markup], order: Sequence[str], given: Response | None
    ) -> AskedEssay:
        """Return what was written before."""
        del words, order
        body = body_of(question, Essay)
        text = given.text if isinstance(given, EssayResponse) else ""
        return AskedEssay(text, body.least_words, body.most_words)

    def secrets(self, question: Question) -> tuple[str, ...]:
        """Return what a good answer says."""
        guidance = body_of(question, Essay).guidance
        return (guidance.source,) if guidance else ()
