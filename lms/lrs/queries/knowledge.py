"""What statements have told of agents and activities."""

from collections.abc import Collection, Mapping
from typing import Any

import msgspec
from sqlalchemy import select

from lms.kernel.db import db
from lms.lrs.models import ActivityRow, AgentRow
from lms.lrs.queries.statements import in_parts
from lms.lrs.rules import terms


def list_definitions(iris: Collection[str]) -> Mapping[str, Mapping[str, Any]]:
    """Return what is known of activities, by IRI."""
    digests = {terms.digest(b"", iri): iri for iri in iris}
    return {digests[digest]: found for digest, found in list_activities(digests).items()}


def list_activities(digests: Collection[bytes]) -> Mapping[bytes, Mapping[str, Any]]:
    """Return what is known of activities, by digest."""
    found: dict[bytes, Mapping[str, Any]] = {}
    for part in in_parts(list(digests)):
        rows = db.session.execute(
            select(ActivityRow.digest, ActivityRow.definition).where(ActivityRow.digest.in_(part))
        )
        found |= {row.digest: msgspec.json.decode(row.definition) for row in rows}
    return found


def list_names(digests: Collection[bytes]) -> Mapping[bytes, list[str]]:
    """Return what people were called, by digest; those nobody has named before are missing."""
    found: dict[bytes, list[str]] = {}
    for part in in_parts(list(digests)):
        rows = db.session.execute(select(AgentRow.digest, AgentRow.names).where(AgentRow.digest.in_(part)))
        found |= {row.digest: msgspec.json.decode(row.names) for row in rows}
    return found
