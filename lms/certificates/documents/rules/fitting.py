"""Letting a text fit its place: it shrinks to a stated size, then takes more lines, then shrinks again to the least.

Widths come from the letters themselves (`Measure`); a little is held back for what shaping adds.
"""

import math
import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

Measure = Callable[[str], float]
"""The width of a text, in sizes."""

POINT_MM: Final = 25.4 / 72
SPARE: Final = 1.04
"""What shaping may add to the widths of letters set one by one."""
STEP: Final = 0.5
TALL: Final = re.compile("[\u0590-\u06ff\u0750-\u077f\u0900-\u0dff\u0e00-\u0fff\u1000-\u109f\u1780-\u17ff]")
UNSPACED: Final = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]")
"""Scripts that set no spaces between words, beside those of East Asia."""
TALL_LEADING: Final = 1.6
"""Scripts whose marks stand above and below the letters."""
ELLIPSIS: Final = "…"


@dataclass(frozen=True, slots=True)
class Sizes:
    """In points: the size that is wanted, the least on one line, and the least of all."""

    most: float
    least_on_one_line: float
    least: float


@dataclass(frozen=True, slots=True)
class Fitted:
    """A text with its size in points, its lines, and how much of it there is room for (all, but for fine print)."""

    text: str
    size: float
    leading: float
    lines: int

    @property
    def height(self) -> float:
        """Return its height in millimetres."""
        return self.lines * self.size * self.leading * POINT_MM


def leading_of(text: str, leading: float) -> float:
    """Return the distance of lines in sizes: more for scripts with marks above and below."""
    return max(leading, TALL_LEADING) if TALL.search(text) else leading


def fit(
    text: str, width: float, height: float, sizes: Sizes, measure: Measure, leading: float = 1.25
) -> Fitted:
    """Return how a text fits into so many millimetres; cut short with an ellipsis if it does not at the least size."""
    leading = leading_of(text, leading)
    most = min(sizes.most, height / POINT_MM / leading)
    whole = measure(text) * SPARE * POINT_MM
    alone = min(most, _stepped(width / whole)) if whole else most
    if alone >= min(sizes.least_on_one_line, most):
        return Fitted(text, alone, leading, 1)
    size = min(sizes.least_on_one_line, most)
    while size >= sizes.least:
        lines = count_lines(text, width / size / POINT_MM / SPARE, measure)
        if lines * size * leading * POINT_MM <= height:
            return Fitted(text, size, leading, lines)
        size -= STEP
    return _cut(text, width, height, sizes.least, measure, leading)


def _stepped(size: float) -> float:
    """Return the next smaller size that we print in."""
    return math.floor(size / STEP) * STEP


def _cut(text: str, width: float, height: float, size: float, measure: Measure, leading: float) -> Fitted:
    room = max(1, int(height / (size * leading * POINT_MM)))
    keep, too_much = 0, len(text)
    while too_much - keep > 1:
        half = (keep + too_much) // 2
        cut = text[:half].rstrip() + ELLIPSIS
        if count_lines(cut, width / size / POINT_MM / SPARE, measure) <= room:
            keep = half
        else:
            too_much = half
    cut = text[:keep].rstrip() + ELLIPSIS
    return Fitted(cut, size, leading, count_lines(cut, width / size / POINT_MM / SPARE, measure))


def count_lines(text: str, width: float, measure: Measure) -> int:
    """Return how many lines of `width` sizes a text takes: words go whole, and break where one is wider than a line."""
    if measure(text) <= width:
        return 1
    lines, used, space = 1, 0.0, measure(" ")
    for word in text.split():
        long = measure(word)
        if used and used + space + long <= width:
            used += space + long
        elif long <= width and not _breaks_anywhere(word):
            lines, used = lines + (used > 0), long
        else:
            if used and not _breaks_anywhere(word):
                lines, used = lines + 1, 0.0
            gap = space if used else 0.0
            for letters in clusters(word):
                wide = measure(letters)
                # A line that breaks inside a word may be kept short by a rule of its script.
                if used and used + gap + wide > width - 1:
                    lines, used = lines + 1, wide
                else:
                    used += gap + wide
                gap = 0.0
    return lines


def _breaks_anywhere(word: str) -> bool:
    return any(unicodedata.east_asian_width(one) in "WF" or UNSPACED.match(one) for one in word)


def clusters(word: str) -> Iterator[str]:
    """Yield letters with the marks that belong to them."""
    held = ""
    for one in word:
        if held and unicodedata.category(one)[0] != "M":
            yield held
            held = ""
        held += one
    if held:
        yield held
