"""Whom a list names: what is an address, what an external id, and which column of a table holds them."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from lms.identity.rules.columns import guess
from lms.identity.values.imports import ImportField
from lms.identity.values.lists import Mention
from lms.kernel.lines import tidied
from lms.kernel.tables import Line

_APART: Final = re.compile(r"[\r\n;,\t]+")
_IN_BRACKETS: Final = re.compile(r"<([^<>\s]+@[^<>\s]+)>")


class Places(NamedTuple):
    """Where a table says whom it names; None where it does not."""

    email: int | None
    external_id: int | None


def places_of(headings: Sequence[str]) -> Places | None:
    """Return which columns name people by their headings; None if the first row is none of headings."""
    meant = guess(headings)
    email = meant.index(ImportField.EMAIL) if ImportField.EMAIL in meant else None
    external_id = meant.index(ImportField.EXTERNAL_ID) if ImportField.EXTERNAL_ID in meant else None
    return None if email is None and external_id is None else Places(email, external_id)


def in_table(lines: Iterable[Line]) -> Iterator[Mention]:
    """Yield whom each row names. Without headings that say where, it is the cell with an address, else the first."""
    places: Places | None = None
    for at, line in enumerate(lines):
        if at == 0 and (places := places_of(line.cells)) is not None:
            continue
        if places is None:
            yield mention_of(line.number, next((one for one in line.cells if "@" in one), _first(line.cells)))
        else:
            yield Mention(
                line.number,
                _address(_cell(line.cells, places.email)),
                _cell(line.cells, places.external_id),
            )


def in_text(text: str) -> Iterator[Mention]:
    """Yield whom a pasted text names: entries stand on lines, or between commas, semicolons or tabs."""
    entries = (tidied(one) for one in _APART.split(text))
    for number, entry in enumerate((one for one in entries if one), 1):
        yield mention_of(number, entry)


def mention_of(number: int, word: str) -> Mention:
    """Return whom one word names: "Ines Vale <ines@example.org>" is her address."""
    return Mention(number, _address(word), "") if "@" in word else Mention(number, "", word)


def _address(word: str) -> str:
    found = _IN_BRACKETS.search(word)
    return (found[1] if found else word).lower()


def _first(cells: Sequence[str]) -> str:
    return next((one for one in cells if one), "")


def _cell(cells: Sequence[str], at: int | None) -> str:
    return cells[at] if at is not None and at < len(cells) else ""
