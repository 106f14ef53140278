"""What a PDF is made of beside its text, and why one cannot be made."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from lms.kernel.errors import Unavailable


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that the PDF carries; `relationship` is the AFRelationship of ISO 32000-2 §7.11.3."""

    name: str
    media_type: str
    content: bytes
    relationship: Literal["Source", "Data", "Alternative", "Supplement", "Unspecified"] = "Unspecified"
    description: str = ""


@dataclass(frozen=True, slots=True)
class SignatureField:
    """An empty field to be signed; `words` say to who does not see what it is."""

    name: str
    words: str


@dataclass(frozen=True, slots=True)
class Missed:
    """A text, and the signs of it that no font has."""

    text: str
    signs: tuple[str, ...]


class CannotBeSet(Unavailable):
    """The document cannot be set as it was written; the message says why."""

    code = "cannot-be-set"


class MissingSigns(CannotBeSet):
    """Signs that no font of ours has; `places` says in which texts."""

    code = "missing-signs"

    def __init__(self, places: Sequence[Missed]) -> None:
        self.places = tuple(places)
        super().__init__("; ".join(f"“{one.text}”: {named(one.signs)}" for one in self.places))


def named(signs: Sequence[str]) -> str:
    """Return signs as themselves and by their code points, as in `🎓 (U+1F393)`."""
    return ", ".join(
        f"U+{ord(one):04X}" if unicodedata.category(one).startswith("C") else f"{one} (U+{ord(one):04X})"
        for one in signs
    )
