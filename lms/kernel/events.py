"""Events: past-tense facts that services record, and the reactions the wiring gives them."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar
from uuid import UUID

import msgspec
from flask import current_app

from lms.kernel import audit, outbox
from lms.kernel.db import db


@dataclass(frozen=True, kw_only=True)
class Event:
    """A fact. Subclasses are frozen dataclasses of ids, enums, numbers, strings and instants.

    `SUBJECT` names the field whose id the audit trail files the fact under. `AUDITED` is False only for
    facts that come by the thousand and are kept elsewhere.
    """

    SUBJECT: ClassVar[str]
    AUDITED: ClassVar[bool] = True

    @classmethod
    def fact_name(cls) -> str:
        """Return the fact's name, as the audit trail and the outbox write it."""
        return cls.__name__


def names() -> list[str]:
    """Return the name of every fact that this program can record, in order."""
    found: set[str] = set()
    waiting: list[type[Event]] = [Event]
    while waiting:
        below = waiting.pop().__subclasses__()
        waiting += below
        found |= {kind.fact_name() for kind in below if not kind.__subclasses__()}
    return sorted(found)


def in_words(name: str) -> str:
    """Return a fact's name as words, "CourseCompleted" as "Course completed"; scripts/messages.py collects them."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).capitalize()


def field_in_words(field: str) -> str:
    """Return a fact's field as words, "valid_through" as "valid through"; scripts/messages.py collects them."""
    return field.removesuffix("_id").replace("_", " ")


Reaction = Callable[[Any], None]


@dataclass(frozen=True, slots=True)
class Wire:
    """Who reacts to one fact: `within` its transaction and `after` it, through the outbox."""

    event: type[Event]
    within: tuple[Reaction, ...] = ()
    after: tuple[Reaction, ...] = ()


class Wiring:
    """Every wire of one application."""

    def __init__(self, wires: Iterable[Wire]) -> None:
        """Index the wires; one fact is wired once."""
        self._wires: dict[str, Wire] = {}
        for wire in wires:
            if wire.event.fact_name() in self._wires:
                raise ValueError(f"{wire.event.fact_name()} is wired twice")
            self._wires[wire.event.fact_name()] = wire

    def of(self, event: type[Event]) -> Wire:
        """Return who reacts to `event`; nobody, if it is not wired."""
        return self._wires.get(event.fact_name(), Wire(event))

    def reaction(self, event_name: str, reaction_name: str) -> tuple[type[Event], Reaction]:
        """Return the fact's type and the reaction that an outbox row names; KeyError if it is no more."""
        wire = self._wires[event_name]
        return wire.event, {reaction_id(one): one for one in wire.after}[reaction_name]


def reaction_id(reaction: Reaction) -> str:
    """Return the name under which a reaction's deliveries are kept; renaming a handler needs a migration."""
    return f"{reaction.__module__}.{reaction.__qualname__}"


def install(app: Any, wires: Iterable[Wire]) -> None:
    """Give the application its wiring."""
    app.extensions["lms.events"] = Wiring(wires)


def wiring() -> Wiring:
    """Return the current application's wiring."""
    found: Wiring = current_app.extensions["lms.events"]
    return found


def record(event: Event) -> None:
    """Say that `event` has happened: audit it, react within, and store what reacts after."""
    payload: Mapping[str, Any] = msgspec.to_builtins(event)
    subject = getattr(event, event.SUBJECT)
    if not isinstance(subject, UUID):
        raise TypeError(f"{event.fact_name()}.{event.SUBJECT} is no id")
    if event.AUDITED:
        audit.record(event.fact_name(), subject_id=subject, details=dict(payload))
    wire = wiring().of(type(event))
    if wire.after:
        outbox.store(event.fact_name(), dict(payload), [reaction_id(reaction) for reaction in wire.after])
    if wire.within:
        db.session.flush()
    for reaction in wire.within:
        reaction(event)


def apply(event_name: str, reaction_name: str, payload: Mapping[str, Any]) -> None:
    """Rebuild the stored fact and let the named reaction have it."""
    event_type, reaction = wiring().reaction(event_name, reaction_name)
    reaction(msgspec.convert(payload, event_type))
