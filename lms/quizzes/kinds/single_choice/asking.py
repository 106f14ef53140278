"""How a page asks it."""

from collections.abc import Mapping, Sequence
from random import Random

from markupsafe import Markup

from lms.quizzes.kinds.choices import Option, feedback_sources, options_of, shuffled
from lms.quizzes.kinds.kind import Asking, body_of
from lms.quizzes.kinds.single_choice.values import SingleChoice, SingleChoiceResponse
from lms.quizzes.values import Question, Response, Text


class SingleChoiceAsking(Asking):
    """Its choices, in an order of the attempt."""

    def shown_texts(self, question: Question) -> Mapping[str, Text]:
        """Return the words of each choice."""
        return {choice.key: choice.text for choice in body_of(question, SingleChoice).choices}

    def order(self, question: Question, random: Random, *, shuffle: bool) -> list[str]:
        """Return the choices shuffled, where both the quiz and the question allow it."""
        body = body_of(question, SingleChoice)
        if body.shuffle and shuffle:
            return shuffled(body.choices, body.fixed, random)
        return [choice.key for choice in body.choices]

    def asked(
        self, question: Question, words: Mapping[str, Markup], order: Sequence[str], given: Response | None
    ) -> tuple[Option, ...]:
        """Return the choices."""
        chosen = {given.key} if isinstance(given, SingleChoiceResponse) else ()
        return options_of(body_of(question, SingleChoice).choices, words, order, chosen)

    def secrets(self, question: Question) -> tuple[str, ...]:
        """Return the feedback."""
        return feedback_sources(body_of(question, SingleChoice).choices)
