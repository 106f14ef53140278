"""The usual statement, accepted part by part: who, did what, with what are looked up among those that came before.

Sources say the same parts again and again, byte for byte, so what follows from one is kept in mind for a while. What is
out of the ordinary in any way is left to `accepting`, which checks a statement as a whole and says what is wrong.
"""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

import msgspec
from msgspec import UNSET, Raw, Struct, UnsetType

from lms.lrs.errors import Refused
from lms.lrs.formats import shapes, words
from lms.lrs.rules import checks, comparing, filing, packing, terms, twins
from lms.lrs.values import VOIDED, Accepted, KnownActivity, KnownAgent, Version

REMEMBERED: Final = 6_000
LONGEST: Final = 1_500
"""Of what is longer no part is kept in mind; nor can so few bytes be nested too deep."""

Terms = frozenset[bytes]
_NONE: Final[Terms] = frozenset()
_PLAIN_INSTANT: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{3}(?:\d{3})?)?Z", re.ASCII)
_VOIDS: Final = f'"{VOIDED}"'.encode()


class Part(Struct, frozen=True):
    """What follows from one part: how it is written when statements are compared, its terms, whom and what it names."""

    content: Raw
    keys: int
    """How many quotes in it have a colon behind them: its keys, and what looks like one within a text."""
    lasting: Terms = _NONE
    people: Terms = _NONE
    agents: tuple[KnownAgent, ...] = ()
    activities: tuple[KnownActivity, ...] = ()


_encode: Final = msgspec.json.Encoder(order="deterministic").encode


class _Unusual(Exception):
    """This one is to be looked at as a whole."""


def accept(raw: bytes, *, version: Version, new_id: Callable[[], UUID]) -> Accepted | None:
    """Return a usual statement that keeps every rule; None for any other."""
    try:
        return _accept(raw, version, new_id)
    except (_Unusual, Refused, msgspec.DecodeError, RecursionError, ValueError):
        return None


def _accept(raw: bytes, version: Version, new_id: Callable[[], UUID]) -> Accepted:
    given = shapes.USUAL.decode(raw)
    if given.version is not UNSET:
        checks.version_of(given.version, version, "$.version")
    actor, verb, about = (
        _actor(_short(given.actor)),
        _verb(_short(given.verb)),
        _activity(_short(given.object)),
    )
    found = {"actor": actor.content, "verb": verb.content, "object": about.content}
    keys = actor.keys + verb.keys + about.keys
    activities, around = about.activities, _NONE
    if given.result is not UNSET:
        result = _result(_short(given.result))
        found["result"] = result.content
        keys += result.keys
    if given.context is not UNSET:
        context = _context(_short(given.context))
        found["context"] = context.content
        keys += context.keys
        around = context.lasting
        if context.activities:
            activities = tuple({one.digest: one for one in (*activities, *context.activities)}.values())
    _refuse_twins(raw, keys + len(found) + _set(given.id, given.timestamp, given.version))
    if twins.may_be_spaced(raw):
        raise _Unusual
    lasting = verb.lasting.union(about.lasting, around)
    written = _encode(found)
    return Accepted(
        id=new_id() if given.id is UNSET else _uuid(given.id),
        raw=raw,
        packed=packing.pack(raw),
        terms=lasting | actor.people,
        lasting=lasting,
        content=comparing.digest_of(written),
        timestamp=None if given.timestamp is UNSET else _instant(given.timestamp),
        target_id=None,
        is_voiding=False,
        agents=actor.agents,
        activities=activities,
        attachments=(),
    )


def _short(given: Raw) -> bytes:
    if len(memoryview(given)) > LONGEST:
        raise _Unusual
    return bytes(given)


def _set(*given: str | UnsetType) -> int:
    return sum(one is not UNSET for one in given)


def _uuid(given: str) -> UUID:
    if words.UUID_WORD.fullmatch(given) is None:
        raise _Unusual
    return UUID(given)


def _instant(given: str) -> datetime:
    if _PLAIN_INSTANT.fullmatch(given) is None:
        raise _Unusual
    return datetime.fromisoformat(given)


