"""What statements have told of agents and activities."""

from collections.abc import Callable, Collection, Mapping
from typing import Any

import msgspec

from lms.kernel.among import ask_among
from lms.kernel.driving import Line, line
from lms.lrs.models import ActivityRow, AgentRow
from lms.lrs.rules import terms


def list_definitions(iris: Collection[str]) -> Mapping[str, Mapping[str, Any]]:
    """Return what is known of activities, by IRI."""
    digests = {terms.digest(b"", iri): iri for iri in iris}
    return {digests[digest]: found for digest, found in list_activities(digests).items()}


def list_activities(digests: Collection[bytes]) -> Mapping[bytes, Mapping[str, Any]]:
    """Return what is known of activities, by digest."""
    return {digest: msgspec.json.decode(held) for digest, held in list_written(digests).items()}


def list_written(digests: Collection[bytes]) -> Mapping[bytes, bytes]:
    """Return what is known of activities as it is kept, by digest."""
    return ask_written(digests, line())()


def ask_written(digests: Collection[bytes], on: Line) -> Callable[[], Mapping[bytes, bytes]]:
    """Ask as `list_written` does."""
    columns = (ActivityRow.digest, ActivityRow.definition)
    rows = ask_among(columns, ActivityRow.digest, digests, on=on)
    return lambda: dict(rows())


def list_names(digests: Collection[bytes]) -> Mapping[bytes, list[str]]:
    """Return what people were called, by digest; those nobody has named before are missing."""
    return ask_names(digests, line())()


def ask_names(digests: Collection[bytes], on: Line) -> Callable[[], Mapping[bytes, list[str]]]:
    """Ask as `list_names` does."""
    rows = ask_among((AgentRow.digest, AgentRow.names), AgentRow.digest, digests, on=on)
    return lambda: {digest: msgspec.json.decode(held) for digest, held in rows()}
