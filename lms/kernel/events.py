"""Events: past-tense facts that services record, and the reactions the wiring gives them."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, NamedTuple
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
Several = Callable[[Any], None]

_IN_SETS = "__reacts_in_sets__"


def in_sets(reaction: Several) -> Several:
    """Mark a reaction within a transaction that takes a sequence of facts: thousands of them cost it a few queries."""
    setattr(reaction, _IN_SETS, True)
    return reaction


_BATCH = "__reacts_in_batches__"


class Past(NamedTuple):
    """A fact that reacts after its commit: the id of its message, the same at every try, and when it happened."""

    id: UUID
    at: datetime
    fact: Any


def in_batches(size: int) -> Callable[[Several], Several]:
    """Mark a reaction after a transaction that takes a sequence of `Past`, up to `size` in a transaction of its own.

    Those that wait are taken together; what one of them breaks is tried again one by one.
    """

    def marked(reaction: Several) -> Several:
        setattr(reaction, _BATCH, size)
        return reaction

    return marked


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
    record_all([event])


def record_all(facts: Sequence[Event]) -> None:
    """Say that all of these have happened, facts of one kind in a few statements however many they are.

    A reaction marked `in_sets` has those of one kind at once, any other has them one by one.
    """
    by_kind: dict[type[Event], list[Event]] = {}
    for fact in facts:
        by_kind.setdefault(type(fact), []).append(fact)
    for kind, alike in by_kind.items():
        _record_alike(kind, alike)


def _record_alike(kind: type[Event], alike: Sequence[Event]) -> None:
    name, payloads = kind.fact_name(), [dict[str, Any](msgspec.to_builtins(fact)) for fact in alike]
    if kind.AUDITED:
        audit.record_all(
            name, [(_subject_of(fact), payload) for fact, payload in zip(alike, payloads, strict=True)]
        )
    wire = wiring().of(kind)
    if wire.after:
        outbox.store_all(name, payloads, [reaction_id(reaction) for reaction in wire.after])
    if wire.within:
        db.session.flush()
    for reaction in wire.within:
        if getattr(reaction, _IN_SETS, False):
            reaction(alike)
            continue
        for fact in alike:
            reaction(fact)


def _subject_of(fact: Event) -> UUID:
    subject = getattr(fact, fact.SUBJECT)
    if not isinstance(subject, UUID):
        raise TypeError(f"{fact.fact_name()}.{fact.SUBJECT} is no id")
    return subject


def apply(event_name: str, reaction_name: str, told: Sequence[outbox.Told]) -> None:
    """Rebuild the stored facts and let the named reaction have them."""
    event_type, reaction = wiring().reaction(event_name, reaction_name)
    past = [Past(one.id, one.at, msgspec.convert(one.payload, event_type)) for one in told]
    if getattr(reaction, _BATCH, 0):
        reaction(past)
        return
    for one in past:
        reaction(one.fact)


def at_once(event_name: str, reaction_name: str) -> int:
    """Return how many facts the named reaction takes in one transaction."""
    try:
        _event_type, reaction = wiring().reaction(event_name, reaction_name)
    except KeyError:
        # Whoever delivers it says what is wrong, of each alone.
        return 1
    return int(getattr(reaction, _BATCH, 1))
