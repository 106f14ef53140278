"""Questions and responses read from the JSON that banks and attempts keep, by the kind they name."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any, Final, TypedDict

import msgspec

from lms.kernel.messages import Message
from lms.quizzes.kinds.registry import KINDS
from lms.quizzes.values import Question, Response

_KEPT: Final[Any] = TypedDict(  # type: ignore[misc]  # the fields are the question's own
    "_KEPT", {field.name: field.type for field in fields(Question) if field.name != "body"}, total=False
)
"""What is kept of a question beside its body: read in one go, since every page of an exam reads many."""


def question_from_json(document: Mapping[str, Any]) -> Question:
    """Return the question that ``question_to_json`` gave; ValueError if it is none."""
    given = dict(document)
    try:
        kind = KINDS.get(given.pop("type"))
        if kind is None:
            raise ValueError(Message("A stored question is of no known kind."))
        body = msgspec.convert(given.pop("body"), kind.body)
    except KeyError as missing:
        raise ValueError(Message("A stored question lacks %(field)s.", field=missing.args[0])) from missing
    except msgspec.ValidationError as error:
        raise ValueError(str(error)) from error
    if unknown := given.keys() - _KEPT.__annotations__.keys():
        raise ValueError(
            Message("A stored question has a field that is not known: %(field)s.", field=min(unknown))
        )
    try:
        kept: dict[str, Any] = msgspec.convert(given, _KEPT)
        return Question(body=body, **kept)
    except (msgspec.ValidationError, TypeError) as error:
        raise ValueError(str(error)) from error


def response_from_json(document: Mapping[str, Any]) -> Response:
    """Return the response that ``response_to_json`` gave; ValueError if it is none."""
    given = dict(document)
    kind = KINDS.get(given.pop("type", ""))
    if kind is None:
        raise ValueError(Message("A stored answer is of no known kind."))
    try:
        return msgspec.convert(given, kind.response)
    except msgspec.ValidationError as error:
        raise ValueError(str(error)) from error
