"""Words as a search compares them: without case, accents and signs, whatever the script."""

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

# A letter or digit, with the marks that are written on it as characters of their own (accents, Arabic vowels).
_WORD: Final = re.compile(r"[^\W_](?:[^\W_]|[\u0300-\u036f\u064b-\u065f\u0670])*")


def folded(text: str) -> str:
    """Return a text as it is compared: “Kälte” and “KALTE” are one."""
    if text.isascii():
        return text.lower()
    # Twice, as Unicode says for compatibility caseless matching (D146): taken apart, some letters have a case again.
    once = unicodedata.normalize("NFKD", text.casefold())
    decomposed = unicodedata.normalize("NFKD", once.casefold())
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


def words_of(text: str) -> list[str]:
    """Return the words of a text, in lower case and as they are written else."""
    return _WORD.findall(unicodedata.normalize("NFC", text).lower())


def places_of(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield where each word of a text begins and ends, and how it is compared."""
    for found in _WORD.finditer(text):
        yield found.start(), found.end(), folded(found[0])


_NOT_ONE: Final = "\uffff"
"""Stands for a letter that is compared as several, or as none; no text holds it."""


class _Letters(dict[int, str]):
    """How each letter is compared, worked out when it is first met."""

    def __missing__(self, code: int) -> str:
        """Work one out."""
        compared = folded(chr(code))
        self[code] = compared if len(compared) == 1 else _NOT_ONE
        return self[code]


_LETTERS: Final = _Letters()


def flat(text: str) -> str | None:
    """Return a text as it is compared, each letter in its place; None where a letter is compared as several or none."""
    if text.isascii():
        return text.lower()
    compared = text.translate(_LETTERS)
    return None if _NOT_ONE in compared else compared


def terms_of(words: str, *, most: int) -> tuple[str, ...]:
    """Return the words that somebody typed as they are compared, each once, at most `most`."""
    split = "".join(letter if letter.isalnum() else " " for letter in folded(words)).split()
    return tuple(dict.fromkeys(split))[:most]
