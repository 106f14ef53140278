"""What a statement is found by, whom it names and what it describes."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec
from msgspec import UNSET

from lms.lrs.formats import shapes
from lms.lrs.rules import checks, terms
from lms.lrs.values import KnownActivity, KnownAgent


class Filed(NamedTuple):
    """What a statement is found by, and whom it names."""

    lasting: frozenset[bytes]
    people: frozenset[bytes]
    agents: Sequence[KnownAgent]


def filed(shape: shapes.Statement, about: shapes.Target) -> Filed:
    """Return what a statement that keeps every rule is found by."""
    around = (one for one in _activities(shape, about) if one is not about)
    lasting = {terms.digest(terms.RELATED_ACTIVITY, one.id) for one in around}
    lasting.add(terms.digest(terms.VERB, shape.verb.id))
    if isinstance(about, shapes.Activity):
        lasting.add(terms.digest(terms.ACTIVITY, about.id))
    if shape.context is not UNSET and shape.context.registration is not UNSET:
        lasting.add(terms.registration(shape.context.registration))
    people: set[bytes] = set()
    agents: dict[bytes, KnownAgent] = {}
    for actor in _actors(shape, about):
        file_actor(actor, people, agents, has_acted=actor is shape.actor or actor is about)
    return Filed(frozenset(lasting), frozenset(people), list(agents.values()))


def file_actor(
    actor: shapes.Actor, people: set[bytes], agents: dict[bytes, KnownAgent], *, has_acted: bool
) -> None:
    """Add the terms of an actor and its members, and who they are."""
    kind = terms.AGENT if has_acted else terms.RELATED_AGENT
    for one, found in _each(actor):
        word = terms.word_of(found)
        people.add(terms.digest(kind, word))
        if one.object_type == "Agent":
            key = terms.digest(b"", word)
            agents[key] = KnownAgent(key, found, None if one.name is UNSET else one.name)


def _each(actor: shapes.Actor) -> Iterator[tuple[shapes.Actor, Mapping[str, Any]]]:
    """Yield everybody whom an actor is and who has an identifier: itself, and the members of a group."""
    found = terms.identifier(actor)
    if found is not None:
        yield actor, found
    for member in actor.member or ():
        yield from _each(member)


def _inner(about: shapes.SubStatement) -> shapes.Target:
    return shapes.TARGETS[shapes.KIND.decode(about.object).object_type].decode(about.object)


def _actors(one: shapes.Statement | shapes.SubStatement, about: shapes.Target) -> Iterator[shapes.Actor]:
    yield one.actor
    if isinstance(about, shapes.Actor):
        yield about
    if isinstance(about, shapes.SubStatement):
        yield from _actors(about, _inner(about))
    if one.context is not UNSET:
        for actor in (one.context.instructor, one.context.team):
            if actor is not UNSET:
                yield actor
        yield from (agent.agent for agent in one.context.context_agents or ())
        yield from (group.group for group in one.context.context_groups or ())


def _activities(
    one: shapes.Statement | shapes.SubStatement, about: shapes.Target
) -> Iterator[shapes.Activity]:
    if isinstance(about, shapes.Activity):
        yield about
    if isinstance(about, shapes.SubStatement):
        yield from _activities(about, _inner(about))
    if one.context is not UNSET:
        yield from (activity for _field, activity in checks.context_activities(one.context))


def described(activities: Iterable[Mapping[str, Any]]) -> Sequence[KnownActivity]:
    """Return those of the activities that bring a definition; the last of several counts."""
    found = {
        key: KnownActivity(key, msgspec.json.encode(one["definition"]))
        for one in activities
        if one.get("definition")
        for key in (terms.digest(b"", one["id"]),)
    }
    return list(found.values())


def raw_activities(given: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield every activity of a statement as it was written."""
    target = given["object"]
    kind = target.get("objectType", "Activity")
    if kind == "Activity":
        yield target
    elif kind == "SubStatement":
        yield from raw_activities(target)
    yield from raw_context_activities(given.get("context", {}).get("contextActivities", {}))


def raw_context_activities(given: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield every activity of a context as it was written."""
    for value in given.values():
        yield from value if isinstance(value, list) else [value]
