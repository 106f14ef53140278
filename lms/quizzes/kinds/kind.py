"""What every question type can do, and how its plug-in narrows a question and a response to its own."""

from collections.abc import Mapping, Sequence
from typing import Final, Protocol, TypeVar

from lms.kernel.messages import Message
from lms.quizzes.errors import InvalidResponse
from lms.quizzes.kinds.drafts import Fields
from lms.quizzes.values import Body, Grade, Interaction, Question, QuestionType, Response, ReviewLine

TEXT_MAX_CHARACTERS: Final = 2_000
NO_REMARK: Final[Message | None] = None

Form = Mapping[str, Sequence[str]]
"""A posted form: every field with all its values."""

_Body = TypeVar("_Body", bound=Body)
_Response = TypeVar("_Response", bound=Response)


class Kind(Protocol):
    """The rules of one question type; pure, so that a grade can be computed again for ever."""

    @property
    def type(self) -> QuestionType:
        """The type it knows."""

    def grade(self, question: Question, response: Response) -> Grade:
        """Return what the response earns: -1 to 1 of the marks, 0 while it is blank."""

    def parse_response(self, question: Question, form: Form, name: str = "answer") -> Response:
        """Return the response in the fields of that name; raises InvalidResponse for one nobody could give.

        What a learner typed is never refused for what it says: it is kept as given and graded.
        """

    def is_complete(self, question: Question, response: Response) -> bool:
        """Return whether nothing of it is left open or unreadable."""

    def remark(self, question: Question, response: Response) -> Message | None:
        """Return what a learner should know of a response before handing it in, such as that it is no number."""

    def correct_answer(self, question: Question) -> Response:
        """Return a response that earns everything."""

    def describe_response(self, question: Question, response: Response) -> tuple[ReviewLine, ...]:
        """Return the response in words, line by line, beside what was expected."""

    def interaction(self, question: Question, response: Response) -> Interaction:
        """Return the response as statements of the record store write it, empty while it is blank."""

    def blank_fields(self) -> Fields:
        """Return the fields of a new question's form, spare rows among them."""

    def fields_of(self, question: Question) -> Fields:
        """Return the fields of a form that holds the question; `parse_body` reads the same body from them."""

    def parse_body(self, fields: Fields) -> Body:
        """Return the body that an author wrote; raises InvalidQuestion with what is wrong, by field."""


class SpeaksForItself:
    """A type whose responses need no remark."""

    def remark(self, question: Question, response: Response) -> Message | None:
        """Return nothing."""
        del question, response
        return NO_REMARK


def body_of(question: Question, kind: type[_Body]) -> _Body:
    """Return the body of a question of this type."""
    if not isinstance(question.body, kind):
        raise TypeError(f"{question.type} is no {kind.__name__}")
    return question.body


def own(response: Response, kind: type[_Response]) -> _Response:
    """Return a response of this type."""
    if not isinstance(response, kind):
        raise TypeError(f"{response.type} is no {kind.__name__}")
    return response


def one_value(form: Form, field: str) -> str:
    """Return the value of a field, empty if it was not sent."""
    values = form.get(field, ())
    if len(values) > 1:
        raise refused(field, Message("The answer was sent more than once."))
    value = values[0] if values else ""
    if len(value) > TEXT_MAX_CHARACTERS:
        raise refused(field, Message("An answer has at most %(most)s characters.", most=TEXT_MAX_CHARACTERS))
    return value


def one_of(form: Form, field: str, keys: Sequence[str]) -> str:
    """Return the key in a field, empty if none was picked."""
    value = one_value(form, field)
    if value and value not in keys:
        raise refused(field, unknown_choice())
    return value


def unknown_choice() -> Message:
    """Say that a choice is not one of the question's."""
    return Message("This choice is not part of the question: load the page again.")


def refused(field: str, message: Message) -> InvalidResponse:
    """Return the error that names the field."""
    return InvalidResponse(message, fields={field: message})
