"""Where something stands in a text: the marks that an author writes, found in safe HTML and never within a tag."""

import re
from collections.abc import Iterator
from typing import Final

from markupsafe import Markup

TAG: Final = re.compile(r'(<[^<>"]*(?:"[^"]*"[^<>"]*)*>)')
"""A tag of sanitised HTML, whose attributes all stand in double quotes: in there, nothing could be answered."""


def pieces_of(html: str, marks: re.Pattern[str]) -> Iterator[Markup | re.Match[str]]:
    """Yield safe HTML and the marks in it, in their order; of marks next to each other the HTML between is empty."""
    passed = ""
    for piece in TAG.split(html):
        if piece.startswith("<"):
            passed += piece
            continue
        place = 0
        for mark in marks.finditer(piece):
            yield Markup(passed + piece[place : mark.start()])  # noqa: S704  the stem, safe since it was saved
            yield mark
            passed, place = "", mark.end()
        passed += piece[place:]
    yield Markup(passed)  # noqa: S704  as above
