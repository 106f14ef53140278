"""What a page's fields say of a question."""

from collections.abc import Sequence

from lms.quizzes.kinds.kind import Form
from lms.quizzes.kinds.masks import opened
from lms.quizzes.kinds.registry import kind_of
from lms.quizzes.values import Question, Response


def response_in(question: Question, form: Form, name: str, order: Sequence[str]) -> Response:
    """Return the response in the fields of that name, as a page of an attempt sends it that shows this order.

    Raises InvalidResponse as `parse_response` does.
    """
    kind = kind_of(question)
    return kind.parse_response(question, opened(form, name, order, kind.typed_parts(question)), name)
