"""What was written; a person says what it earns."""

from lms.courses.values.marking import Rubric
from lms.kernel.messages import Message
from lms.quizzes.kinds.essay.values import CHARACTERS_AT_MOST, Essay, EssayResponse, words_in
from lms.quizzes.kinds.kind import NO_REMARK, Form, Rules, body_of, own, refused
from lms.quizzes.kinds.rubrics import rubric_of
from lms.quizzes.values import NO_TEXT, ZERO, Interaction, Question, Response, ReviewLine, Text, TextFormat


class EssayRules(Rules):
    """Keeps what was written until a person has marked it."""

    @property
    def is_graded_by_person(self) -> bool:
        """Return that a person marks it."""
        return True

    def rubric(self, question: Question) -> Rubric:
        """Return its criteria."""
        return rubric_of(body_of(question, Essay).criteria)

    def guidance(self, question: Question) -> Text:
        """Return what a good answer says."""
        return body_of(question, Essay).guidance

    def parse_response(self, question: Question, form: Form, name: str = "answer") -> EssayResponse:
        """Read what was written, blank where there is nothing to read: never refused for what it says."""
        body_of(question, Essay)
        values = form.get(name, ())
        if len(values) > 1:
            raise refused(name, Message("The answer was sent more than once."))
        # A browser sends two signs for the end of a line, and counts one.
        text = (values[0] if values else "").replace("\r\n", "\n")
        if len(text) > CHARACTERS_AT_MOST:
            raise refused(
                name, Message("An answer has at most %(most)s characters.", most=CHARACTERS_AT_MOST)
            )
        return EssayResponse(text if text.strip() else "")

    def is_complete(self, question: Question, response: Response) -> bool:
        """Return whether something was written, and so much as is asked for."""
        given = own(response, EssayResponse)
        return bool(given.text) and self.remark(question, given) is None

    def remark(self, question: Question, response: Response) -> Message | None:
        """Return that it is too short or too long; it may be handed in all the same."""
        body, words = body_of(question, Essay), words_in(own(response, EssayResponse).text)
        if words and body.least_words and words < body.least_words:
            return Message(
                "%(words)s words so far; %(least)s are asked for.", words=words, least=body.least_words
            )
        if body.most_words and words > body.most_words:
            return Message(
                "%(words)s words; at most %(most)s are asked for. It is kept whole.",
                words=words,
                most=body.most_words,
            )
        return NO_REMARK

    def correct_answer(self, question: Question) -> EssayResponse:
        """Return a blank one: no rule knows any."""
        body_of(question, Essay)
        return EssayResponse()

    def describe_response(self, question: Question, response: Response) -> tuple[ReviewLine, ...]:
        """Return what was written, in one line of the review."""
        body_of(question, Essay)
        text = own(response, EssayResponse).text
        return (ReviewLine(NO_TEXT, Text(text, TextFormat.PLAIN) if text else NO_TEXT, NO_TEXT, ZERO),)

    def interaction(self, question: Question, response: Response) -> Interaction:
        """Return what was written."""
        body_of(question, Essay)
        return Interaction("long-fill-in", own(response, EssayResponse).text)
