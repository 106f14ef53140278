"""Whole numbers and days as forms and addresses bring them: text that anybody may have written, or None."""

import re
from datetime import date
from typing import Final

WHOLE_MAX: Final = 2**31 - 1
"""What the databases' integers hold."""
FIRST_DAY: Final = date(1970, 1, 2)
LAST_DAY: Final = date(2999, 12, 30)
"""Days that are instants in every time zone, and that ids made of time can say."""
_WHOLE: Final = re.compile(r"[0-9]{1,20}")
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def whole_number(text: str | None, *, most: int = WHOLE_MAX) -> int | None:
    """Return the number from 0 to `most` that a text is; None for any other text.

    `str.isdigit` is no such test: it takes ² for a digit, and int() refuses thousands of them.
    """
    if text is None or not _WHOLE.fullmatch(text):
        return None
    number = int(text)
    return number if number <= most else None


def calendar_day(text: str) -> date | None:
    """Return the day that a text says as in 2026-11-23; None for any other text, and for days no clock of ours has."""
    try:
        day = date.fromisoformat(text) if _DAY.fullmatch(text) else None
    except ValueError:
        return None
    return day if day and FIRST_DAY <= day <= LAST_DAY else None
