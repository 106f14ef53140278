"""Words as people type them, held against the patterns that an author accepts."""

import re
import unicodedata
from functools import partial
from typing import Final

from rapidfuzz.distance import OSA

STAR: Final = re.compile(r"(?<!\\)\*+")
# A phone writes curly quotes unasked, and text from a web page brings marks that nobody sees.
UNCURLED: Final = str.maketrans("\u2018\u2019\u201c\u201d", "''\"\"", "\u200b\ufeff\u00ad")


# H5P's rule for blanks: one slip in words of more than three letters, two in those of more than nine.
SLIPS: Final = ((9, 2), (3, 1))
DIGITS: Final = re.compile(r"\d+")
MARKS_ABOVE: Final = 200
"""From this combining class on, a mark stands above or below its letter, as accents do; others are part of it."""


def matches(pattern: str, text: str, *, case_sensitive: bool = False, accents_matter: bool = True) -> bool:
    r"""Return whether the text is what the pattern says; ``*`` is any run of characters, ``\*`` a star.

    Spelling variants of Unicode, runs of white space and (unless they count) case and accents are the same. It takes
    time proportional to the text for any number of stars.
    """
    folded = partial(_alike, case_sensitive=case_sensitive, accents_matter=accents_matter)
    pieces = [folded(piece.replace("\\*", "*")) for piece in STAR.split(spaced(pattern))]
    rest = folded(spaced(text))
    if len(pieces) == 1:
        return rest == pieces[0]
    first, *middle, last = pieces
    if not rest.startswith(first) or not rest.endswith(last) or len(rest) < len(first) + len(last):
        return False
    rest = rest[len(first) : len(rest) - len(last)]
    for piece in middle:
        _, found, rest = rest.partition(piece) if piece else ("", "-", rest)
        if not found:
            return False
    return True


def is_slip_of(pattern: str, text: str, *, case_sensitive: bool = False, accents_matter: bool = True) -> bool:
    """Return whether the text is the pattern but for a slip in spelling, two in a long one.

    A slip is a letter too many, too few, another, or two that changed places (optimal string alignment). Digits are
    never a slip: R744 is not R774. A pattern with a star is held to the letter, since a star takes slips anyway.
    """
    if STAR.search(pattern):
        return False
    folded = partial(_alike, case_sensitive=case_sensitive, accents_matter=accents_matter)
    right, given = folded(spaced(pattern).replace("\\*", "*")), folded(spaced(text))
    allowed = next((slips for longer, slips in SLIPS if len(right) > longer), 0)
    if not allowed or DIGITS.findall(right) != DIGITS.findall(given):
        return False
    return OSA.distance(right, given, score_cutoff=allowed) <= allowed


def spaced(text: str) -> str:
    """Return the text with single spaces and without marks that nobody sees."""
    return " ".join(text.translate(UNCURLED).split())


def _alike(text: str, *, case_sensitive: bool, accents_matter: bool) -> str:
    if not accents_matter:
        parts = unicodedata.normalize("NFD", text)
        text = "".join(one for one in parts if unicodedata.combining(one) < MARKS_ABOVE)
    text = unicodedata.normalize("NFC", text)
    return text if case_sensitive else unicodedata.normalize("NFC", text.casefold())
