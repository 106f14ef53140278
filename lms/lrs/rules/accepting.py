"""From bytes to statements that keep every rule, with all that the store files them under."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple
from uuid import UUID

import msgspec
from msgspec import UNSET

from lms.lrs.errors import Refused
from lms.lrs.formats import shapes, words
from lms.lrs.rules import checks, comparing, packing, terms, twins
from lms.lrs.values import VOIDED, Accepted, AttachmentFact, KnownActivity, KnownAgent, Version

MOST_STATEMENTS = 5000


def split(body: bytes) -> tuple[Sequence[bytes], bool]:
    """Return the statements of a body, and whether they came as a list."""
    if not body.lstrip().startswith(b"["):
        return [body], False
    try:
        found = [bytes(one) for one in shapes.MANY.decode(body)]
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise Refused(f"the body is no JSON: {error}") from error
    if len(found) > MOST_STATEMENTS:
        raise Refused(f"more than {MOST_STATEMENTS} statements at once")
    return found, True


def accept(raw: bytes, *, version: Version, new_id: Callable[[], UUID]) -> Accepted:
    """Return one statement, checked; `new_id` gives its id if it brings none. Refused where it breaks a rule."""
    try:
        shape = shapes.STATEMENT.decode(raw)
        about = checks.statement(shape, version)
        # What the shapes leave alone, such as extensions, must be JSON that can be read and written again.
        given = msgspec.json.decode(raw)
        twins.refuse(raw, given)
    except msgspec.DecodeError as error:
        raise Refused(str(error)) from error
    except (RecursionError, ValueError) as error:
        raise Refused("the statement is nested too deep, or a number in it is too long") from error
    filed = _filed(shape, about)
    activities = {one.digest: one for one in _described(given)}
    return Accepted(
        id=new_id() if shape.id is UNSET else UUID(shape.id),
        raw=raw,
        packed=packing.pack(raw),
        terms=filed.lasting | filed.people,
        lasting=filed.lasting,
        content=comparing.digest(given),
        timestamp=None if shape.timestamp is UNSET else words.read_timestamp(shape.timestamp),
        target_id=UUID(about.id) if isinstance(about, shapes.StatementRef) else None,
        is_voiding=shape.verb.id == VOIDED,
        agents=filed.agents,
        activities=list(activities.values()),
        attachments=[_fact(one) for one in _all_attachments(shape, about)],
    )


def terms_in(raw: bytes) -> frozenset[bytes]:
    """Return what a statement is found by that was accepted before."""
    shape = shapes.STATEMENT.decode(raw)
    about = shapes.TARGETS[shapes.KIND.decode(shape.object).object_type].decode(shape.object)
    filed = _filed(shape, about)
    return filed.lasting | filed.people


def _fact(one: shapes.Attachment) -> AttachmentFact:
    return AttachmentFact(one.sha2.lower(), one.content_type, one.usage_type, one.file_url is not UNSET)


def _all_attachments(shape: shapes.Statement, about: shapes.Target) -> Iterator[shapes.Attachment]:
    yield from shape.attachments or ()
    if isinstance(about, shapes.SubStatement):
        yield from about.attachments or ()


class _Filed(NamedTuple):
    """What a statement is found by, and whom it names."""

    lasting: frozenset[bytes]
    people: frozenset[bytes]
    agents: Sequence[KnownAgent]


def _filed(shape: shapes.Statement, about: shapes.Target) -> _Filed:
    lasting = {terms.digest(terms.RELATED_ACTIVITY, one.id) for one in _activities(shape, about)}
    lasting.add(terms.digest(terms.VERB, shape.verb.id))
    if isinstance(about, shapes.Activity):
        lasting.add(terms.digest(terms.ACTIVITY, about.id))
    if shape.context is not UNSET and shape.context.registration is not UNSET:
        lasting.add(terms.registration(shape.context.registration))
    people: set[bytes] = set()
    agents: dict[bytes, KnownAgent] = {}
    for actor in _actors(shape, about):
        kinds = _ACTED if actor is shape.actor or actor is about else _NAMED
        for one, found in _each(actor):
            word = terms.word_of(found)
            people.update(terms.digest(kind, word) for kind in kinds)
            if one.object_type == "Agent":
                key = terms.digest(b"", word)
                agents[key] = KnownAgent(key, found, None if one.name is UNSET else one.name)
    return _Filed(frozenset(lasting), frozenset(people), list(agents.values()))


_NAMED: Final = (terms.RELATED_AGENT,)
_ACTED: Final = (terms.AGENT, terms.RELATED_AGENT)


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


def _described(given: Mapping[str, Any]) -> Iterator[KnownActivity]:
    """Yield the activities whose definition a statement brings; the last of several counts."""
    for one in raw_activities(given):
        if one.get("definition"):
            yield KnownActivity(terms.digest(b"", one["id"]), msgspec.json.encode(one["definition"]))


def raw_activities(given: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield every activity of a statement as it was written."""
    target = given["object"]
    kind = target.get("objectType", "Activity")
    if kind == "Activity":
        yield target
    elif kind == "SubStatement":
        yield from raw_activities(target)
    for value in given.get("context", {}).get("contextActivities", {}).values():
        yield from value if isinstance(value, list) else [value]
