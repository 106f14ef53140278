"""Lists that name people: a file's or a pasted one, each entry an address or an external id."""

from dataclasses import dataclass
from typing import Final

LIST_BYTES: Final = 10_000_000
LIST_AT_MOST: Final = 50_000


@dataclass(frozen=True, slots=True)
class Mention:
    """One entry of a list: whom it names, by an address in small letters or by an external id, or by both.

    `number` counts as spreadsheets do; in a pasted list it counts the entries.
    """

    number: int
    email: str
    external_id: str

    @property
    def said(self) -> str:
        """Return what stands there, for who wrote it."""
        return self.email or self.external_id
