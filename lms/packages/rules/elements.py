"""What both SCORMs' data models are checked by: texts, words and numbers as content may set them."""

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Final

from lms.kernel.messages import Message
from lms.packages.errors import InvalidTracking

ELEMENTS_MAX: Final = 10_000
INDEX_MAX: Final = 999
# The standard's own limits are 255 and 4,096 characters. Content goes past them, and to refuse a commit is to lose
# a learner's work: so the limits here are those of what can sensibly be stored.
SHORT_MAX_CHARACTERS: Final = 4_096
LONG_MAX_CHARACTERS: Final = 262_144
NUMBER_LIMIT: Final = Decimal(10) ** 9

NUMBER: Final = re.compile(r"[+-]?(?:\d{1,15}(?:\.\d{0,15})?|\.\d{1,15})")
INDEX: Final = re.compile(r"\.(\d{1,9})(?=\.|$)")

Check = Callable[[str], str]
"""Returns the text as it is kept; raises ValueError with a Message."""


def number_of(text: str) -> Decimal | None:
    """Return the number that a text is, None if it is none."""
    return Decimal(text) if NUMBER.fullmatch(text) else None


def model_of(element: str) -> str:
    """Return the name of an element in the data model, with ``n`` for each index; raises InvalidTracking."""
    indexes = INDEX.findall(element)
    if any(int(index) > INDEX_MAX for index in indexes):
        raise InvalidTracking(element, Message("An index is larger than %(most)s.", most=INDEX_MAX))
    return INDEX.sub(".n", element)


def as_text(value: object) -> str:
    """Return a value as text; raises ValueError with a Message."""
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise ValueError(Message("The value is neither text nor a number."))  # noqa: TRY004 - named by the caller
    text = str(value)
    if "\0" in text or any("\ud800" <= character <= "\udfff" for character in text):
        raise ValueError(Message("The value has characters that are none."))
    return text


def string(most: int) -> Check:
    """Return the check of a text of at most so many characters."""

    def check(text: str) -> str:
        if len(text) > most:
            raise ValueError(Message("The value is longer than %(most)s characters.", most=most))
        return text

    return check


def word(*words: str) -> Check:
    """Return the check of one of these words."""

    def check(text: str) -> str:
        lowered = text.strip().lower()
        if lowered not in words:
            raise ValueError(
                Message("“%(value)s” is not one of: %(words)s.", value=text[:40], words=", ".join(words))
            )
        return lowered

    return check


def decimal(low: Decimal = -NUMBER_LIMIT, high: Decimal = NUMBER_LIMIT) -> Check:
    """Return the check of a number in a range, or of nothing."""

    def check(text: str) -> str:
        text = text.strip()
        number = number_of(text)
        if text and (number is None or not low <= number <= high):
            raise ValueError(Message("“%(value)s” is not a number that fits here.", value=text[:40]))
        return text

    return check
