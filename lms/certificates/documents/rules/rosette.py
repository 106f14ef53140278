"""Engraved lines, as on banknotes: waves around a circle, each a little turned."""

import math
from functools import cache
from typing import Final

POINTS: Final = 96
RINGS: Final = ((78.0, 17.0, 8, 9), (46.0, 12.0, 6, 7), (21.0, 9.0, 5, 5))
"""Of each ring of waves: how far it lies from the centre, how deep its waves are, how many, and how often it turns."""


@cache
def rosette() -> str:
    """Return the path of a rosette on a field from -100 to 100."""
    return "".join(
        _wave(radius, depth, waves, 2 * math.pi * turn / turns)
        for radius, depth, waves, turns in RINGS
        for turn in range(turns)
    )


def _wave(radius: float, depth: float, waves: int, phase: float) -> str:
    places = []
    for step in range(POINTS):
        angle = 2 * math.pi * step / POINTS
        far = radius + depth * math.sin(waves * angle + phase)
        places.append(f"{far * math.cos(angle):.1f} {far * math.sin(angle):.1f}")
    return "M" + "L".join(places) + "Z"
