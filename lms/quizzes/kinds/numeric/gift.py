"""How GIFT holds it."""

from collections.abc import Sequence
from decimal import Decimal

from lms.kernel.messages import Message
from lms.quizzes.kinds.amounts import NumericAnswer, losses_of_numbers
from lms.quizzes.kinds.kind import GiftForm, body_of
from lms.quizzes.kinds.numeric.values import Numeric
from lms.quizzes.syntax.gift import (
    Answers,
    GiftWriter,
    Shape,
    number_of,
    pieces_of,
    plain,
    weighed,
    weight_sign,
)
from lms.quizzes.values import Question, key_at


class NumericGift(GiftForm):
    """Numbers after a hash, each with its tolerance or as a range."""

    def opening(self, question: Question) -> str:
        """Return the sign of numbers."""
        del question
        return "#"

    def claims(self, answers: Answers) -> bool:
        """Return whether numbers are asked for."""
        return answers.shape is Shape.NUMBERS

    def read(self, answers: Answers) -> Numeric:
        """Return the numbers."""
        right, _, wrong = answers.source[1:].partition("~")
        numbers = []
        for position, one in enumerate(map(weighed, pieces_of(right))):
            value, tolerance = _range(plain(one.text))
            numbers.append(
                NumericAnswer(key_at(position), value, tolerance, one.weight, answers.text(one.said))
            )
        if said_if_wrong := answers.text(wrong.partition("#")[2]):
            key = key_at(len(numbers))
            numbers.append(NumericAnswer(key, None, weight=Decimal(0), feedback=said_if_wrong))
        return Numeric(tuple(numbers))

    def lines(self, question: Question, writer: GiftWriter) -> Sequence[str]:
        """Return a line for each number."""
        body = body_of(question, Numeric)
        return [self._line(body, answer, writer) for answer in body.answers]

    def losses(self, question: Question) -> Sequence[Message]:
        """Return the units, and a tolerance that is no amount: the amount it comes to is written."""
        body = body_of(question, Numeric)
        slider = (Message("that the number is set with a slider"),) if body.slider else ()
        return (*losses_of_numbers(body, has_units=False), *slider)

    def _line(self, body: Numeric, answer: NumericAnswer, writer: GiftWriter) -> str:
        value = "*" if answer.value is None else f"{answer.value:f}:{body.amount(answer):f}"
        return f"={weight_sign(answer.weight)}{value}{writer.said(answer.feedback)}"


def _range(text: str) -> tuple[Decimal | None, Decimal]:
    """Return value and tolerance of ``5``, ``5:0.5`` or ``4.5..5.5``; no value for ``*``."""
    if ".." in text:
        low, high = (number_of(part) for part in text.split("..", 1))
        if low > high:
            raise ValueError(Message("The range %(range)s ends before it begins.", range=text))
        return (low + high) / 2, (high - low) / 2
    value, _, tolerance = text.partition(":")
    within = number_of(tolerance) if tolerance.strip() else Decimal(0)
    return (None if value.strip() == "*" else number_of(value)), within
