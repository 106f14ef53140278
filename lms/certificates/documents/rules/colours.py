"""Colours of paper and ink, and whether one can be read on the other (WCAG 2.2, 1.4.3)."""

import re
from typing import Final

COLOUR: Final = re.compile("#[0-9a-f]{6}")
READABLE: Final = 4.5
LINEAR_UP_TO: Final = 0.04045
"""Of a part of a colour, in sRGB."""
BLACK: Final = "#000000"


def is_colour(text: str) -> bool:
    """Return whether a text is a colour, #rrggbb."""
    return COLOUR.fullmatch(text) is not None


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours, from 1 to 21."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def mixed(one: str, other: str, percent: float) -> str:
    """Return `one` with so many percent of `other` laid over it."""
    parts = zip(_parts(one), _parts(other), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * percent / 100):02x}" for a, b in parts)


def darkest_ground(sheet: str, *, faded: int) -> str:
    """Return the darkest that a sheet can be under a picture printed at `faded` percent."""
    return mixed(sheet, BLACK, faded)


def soft(ink: str, ground: str) -> str:
    """Return the ink of secondary words: as pale as can be read on `ground`, and no paler than 70 %."""
    for percent in (26, 20, 14, 8):
        if contrast(pale := mixed(ink, ground, percent), ground) >= READABLE:
            return pale
    return ink


def _parts(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _luminance(colour: str) -> float:
    red, green, blue = (
        part / 255 / 12.92 if part / 255 <= LINEAR_UP_TO else ((part / 255 + 0.055) / 1.055) ** 2.4
        for part in _parts(colour)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
