"""Numeric: a number within a tolerance, in a unit if one is asked for."""

from lms.kernel.messages import Message
from lms.quizzes.kinds.kind import (
    NO_REMARK,
    Form,
    Rules,
    body_of,
    one_value,
    own,
)
from lms.quizzes.kinds.numbers import read_number
from lms.quizzes.kinds.numeric.values import Numeric, NumericResponse
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


class NumericRules(Rules):
    """Grades by the first answer whose range, ends included, holds the number."""

    def grade(self, question: Question, response: Response) -> Grade:
        """Return the weight of the answer, less what a unit that is missing or unknown costs."""
        met = body_of(question, Numeric).matched(own(response, NumericResponse).text)
        if met is None:
            return Grade(ZERO)
        earned, answer = met
        return Grade(earned, (PartGrade(answer.key, earned, answer.feedback),))

    def parse_response(self, question: Question, form: Form, name: str = "answer") -> NumericResponse:
        """Read the number as it was typed, be it one or not."""
        body_of(question, Numeric)
        return NumericResponse(one_value(form, name))

    def is_complete(self, question: Question, response: Response) -> bool:
        """Return whether a number was typed, with what may stand beside it."""
        return bool(own(response, NumericResponse).text.strip()) and self.remark(question, response) is None

    def remark(self, question: Question, response: Response) -> Message | None:
        """Say that it cannot be read, or that the unit is missing or unknown; never whether it is right."""
        body, text = body_of(question, Numeric), own(response, NumericResponse).text
        read = read_number(text)
        if fault := body.remark(text):
            return fault
        if body.slider and read and not any(map(body.slider.holds, read.readings)):
            return Message(
                "The slider goes from %(least)s to %(most)s.",
                least=f"{body.slider.least.normalize():f}",
                most=f"{body.slider.most.normalize():f}",
            )
        return NO_REMARK

    def correct_answer(self, question: Question) -> NumericResponse:
        """Return the first number worth everything, in the base unit if one is asked for."""
        return NumericResponse(body_of(question, Numeric).right())

    def describe_response(self, question: Question, response: Response) -> tuple[ReviewLine, ...]:
        """Return one line."""
        graded, given = self.grade(question, response), own(response, NumericResponse).text
        return (
            ReviewLine(
                NO_TEXT,
                Text(given, TextFormat.PLAIN) if given.strip() else NO_TEXT,
                Text(self.correct_answer(question).text, TextFormat.PLAIN),
                graded.fraction,
                graded.parts[0].feedback if graded.parts else NO_TEXT,
            ),
        )

    def interaction(self, question: Question, response: Response) -> Interaction:
        """Return the number; what is none, or is one of two, as it was typed."""
        body_of(question, Numeric)
        typed = own(response, NumericResponse).text
        read = read_number(typed)
        if read is None or len(read.readings) != 1 or read.rest:
            return Interaction("fill-in", typed)
        return Interaction("numeric", str(read.readings[0]))
