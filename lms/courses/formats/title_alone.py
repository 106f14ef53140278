"""An activity whose file says its title and what every lesson says, and nothing more."""

from collections.abc import Mapping, Sequence
from typing import Any

from lms.courses.values.written import Entries, Fault
from lms.kernel.messages import Message


class TitleAlone:
    """The written form of a kind that keeps nothing with the course itself."""

    keys: Sequence[str] = ()

    def write(self, config: Mapping[str, Any]) -> tuple[Entries, str]:  # noqa: ARG002  the Protocol's shape
        """Return no entry and no text."""
        return {}, ""

    def read(self, entries: Entries, body: str) -> tuple[Mapping[str, Any], Sequence[Fault]]:  # noqa: ARG002
        """Return nothing; a text would be lost, and is a fault."""
        if body.strip():
            return {}, [("", Message("An activity of this kind has no text: make the text a lesson."))]
        return {}, ()

    def merged(self, held: Mapping[str, Any], read: Mapping[str, Any], language: str) -> Mapping[str, Any]:  # noqa: ARG002
        """Return what the activity keeps already."""
        return held
