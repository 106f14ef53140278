"""What the addresses of reports ask for: read strictly, so that a link that was cut or made up says so."""

from collections.abc import Callable
from enum import StrEnum
from typing import TypeVar
from uuid import UUID

from flask import request
from flask_babel import gettext as _

from lms.courses.reports.queries import AsOf
from lms.kernel import clock
from lms.kernel.errors import Invalid
from lms.web.context import oem_zone

T = TypeVar("T")
E = TypeVar("E", bound=StrEnum)
EXPORT_SIZE = 500
"""How many rows of an export are read at once."""


def asked_id(name: str, kind: Callable[[UUID], T]) -> T | None:
    """Return the id that the address gives for `name`, None without one."""
    given = request.args.get(name, "")
    try:
        return kind(UUID(given)) if given else None
    except ValueError as error:
        raise _unknown(name, given) from error


def asked_word(name: str, words: type[E]) -> E | None:
    """Return the word that the address gives for `name`, None without one."""
    given = request.args.get(name, "")
    try:
        return words(given) if given else None
    except ValueError as error:
        raise _unknown(name, given) from error


def asked_words() -> str:
    """Return what is searched for."""
    return request.args.get("q", "").strip()[:200]


def _unknown(name: str, given: str) -> Invalid:
    return Invalid(_("This address asks for something that there is not."), fields={name: given})


def as_of() -> AsOf:
    """Return this instant, and what day it is for the manufacturer."""
    now = clock.now()
    return AsOf(now, now.astimezone(oem_zone()).date())
