"""Pure decisions of the home page and the search."""

import unicodedata
from datetime import datetime

from lms.portal.dashboard.values import PartOfDay

NOON, EVENING, NIGHT_ENDS = 12, 18, 4


def part_of_day(local: datetime) -> PartOfDay:
    """Return how one greets at this hour; the night until four still belongs to the evening."""
    if NIGHT_ENDS <= local.hour < NOON:
        return PartOfDay.MORNING
    return PartOfDay.AFTERNOON if NOON <= local.hour < EVENING else PartOfDay.EVENING


def given_name(name: str) -> str:
    """Return the first word of a name, for greeting; a name of one word whole."""
    return name.split(maxsplit=1)[0] if name.split() else name


def matches(label: str, words: str) -> bool:
    """Return whether every word begins a word of the label, accents and case aside."""
    wanted, given = _folded(words).split(), _folded(label).split()
    return bool(wanted) and all(any(one.startswith(word) for one in given) for word in wanted)


def _folded(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))