def _refuse_twins(raw: bytes, keys: int) -> None:
    """Leave to others what has one key twice, or may have: more or fewer quotes with a colon than its parts.

    That is true of JSON without a space before a colon, which is asked of the whole statement.
    """
    if raw.count(b'":') != keys:
        raise _Unusual


def _part(raw: bytes, content: Mapping[str, Any], **more: Any) -> Part:
    return Part(Raw(_encode(content)), raw.count(b'":'), **more)


def _read(raw: bytes) -> Any:
    given = msgspec.json.decode(raw)
    twins.refuse(raw, given)
    return given


@lru_cache(REMEMBERED)
def _actor(raw: bytes) -> Part:
    shape = shapes.ACTOR.decode(raw)
    checks.actor(shape, "$.actor")
    people: set[bytes] = set()
    agents: dict[bytes, KnownAgent] = {}
    filing.file_actor(shape, people, agents, has_acted=True)
    content = comparing.actor(_read(raw))
    return _part(raw, content, people=frozenset(people), agents=tuple(agents.values()))


@lru_cache(REMEMBERED // 10)
def _verb(raw: bytes) -> Part:
    if _VOIDS in raw:
        raise _Unusual
    shape = shapes.VERB.decode(raw)
    checks.verb(shape, "$.verb")
    if shape.id == VOIDED:
        raise _Unusual
    return _part(raw, _read(raw), lasting=frozenset({terms.digest(terms.VERB, shape.id)}))


@lru_cache(REMEMBERED)
def _activity(raw: bytes) -> Part:
    shape = shapes.ACTIVITY.decode(raw)
    checks.activity(shape, "$.object")
    given = _read(raw)
    found = {terms.digest(terms.ACTIVITY, shape.id)}
    known = tuple(filing.described([given]))
    return _part(raw, comparing.activity(given), lasting=frozenset(found), activities=known)


def _result(raw: bytes) -> Part:
    checks.result(shapes.RESULT.decode(raw), "$.result")
    written, keys = _encode(comparing.result(msgspec.json.decode(raw))), raw.count(b'":')
    # Both have the same keys.
    if written.count(b'":') != keys or b"\\u00" in raw:
        raise _Unusual
    return Part(Raw(written), keys)


def _context(raw: bytes) -> Part:
    given = shapes.USUAL_CONTEXT.decode(raw)
    found: dict[str, Any] = {}
    lasting: Terms = _NONE
    activities: tuple[KnownActivity, ...] = ()
    if given.registration is not UNSET:
        if words.UUID_WORD.fullmatch(given.registration) is None:
            raise _Unusual
        found["registration"] = given.registration
        lasting = frozenset({terms.registration(given.registration)})
    if given.language is not UNSET:
        if not words.is_language(given.language):
            raise _Unusual
        found["language"] = given.language
    if given.revision is not UNSET:
        found["revision"] = given.revision
    if given.platform is not UNSET:
        found["platform"] = given.platform
    keys = len(found)
    if given.context_activities is not UNSET:
        around = _activities_around(bytes(given.context_activities))
        lasting, activities = lasting | around.lasting, around.activities
        found["contextActivities"], keys = around.content, keys + 1 + around.keys
    if given.extensions is not UNSET:
        extensions = _extensions(bytes(given.extensions))
        found["extensions"], keys = extensions.content, keys + 1 + extensions.keys
    _refuse_twins(raw, keys)
    # Its keys are these: what is found in it was counted above.
    return Part(Raw(_encode(found)), keys, lasting, activities=activities)


@lru_cache(REMEMBERED)
def _activities_around(raw: bytes) -> Part:
    shape = shapes.CONTEXT_ACTIVITIES.decode(raw)
    found = [one for _field, one in checks.each_activity(shape)]
    for one in found:
        checks.activity(one, "$.context.contextActivities")
    given = _read(raw)
    return _part(
        raw,
        comparing.context_activities(given),
        lasting=frozenset(terms.digest(terms.RELATED_ACTIVITY, one.id) for one in found),
        activities=tuple(filing.described(filing.raw_context_activities(given))),
    )


@lru_cache(REMEMBERED // 10)
def _extensions(raw: bytes) -> Part:
    checks.extensions(shapes.FIELDS.decode(raw), "$.context.extensions")
    return _part(raw, _read(raw))
