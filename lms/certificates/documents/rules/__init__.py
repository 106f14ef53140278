"""The QR code of an address, as a path to stroke."""

from dataclasses import dataclass
from functools import lru_cache

import segno

QUIET_MODULES = 4
"""ISO/IEC 18004 §9.1: the margin without which some readers find nothing."""


@dataclass(frozen=True, slots=True)
class Code:
    """A square of `size` modules, quiet zone included, and the path `d` along its dark ones, one module wide."""

    size: int
    d: str


@lru_cache(maxsize=512)
def qr_code(url: str) -> Code:
    """Return the QR code of an address, with 15 % of it to spare for dirt and folds; those asked for last are kept."""
    # A given mask saves trying all eight; every mask is readable, some are a little more so.
    matrix = segno.make(url, error="m", mask=3, micro=False).matrix
    parts = [
        f"M{x + QUIET_MODULES} {y + QUIET_MODULES}.5h{length}"
        for y, row in enumerate(matrix)
        for x, length in _runs(row)
    ]
    return Code(len(matrix) + 2 * QUIET_MODULES, "".join(parts))


def _runs(row: bytes | bytearray) -> list[tuple[int, int]]:
    """Return (start, length) of each run of dark modules."""
    found: list[tuple[int, int]] = []
    for x, dark in enumerate(row):
        if dark and found and sum(found[-1]) == x:
            found[-1] = (found[-1][0], found[-1][1] + 1)
        elif dark:
            found.append((x, 1))
    return found
