"""How wide letters are, read from the very fonts that documents are set in."""

import importlib
import unicodedata
from collections.abc import Mapping
from functools import cache

from lms.certificates.documents.rules.fitting import Measure
from lms.certificates.documents.rules.placing import Faces
from lms.certificates.documents.values.designs import Family
from lms.web.assets import static_folder

FILES = {Family.SERIF: "source-serif", Family.SANS: "inter"}
REGULAR, BOLD = 400, 600
UNKNOWN, WIDE, PICTURED = 0.85, 1.0, 1.4
"""In sizes: a letter that no font of ours has, one of East Asia, a pictogram."""


def faces_of(heading: Family, text: Family) -> Faces:
    """Return how wide texts are in the faces of a design."""
    return Faces(
        _measure_of(heading, REGULAR),
        _measure_of(heading, BOLD),
        _measure_of(text, REGULAR),
        _measure_of(text, BOLD),
    )


@cache
def _measure_of(family: Family, weight: int) -> Measure:
    known = dict(widths(f"{FILES[family]}-*-{weight}"))
    for pattern in (f"{FILES[family]}-*-{REGULAR}", "source-serif-*-400", "noto-*-400"):
        known = {**widths(pattern), **known}

    def measure(text: str) -> float:
        return sum(known.get(ord(one)) or _guess(one) for one in text)

    return measure


def _guess(letter: str) -> float:
    if unicodedata.category(letter) in {"Mn", "Me", "Cf"}:
        return 0.0
    if letter > "\U0001f000":
        return PICTURED
    return WIDE if unicodedata.east_asian_width(letter) in "WF" else UNKNOWN


@cache
def widths(pattern: str) -> Mapping[int, float]:
    """Return the advances of every letter of the fonts whose files have such a name, in sizes."""
    # A fifth of a second, paid by the first document of a process.
    fonts = importlib.import_module("fontTools.ttLib")
    found: dict[int, float] = {}
    for path in sorted((static_folder() / "print").glob(f"{pattern}.woff2")):
        with fonts.TTFont(path, lazy=True) as font:
            advances, units = font["hmtx"].metrics, font["head"].unitsPerEm
            found |= {code: advances[name][0] / units for code, name in font.getBestCmap().items()}
    return found
