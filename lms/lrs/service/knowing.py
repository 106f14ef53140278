"""What statements tell of agents and activities, kept as it comes."""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

import msgspec
from sqlalchemy import update

from lms.kernel.db import db
from lms.kernel.driving import Line
from lms.kernel.inserting import insert_all
from lms.lrs.models import ActivityRow, AgentRow
from lms.lrs.queries.knowledge import ask_names, ask_written
from lms.lrs.rules.showing import merged
from lms.lrs.values import Accepted, KnownActivity, KnownAgent


class Knowledge:
    """What has been told so far of those whom these statements describe; asked for when it is made."""

    def __init__(self, statements: Iterable[Accepted], on: Line) -> None:
        told = list(statements)
        self.names = ask_names({agent.digest for one in told for agent in one.agents}, on)
        self.written = ask_written({activity.digest for one in told for activity in one.activities}, on)


def learn(statements: Iterable[Accepted], known: Knowledge, on: Line) -> None:
    """Keep whom and what these statements describe, beside what is known of them."""
    told = list(statements)
    _learn_agents([agent for one in told for agent in one.agents], known.names(), on)
    _learn_activities([activity for one in told for activity in one.activities], known.written(), on)


def _learn_agents(told: Sequence[KnownAgent], known: Mapping[bytes, list[str]], on: Line) -> None:
    names = {digest: list(held) for digest, held in known.items()}
    for one in told:
        held = names.setdefault(one.digest, [])
        if one.name is not None and one.name not in held:
            held.append(one.name)
    identifiers = {one.digest: one for one in told}
    insert_all(
        AgentRow,
        [
            {
                "digest": digest,
                "identifier": msgspec.json.encode(identifiers[digest].identifier),
                "names": msgspec.json.encode(held),
            }
            for digest, held in sorted(names.items())
            if digest not in known
        ],
        unless_there=True,
        on=on,
    )
    for digest in sorted(names.keys() & known.keys()):
        if names[digest] != known[digest]:
            db.session.execute(
                update(AgentRow)
                .where(AgentRow.digest == digest)
                .values(names=msgspec.json.encode(names[digest]))
            )


def _learn_activities(told: Sequence[KnownActivity], known: Mapping[bytes, bytes], on: Line) -> None:
    now = dict(known)
    for one in told:
        now[one.digest] = _learnt(now.get(one.digest, b"{}"), one.definition)
    insert_all(
        ActivityRow,
        [
            {"digest": digest, "definition": held}
            for digest, held in sorted(now.items())
            if digest not in known
        ],
        unless_there=True,
        on=on,
    )
    for digest, held in sorted(known.items()):
        if now[digest] != held:
            db.session.execute(
                update(ActivityRow).where(ActivityRow.digest == digest).values(definition=now[digest])
            )


def _learnt(held: bytes, told: bytes) -> bytes:
    return (
        held if told == held else _merged(held, told) if len(held) + len(told) < SHORT else _merge(held, told)
    )


def _merge(held: bytes, told: bytes) -> bytes:
    """Return a definition as it is kept with what is told of it; the same bytes if that is nothing new."""
    old = msgspec.json.decode(held)
    new = merged(old, msgspec.json.decode(told))
    return held if new == old else msgspec.json.encode(new)


SHORT = 4_000
_merged = lru_cache(maxsize=2_000)(_merge)
