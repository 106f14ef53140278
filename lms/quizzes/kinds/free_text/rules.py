"""What was written; nothing of it is right or wrong."""

from lms.kernel.messages import Message
from lms.quizzes.kinds.free_text.values import FreeText, FreeTextResponse
from lms.quizzes.kinds.kind import Form, Rules, body_of, own, refused
from lms.quizzes.values import NO_TEXT, ZERO, Interaction, Question, Response, ReviewLine, Text, TextFormat


class FreeTextRules(Rules):
    """Keeps an open answer; it earns nothing."""

    @property
    def is_scored(self) -> bool:
        """Return that it earns nothing."""
        return False

    def parse_response(self, question: Question, form: Form, name: str = "answer") -> FreeTextResponse:
        """Read what was written: refused where it is longer than it may be, never for what it says."""
        body = body_of(question, FreeText)
        values = form.get(name, ())
        if len(values) > 1:
            raise refused(name, Message("The answer was sent more than once."))
        # A browser sends two signs for the end of a line, and counts one.
        text = (values[0] if values else "").replace("\r\n", "\n")
        if len(text) > body.max_characters:
            raise refused(
                name, Message("An answer has at most %(most)s characters.", most=body.max_characters)
            )
        return FreeTextResponse(text)

    def is_complete(self, question: Question, response: Response) -> bool:
        """Return whether anything was written."""
        body_of(question, FreeText)
        return bool(own(response, FreeTextResponse).text.strip())

    def correct_answer(self, question: Question) -> FreeTextResponse:
        """Return a blank one: there is none."""
        body_of(question, FreeText)
        return FreeTextResponse()

    def describe_response(self, question: Question, response: Response) -> tuple[ReviewLine, ...]:
        """Return what was written, in one line of the review."""
        body_of(question, FreeText)
        text = own(response, FreeTextResponse).text
        given = Text(text, TextFormat.PLAIN) if text.strip() else NO_TEXT
        return (ReviewLine(NO_TEXT, given, NO_TEXT, ZERO),)

    def interaction(self, question: Question, response: Response) -> Interaction:
        """Return what was written."""
        body_of(question, FreeText)
        return Interaction("long-fill-in", own(response, FreeTextResponse).text)
