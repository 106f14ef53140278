"""How activities are files of a course."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from lms.kernel.messages import Message

Entries = Mapping[str, str | tuple[str, ...]]
"""What the front matter of a lesson's file says beside what every lesson has: text, or lists of texts."""
Fault = tuple[str, Message]
"""What is wrong with a file, and the key of the entry it is about; empty for the text below."""


class WrittenForm(Protocol):
    """How activities of a kind are files of a course: an export writes them, and an import reads them."""

    keys: Sequence[str]
    """The keys of the front matter that are the kind's own."""

    def write(self, config: Mapping[str, Any]) -> tuple[Entries, str]:
        """Return the entries and the text of the file."""

    def read(self, entries: Entries, body: str) -> tuple[Mapping[str, Any], Sequence[Fault]]:
        """Return the configuration that a file says, and what is wrong with it."""

    def merged(self, held: Mapping[str, Any], read: Mapping[str, Any], language: str) -> Mapping[str, Any]:
        """Return what an activity that keeps `held` keeps once `read` has come: what files cannot say stays."""
