"""Why work in a process of its own came to nothing, and how it is said on the line."""

from typing import Final

BEGUN: Final = b"!"
DONE: Final = b"!+"
"""What an answer begins with: somebody began, and ended."""


class GaveUp(Exception):
    """It took more memory or time than it is given, or died."""


class TooBusy(Exception):
    """As many pieces as there may be are under way, and none ended in time."""
