"""What statements tell of agents and activities, kept as it comes."""

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
from sqlalchemy import Table, update
from sqlalchemy.dialects import postgresql, sqlite

from lms.kernel.db import db
from lms.lrs.models import ActivityRow, AgentRow
from lms.lrs.queries.knowledge import list_activities, list_names
from lms.lrs.rules.showing import merged
from lms.lrs.values import Accepted, KnownActivity, KnownAgent


def learn(statements: Iterable[Accepted]) -> None:
    """Keep whom and what these statements describe."""
    told = list(statements)
    _learn_agents([agent for one in told for agent in one.agents])
    _learn_activities([activity for one in told for activity in one.activities])


def _learn_agents(told: Sequence[KnownAgent]) -> None:
    known = list_names({one.digest for one in told})
    names = {digest: list(held) for digest, held in known.items()}
    for one in told:
        held = names.setdefault(one.digest, [])
        if one.name is not None and one.name not in held:
            held.append(one.name)
    identifiers = {one.digest: msgspec.json.encode(one.identifier) for one in told}
    add_missing(
        AgentRow,
        [
            {"digest": digest, "identifier": identifiers[digest], "names": msgspec.json.encode(held)}
            for digest, held in sorted(names.items())
            if digest not in known
        ],
    )
    for digest, held in sorted(known.items()):
        if names[digest] != held:
            db.session.execute(
                update(AgentRow)
                .where(AgentRow.digest == digest)
                .values(names=msgspec.json.encode(names[digest]))
            )


def _learn_activities(told: Sequence[KnownActivity]) -> None:
    known = list_activities({one.digest for one in told})
    now = {digest: dict(held) for digest, held in known.items()}
    for one in told:
        now[one.digest] = merged(now.get(one.digest, {}), one.definition)
    add_missing(
        ActivityRow,
        [
            {"digest": digest, "definition": msgspec.json.encode(held)}
            for digest, held in sorted(now.items())
            if digest not in known
        ],
    )
    for digest, held in sorted(known.items()):
        if now[digest] != held:
            db.session.execute(
                update(ActivityRow)
                .where(ActivityRow.digest == digest)
                .values(definition=msgspec.json.encode(now[digest]))
            )


def add_missing(model: type[Any], rows: Sequence[dict[str, Any]]) -> None:
    """Insert rows that nobody else has inserted meanwhile, in one statement."""
    if not rows:
        return
    connection, table = db.session.connection(), model.__table__
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    connection.execute(_insert(dialect, table), rows)


def _insert(dialect: Any, table: Table) -> Any:
    return dialect.insert(table).on_conflict_do_nothing()
