"""What a commit has changed, as a log keeps it; pure."""

from collections.abc import Mapping
from typing import Any, Final

SHOWN_MOST: Final = 1_000
"""Characters of one value. A package may set 64,000 every few seconds; the last of each is kept whole elsewhere."""


def changed(before: Mapping[str, Any], clean: Mapping[str, str]) -> Mapping[str, str]:
    """Return what a commit sets that was not so before."""
    return {name: _shown(value) for name, value in clean.items() if before.get(name) != value}


def _shown(value: str) -> str:
    return value if len(value) <= SHOWN_MOST else f"{value[:SHOWN_MOST]}…"
