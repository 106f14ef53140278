"""What the addresses of lists ask for: read strictly, so that a link that was cut or made up says so."""

from collections.abc import Callable, Collection
from enum import StrEnum
from typing import TypeVar
from uuid import UUID

from flask import request
from flask_babel import gettext as _

from lms.kernel.errors import Invalid
from lms.web.numbers import WHOLE_MAX, whole_number

T = TypeVar("T")
E = TypeVar("E", bound=StrEnum)
SAID_CHARACTERS = 80
"""How much of what cannot be is said back."""


def asked_id(name: str, kind: Callable[[UUID], T]) -> T | None:
    """Return the id that the address gives for `name`, None without one."""
    given = request.args.get(name, "")
    try:
        return kind(UUID(given)) if given else None
    except ValueError as error:
        raise unknown(name) from error


def asked_word(name: str, words: type[E]) -> E | None:
    """Return the word that the address gives for `name`, None without one."""
    given = request.args.get(name, "")
    try:
        return words(given) if given else None
    except ValueError as error:
        raise unknown(name) from error


def asked_choice(name: str, choices: Collection[str]) -> str:
    """Return which of `choices` the address gives for `name`, empty without one."""
    given = request.args.get(name, "")
    if given and given not in choices:
        raise unknown(name)
    return given


def asked_number(name: str, *, most: int = WHOLE_MAX) -> int | None:
    """Return the number up to `most` that the address gives for `name`, None without one."""
    given = request.args.get(name, "")
    number = whole_number(given, most=most)
    if given and number is None:
        raise unknown(name)
    return number


def unknown(name: str) -> Invalid:
    """Return the refusal of what the address gives for `name`: a list that ignored it would look like its answer."""
    return Invalid(
        _("This address asks for something that there is not."),
        fields={name: request.values.get(name, "")[:SAID_CHARACTERS]},
    )
