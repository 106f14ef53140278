"""Short text: a word or phrase, compared to patterns as Moodle does, but for quotes and spaces that phones change."""

from lms.quizzes.kinds.kind import (
    Form,
    Rules,
    body_of,
    one_value,
    own,
)
from lms.quizzes.kinds.short_text.values import ShortText, ShortTextResponse
from lms.quizzes.kinds.wording import spaced
from lms.quizzes.values import (
    NO_TEXT,
    ZERO,
    Grade,
    Interaction,
    PartGrade,
    Question,
    Response,
    ReviewLine,
    Text,
    TextFormat,
)


class ShortTextRules(Rules):
    """Grades by the first pattern that matches."""

    def grade(self, question: Question, response: Response) -> Grade:
        """Return the weight of the first pattern that matches."""
        matched = body_of(question, ShortText).matched(own(response, ShortTextResponse).text)
        if matched is None:
            return Grade(ZERO)
        return Grade(matched.weight, (PartGrade(matched.key, matched.weight, matched.feedback),))

    def parse_response(self, question: Question, form: Form, name: str = "answer") -> ShortTextResponse:
        """Read the text as it was typed."""
        body_of(question, ShortText)
        return ShortTextResponse(one_value(form, name))

    def is_complete(self, question: Question, response: Response) -> bool:
        """Return whether anything was typed."""
        body_of(question, ShortText)
        return bool(spaced(own(response, ShortTextResponse).text))

    def correct_answer(self, question: Question) -> ShortTextResponse:
        """Return a text that the first possible pattern worth everything matches."""
        return ShortTextResponse(body_of(question, ShortText).right())

    def describe_response(self, question: Question, response: Response) -> tuple[ReviewLine, ...]:
        """Return one line."""
        body, given = body_of(question, ShortText), own(response, ShortTextResponse).text
        matched = body.matched(given)
        return (
            ReviewLine(
                NO_TEXT,
                Text(given, TextFormat.PLAIN) if given.strip() else NO_TEXT,
                Text(body.right(), TextFormat.PLAIN),
                matched.weight if matched else ZERO,
                matched.feedback if matched else NO_TEXT,
            ),
        )

    def interaction(self, question: Question, response: Response) -> Interaction:
        """Return what was typed."""
        body_of(question, ShortText)
        return Interaction("fill-in", own(response, ShortTextResponse).text)
