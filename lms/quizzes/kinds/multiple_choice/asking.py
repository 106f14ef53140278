"""How a page asks it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random

from markupsafe import Markup

from lms.kernel.messages import Message
from lms.quizzes.kinds.choices import Option, feedback_sources, options_of, shuffled
from lms.quizzes.kinds.kind import Asking, body_of
from lms.quizzes.kinds.multiple_choice.values import MultipleChoice, MultipleChoiceResponse
from lms.quizzes.values import Question, Response, Text


@dataclass(frozen=True, slots=True)
class AskedChoices:
    """The choices, and how many of them may be made; 0 for any number."""

    options: tuple[Option, ...]
    most: int


class MultipleChoiceAsking(Asking):
    """Its choices, in an order of the attempt."""

    def hint(self, question: Question) -> Message | None:
        """Say that it is not one alone, and how many it may be."""
        most = body_of(question, MultipleChoice).most
        return Message("Choose at most %(most)s.", most=most) if most else Message("Choose all that apply.")

    def shown_texts(self, question: Question) -> Mapping[str, Text]:
        """Return the words of each choice."""
        return {choice.key: choice.text for choice in body_of(question, MultipleChoice).choices}

    def order(self, question: Question, random: Random, *, shuffle: bool) -> list[str]:
        """Return the choices shuffled, where both the quiz and the question allow it."""
        body = body_of(question, MultipleChoice)
        if body.shuffle and shuffle:
            return shuffled(body.choices, body.fixed, random)
        return [choice.key for choice in body.choices]

    def asked(
        self, question: Question, words: Mapping[str, Markup], order: Sequence[str], given: Response | None
    ) -> AskedChoices:
        """Return the choices."""
        body = body_of(question, MultipleChoice)
        chosen = given.keys if isinstance(given, MultipleChoiceResponse) else ()
        return AskedChoices(options_of(body.choices, words, order, chosen), body.most)

    def secrets(self, question: Question) -> tuple[str, ...]:
        """Return the feedback."""
        return feedback_sources(body_of(question, MultipleChoice).choices)
