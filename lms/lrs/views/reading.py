"""The values of parameters, read strictly."""

from datetime import datetime
from uuid import UUID

import msgspec

from lms.lrs.errors import Refused
from lms.lrs.formats import shapes, words
from lms.lrs.rules import checks, terms
from lms.lrs.values import NUMBER_MAX
from lms.lrs.views.calls import Call
from lms.web.numbers import whole_number


def flag(call: Call, name: str) -> bool:
    """Return what a parameter says, true or false; false without it."""
    written = call.params.get(name, "false")
    if written not in {"true", "false"}:
        raise Refused(f"{name} is true or false")
    return written == "true"


def number(call: Call, name: str) -> int | None:
    """Return a whole number from 0."""
    written = call.params.get(name)
    found = whole_number(written, most=NUMBER_MAX)
    if written is not None and found is None:
        raise Refused(f"{name} is a whole number from 0")
    return found


def instant(call: Call, name: str) -> datetime | None:
    """Return an instant."""
    written = call.params.get(name)
    if written is None:
        return None
    found = words.read_timestamp(written)
    if found is None:
        raise Refused(f"{name} is no timestamp of RFC 3339")
    return found


def uuid(call: Call, name: str) -> UUID | None:
    """Return an id."""
    written = call.params.get(name)
    if written is None:
        return None
    if not words.UUID_WORD.fullmatch(written):
        raise Refused(f"{name} is no UUID")
    return UUID(written)


def iri(call: Call, name: str) -> str | None:
    """Return an IRI."""
    written = call.params.get(name)
    if written is not None and not words.is_iri(written):
        raise Refused(f"{name} is {checks.no_iri(written)}")
    return written


def agent(call: Call) -> shapes.Actor | None:
    """Return whom the parameter `agent` names: somebody with an identifier."""
    written = call.params.get("agent")
    if written is None:
        return None
    try:
        found = shapes.ACTOR.decode(written)
    except (msgspec.DecodeError, RecursionError, UnicodeEncodeError) as error:
        raise Refused(f"agent: {error}") from error
    checks.actor(found, "agent")
    if terms.identifier(found) is None:
        raise Refused("agent names nobody")
    return found
