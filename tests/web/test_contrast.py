"""Every ink can be read on every surface it is laid on, in light and in dark: WCAG 2.2, 1.4.3 and 1.4.11."""

import math
import re
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import pytest

SETTINGS = Path(__file__).parents[2] / "static" / "css" / "settings.css"
THEMES = ("light", "dark")
STATES = ("valid", "soon", "expired", "progress", "none", "danger")
SURFACES = ("sunken", "page", "surface", "raised")
TEXT, GRAPHIC = 4.5, 3.0

# Ink that carries words, and every ground it may be laid on.
TEXT_PAIRS = [
    *[
        (ink, ground)
        for ink in ("ink", "ink-soft", "ink-faint", "accent", "accent-hover")
        for ground in SURFACES
    ],
    *[(ink, "accent-wash") for ink in ("ink", "ink-soft", "ink-faint", "accent")],
    *[("on-accent", ground) for ground in ("accent", "accent-hover")],
    *[(state, ground) for state in STATES for ground in (*SURFACES, f"{state}-wash", "accent-wash")],
    *[(ink, f"{state}-wash") for ink in ("ink", "ink-soft", "accent") for state in STATES],
    ("ink", "accent-line"),  # the letters of an avatar
]
# Lines and meters without which a control or a state could not be seen.
GRAPHIC_PAIRS = [
    *[("line-field", ground) for ground in SURFACES],
    *[
        (f"{state}-fill", ground)
        for state in ("valid", "soon", "expired", "progress")
        for ground in ("surface", "page")
    ],
    *[("accent", f"{state}-wash") for state in STATES],  # the ring of focus
]


class Colour(NamedTuple):
    """A colour in linear sRGB, each channel 0 to 1."""

    red: float
    green: float
    blue: float

    @property
    def luminance(self) -> float:
        """Return the relative luminance of WCAG 2.2."""
        return 0.2126 * self.red + 0.7152 * self.green + 0.0722 * self.blue


def from_oklch(lightness: float, chroma: float, hue: float) -> Colour:
    """Convert as CSS Color 4 §10 does; out-of-gamut channels are clipped."""
    a, b = chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    middle = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    channels = (
        4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short,
    )
    return Colour(*(min(1.0, max(0.0, channel)) for channel in channels))


def contrast(one: Colour, other: Colour) -> float:
    """Return the contrast ratio of WCAG 2.2, 1 to 21."""
    low, high = sorted((one.luminance, other.luminance))
    return (high + 0.05) / (low + 0.05)


def read_tokens(theme: str) -> Mapping[str, Colour]:
    """Return every colour token of settings.css as the theme shows it."""
    source = re.sub(r"/\*.*?\*/", "", SETTINGS.read_text(encoding="utf-8"), flags=re.DOTALL)
    root = source.split(":root {", 1)[1].split("\n}", 1)[0]
    written = dict(re.findall(r"--([\w-]+):\s*([^;]+);", root))

    def resolve(value: str) -> Colour | None:
        value = value.strip()
        if chosen := re.fullmatch(r"light-dark\((.+\)|[^,]+),\s*(.+)\)", value):
            return resolve(chosen[1 if theme == "light" else 2])
        if named := re.fullmatch(r"var\(--([\w-]+)\)", value):
            return resolve(written[named[1]])
        if plain := re.fullmatch(r"oklch\(([\d.]+) ([\d.]+) ([\d.]+)\)", value):
            return from_oklch(*(float(part) for part in plain.groups()))
        return None

    resolved = {name: resolve(value) for name, value in written.items()}
    return {name: colour for name, colour in resolved.items() if colour is not None}


@pytest.mark.parametrize("theme", THEMES)
def test_words_can_be_read_on_every_ground_they_stand_on(theme: str) -> None:
    tokens = read_tokens(theme)
    faint = {
        f"{ink} on {ground}": round(contrast(tokens[ink], tokens[ground]), 2) for ink, ground in TEXT_PAIRS
    }
    assert {pair: ratio for pair, ratio in faint.items() if ratio < TEXT} == {}


@pytest.mark.parametrize("theme", THEMES)
def test_lines_and_meters_can_be_seen(theme: str) -> None:
    tokens = read_tokens(theme)
    faint = {
        f"{line} on {ground}": round(contrast(tokens[line], tokens[ground]), 2)
        for line, ground in GRAPHIC_PAIRS
    }
    assert {pair: ratio for pair, ratio in faint.items() if ratio < GRAPHIC} == {}


def test_the_arithmetic_is_that_of_wcag() -> None:
    black, white, red = from_oklch(0, 0, 0), from_oklch(1, 0, 0), from_oklch(0.627955, 0.257683, 29.2339)
    assert contrast(black, white) == pytest.approx(21, abs=0.01)
    assert contrast(red, white) == pytest.approx(4.0, abs=0.01)
