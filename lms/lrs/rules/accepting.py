"""From bytes to statements that keep every rule, with all that the store files them under."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

import msgspec
from msgspec import UNSET

from lms.lrs.errors import Refused
from lms.lrs.formats import shapes, words
from lms.lrs.rules import checks, comparing, terms
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


def accept(raw: bytes, *, version: Version, new_id: UUID) -> Accepted:
    """Return one statement, checked; `new_id` is its id if it brings none. Refused where it breaks a rule."""
    try:
        shape = shapes.STATEMENT.decode(raw)
        about = checks.statement(shape, version)
        # What the shapes leave alone, such as extensions, must be JSON that can be read and written again.
        given = msgspec.json.decode(raw)
        _refuse_twins(raw)
    except msgspec.DecodeError as error:
        raise Refused(str(error)) from error
    except (RecursionError, ValueError) as error:
        raise Refused("the statement is nested too deep, or a number in it is too long") from error
    agents = {one.digest: one for one in _agents(shape, about)}
    activities = {one.digest: one for one in _described(given)}
    return Accepted(
        id=new_id if shape.id is UNSET else UUID(shape.id),
        raw=raw,
        terms=frozenset(_terms(shape, about)),
        content=comparing.digest(given),
        timestamp=None if shape.timestamp is UNSET else words.read_timestamp(shape.timestamp),
        target_id=UUID(about.id) if isinstance(about, shapes.StatementRef) else None,
        is_voiding=shape.verb.id == VOIDED,
        agents=list(agents.values()),
        activities=list(activities.values()),
        attachments=[_fact(one) for one in _all_attachments(shape, about)],
    )


def _refuse_twins(raw: bytes) -> None:
    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) != len(pairs):
            names = [name for name, _value in pairs]
            twin = next(name for name in names if names.count(name) > 1)
            raise Refused(f"the key {twin!r} stands twice in one object")
        return found

    json.loads(raw, object_pairs_hook=unique)


def terms_in(raw: bytes) -> frozenset[bytes]:
    """Return what a statement is found by that was accepted before."""
    shape = shapes.STATEMENT.decode(raw)
    about = shapes.TARGETS[shapes.KIND.decode(shape.object).object_type].decode(shape.object)
    return frozenset(_terms(shape, about))


def _fact(one: shapes.Attachment) -> AttachmentFact:
    return AttachmentFact(one.sha2.lower(), one.content_type, one.usage_type, one.file_url is not UNSET)


def _all_attachments(shape: shapes.Statement, about: shapes.Target) -> Iterator[shapes.Attachment]:
    yield from shape.attachments or ()
    if isinstance(about, shapes.SubStatement):
        yield from about.attachments or ()


def _terms(shape: shapes.Statement, about: shapes.Target) -> Iterator[bytes]:
    yield terms.digest(terms.VERB, shape.verb.id)
    yield from _direct(shape.actor, about)
    yield from _related(shape, about)
    if shape.context is not UNSET and shape.context.registration is not UNSET:
        yield terms.registration(UUID(shape.context.registration))


def _direct(actor: shapes.Actor, about: shapes.Target) -> Iterator[bytes]:
    for word in terms.words_of(actor):
        yield terms.digest(terms.AGENT, word)
    if isinstance(about, shapes.Actor):
        for word in terms.words_of(about):
            yield terms.digest(terms.AGENT, word)
    elif isinstance(about, shapes.Activity):
        yield terms.digest(terms.ACTIVITY, about.id)


def _related(one: shapes.Statement | shapes.SubStatement, about: shapes.Target) -> Iterator[bytes]:
    for actor in _actors(one, about):
        for word in terms.words_of(actor):
            yield terms.digest(terms.RELATED_AGENT, word)
    for activity in _activities(one, about):
        yield terms.digest(terms.RELATED_ACTIVITY, activity.id)


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


def _agents(shape: shapes.Statement, about: shapes.Target) -> Iterator[KnownAgent]:
    waiting = list(_actors(shape, about))
    while waiting:
        actor = waiting.pop()
        found = terms.identifier(actor)
        if found is not None and actor.object_type == "Agent":
            name = None if actor.name is UNSET else actor.name
            yield KnownAgent(terms.digest(b"", terms.word_of(found)), found, name)
        waiting.extend(actor.member or ())


def _described(given: Mapping[str, Any]) -> Iterator[KnownActivity]:
    """Yield the activities whose definition a statement brings; the last of several counts."""
    for one in raw_activities(given):
        if one.get("definition"):
            yield KnownActivity(terms.digest(b"", one["id"]), one["id"], one["definition"])


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
