"""What one row of a table of people would do, and why not: decided from what is known, without looking anything up."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, Generic, NamedTuple, TypeVar

from email_validator import EmailNotValidError, validate_email

from lms.identity.rules.columns import folded
from lms.identity.values import OrganisationId, PersonId, PersonState, PositionId, RegionId
from lms.identity.values.imports import Cells, ImportField, Known, Problem, RowFate, Verdict, Wanted
from lms.kernel.lines import fault_of, fault_of_name
from lms.kernel.messages import Message

F = ImportField
Id = TypeVar("Id")

EXTERNAL_ID_AT_MOST: Final = 100
NAME_AT_MOST: Final = 200
EMAIL_AT_MOST: Final = 254
MISSED_AT_MOST: Final = 10_000
"""How many names that are none a directory remembers the nearest of."""
YES: Final = frozenset({"yes", "y", "true", "1", "x", "ja", "j", "wahr"})
NO: Final = frozenset({"no", "n", "false", "0", "nein", "falsch"})
ACTIVE: Final = frozenset({"active", "aktiv", "employed", "beschaftigt", "current", *YES})
LEAVES: Final = frozenset(
    {
        *("leaves", "left", "leaving", "inactive", "inaktiv", "terminated", "ended", "former"),
        *("ausgeschieden", "scheidetaus", "verlasst", "gekundigt", "ehemalig", *NO),
    }
)


class Named(NamedTuple, Generic[Id]):
    """Something that a cell may name."""

    id: Id
    name: str


Nearest = Callable[[str, Sequence[str]], str | None]


class Directory(Generic[Id]):
    """Things by their names and codes, and the nearest name to one that is none."""

    def __init__(self, things: Sequence[tuple[Named[Id], Sequence[str]]], nearest: Nearest) -> None:
        self._found: dict[str, set[Named[Id]]] = {}
        self._names = [thing.name for thing, _codes in things]
        self._nearest, self._missed = nearest, dict[str, str | None]()
        for thing, codes in things:
            for word in (thing.name, *codes):
                if key := folded(word):
                    self._found.setdefault(key, set()).add(thing)
        self.only = things[0][0] if len(things) == 1 else None

    def find(self, text: str) -> set[Named[Id]]:
        """Return everything that is called so."""
        return self._found.get(folded(text), set())

    def nearest(self, text: str) -> str | None:
        """Return the name most like a text, None if none is."""
        if text not in self._missed:
            if len(self._missed) >= MISSED_AT_MOST:
                self._missed.clear()
            self._missed[text] = self._nearest(text, self._names)
        return self._missed[text]


@dataclass(frozen=True, slots=True)
class World:
    """What the rows of an import are held against, as far as whoever brings it may reach."""

    organisations: Directory[OrganisationId]
    positions: Directory[PositionId]
    regions: Directory[RegionId]
    locales: Mapping[str, str]
    """The code of each language by its folded code and names."""
    time_zones: Mapping[str, str]
    default: Named[OrganisationId] | None
    """Where new people belong whose row does not say."""
    invites: bool
    """Whether new people are invited whose row does not say."""
    actor_id: PersonId | None


@dataclass(frozen=True, slots=True)
class Matches:
    """Who is here already under the external id and under the address of a row."""

    by_id: Known | None = None
    by_email: Known | None = None


@dataclass(slots=True)
class _Reading:
    """One row being read: what it asks for, and what is wrong with it."""

    cells: Cells
    problems: list[Problem] = field(default_factory=list)

    def refuse(self, at: ImportField | None, reason: Message) -> None:
        self.problems.append(Problem(at, reason))


def email_of(cells: Cells) -> str:
    """Return a row's address as it is compared, empty without one."""
    return cells.get(F.EMAIL, "").lower()


def judge(cells: Cells, matches: Matches, world: World) -> Verdict:
    """Return what a row would do, or every reason why it does nothing."""
    row = _Reading(cells)
    person = _person(row, matches, world)
    wanted, words = _wanted(row, world, person)
    if row.problems:
        within = person is not None and person.is_within_reach
        return Verdict(RowFate.REFUSED, person if within else None, problems=tuple(row.problems))
    if person is None:
        return Verdict(RowFate.NEW, None, wanted, {at: ("", after) for at, after in words.items()})
    changes = _changes(person, wanted, words)
    if wanted.leaves and person.organisation_id is not None:
        gone = {**changes, F.ORGANISATION: (person.organisation_name, "")}
        return Verdict(RowFate.LEAVING, person, wanted, gone)
    if not changes:
        return Verdict(RowFate.SAME, person, wanted)
    moved = F.ORGANISATION in changes
    return Verdict(RowFate.MOVED if moved else RowFate.CHANGED, person, wanted, changes)


def _person(row: _Reading, matches: Matches, world: World) -> Known | None:
    """Return whom a row speaks of, None for somebody new; and say who cannot be touched."""
    external_id = row.cells.get(F.EXTERNAL_ID)
    by_id, by_email = matches.by_id, matches.by_email
    if by_id is not None and by_email is not None and by_id.id != by_email.id:
        row.refuse(F.EMAIL, Message("The address belongs to somebody else, with another external id."))
        return by_id
    person = by_id or by_email
    if person is None:
        return None
    at = F.EXTERNAL_ID if by_id is not None else F.EMAIL
    if person.state is PersonState.ERASED:
        row.refuse(at, Message("This person was erased."))
    elif person.state is PersonState.MERGED:
        row.refuse(at, Message("This account was joined to another one. Use the address of that."))
    elif not person.is_within_reach:
        row.refuse(at, Message("This person works where you look after nobody, or nowhere any more."))
    elif person.outranks:
        row.refuse(at, Message("This person works for the manufacturer too. Ask an administrator."))
    elif by_id is None and external_id and person.external_id and person.external_id != external_id:
        row.refuse(F.EMAIL, Message("The address belongs to somebody with another external id."))
    elif person.id == world.actor_id and _is_going(row.cells):
        row.refuse(F.STATE, Message("You cannot end your own employment. Ask another administrator."))
    return person


def _is_going(cells: Cells) -> bool:
    return folded(cells.get(F.STATE, "")) in LEAVES


def _wanted(row: _Reading, world: World, person: Known | None) -> tuple[Wanted, dict[ImportField, str]]:
    """Return what a row asks for, and the same in words by field."""
    words: dict[ImportField, str] = {}
    is_new = person is None

    external_id = _line(row, F.EXTERNAL_ID, EXTERNAL_ID_AT_MOST)
    email = _email(row, is_new=is_new)
    name = _name(row, is_new=is_new)
    leaves = _is_leaving(row, is_new=is_new)
    organisation = None if leaves and not is_new else _organisation(row, world, is_new=is_new)
    if (
        person is not None
        and person.id == world.actor_id
        and organisation is not None
        and organisation.id != person.organisation_id
    ):
        row.refuse(
            F.ORGANISATION,
            Message("You cannot move yourself to another organisation. Ask another administrator."),
        )
    position = _named(row, F.POSITION, world.positions)
    region = _named(row, F.REGION, world.regions)
    if person is not None and person.organisation_id is None and organisation is None and not leaves:
        # Who works nowhere has no position or region either: there is no employment to write it into.
        for at, found in ((F.POSITION, position), (F.REGION, region)):
            if found is not None:
                row.refuse(at, Message("This person works nowhere. Name the organisation too."))
    locale = _of(row, F.LANGUAGE, world.locales, Message("There is no such language here."))
    time_zone = _of(row, F.TIME_ZONE, world.time_zones, Message("There is no such time zone."))
    invite = _yes(row, F.INVITE, otherwise=world.invites)

    said: dict[ImportField, str | None] = {
        F.EXTERNAL_ID: external_id,
        F.EMAIL: email,
        F.NAME: name,
        F.ORGANISATION: organisation.name if organisation else None,
        F.POSITION: position.name if position else None,
        F.REGION: region.name if region else None,
        F.LANGUAGE: locale,
        F.TIME_ZONE: time_zone,
    }
    words |= {at: word for at, word in said.items() if word}
    return (
        Wanted(
            external_id=external_id,
            email=email,
            name=name,
            organisation_id=organisation.id if organisation else None,
            position_id=position.id if position else None,
            region_id=region.id if region else None,
            locale=locale,
            time_zone=time_zone,
            leaves=leaves,
            invite=invite and is_new,
        ),
        words,
    )


def _line(row: _Reading, at: ImportField, longest: int) -> str | None:
    said = row.cells.get(at)
    if not said:
        return None
    if fault := fault_of(said):
        row.refuse(at, fault)
    elif len(said) > longest:
        row.refuse(at, Message("It is longer than %(most)s characters.", most=longest))
    return said


def _email(row: _Reading, *, is_new: bool) -> str | None:
    said = email_of(row.cells)
    if not said:
        if is_new:
            row.refuse(
                F.EMAIL, Message("There is nobody of this external id, and somebody new needs an address.")
            )
        return None
    if not is_address(said):
        row.refuse(F.EMAIL, Message("This is no e-mail address: %(said)s", said=said))
    elif len(said) > EMAIL_AT_MOST:
        row.refuse(F.EMAIL, Message("It is longer than %(most)s characters.", most=EMAIL_AT_MOST))
    return said


_PLAIN: Final = re.compile(r"[a-z0-9_+-]{1,64}(\.[a-z0-9_+-]{1,64})*")
_LOCAL_AT_MOST: Final = 64


def is_address(said: str) -> bool:
    """Return whether a text is an e-mail address, as forms judge it.

    A table has few domains and plain accounts: those are judged once, and by their letters alone.
    """
    account, _at, domain = said.rpartition("@")
    if _PLAIN.fullmatch(account) and len(account) <= _LOCAL_AT_MOST:
        return _is_valid(f"a@{domain}")
    return _is_valid(said)


@lru_cache(maxsize=4096)
def _is_valid(said: str) -> bool:
    try:
        validate_email(said, check_deliverability=False)
    except EmailNotValidError:
        return False
    return True


def _name(row: _Reading, *, is_new: bool) -> str | None:
    parts = (row.cells.get(F.GIVEN_NAME), row.cells.get(F.FAMILY_NAME))
    said = row.cells.get(F.NAME) or " ".join(part for part in parts if part)
    at = F.NAME if row.cells.get(F.NAME) or not any(parts) else F.GIVEN_NAME if parts[0] else F.FAMILY_NAME
    if not said:
        if is_new:
            row.refuse(at, Message("Somebody new needs a name."))
        return None
    if fault := fault_of_name(said):
        row.refuse(at, fault)
    elif len(said) > NAME_AT_MOST:
        row.refuse(at, Message("It is longer than %(most)s characters.", most=NAME_AT_MOST))
    return said


def _is_leaving(row: _Reading, *, is_new: bool) -> bool:
    said = row.cells.get(F.STATE)
    if not said:
        return False
    key = folded(said)
    if key in LEAVES:
        if is_new:
            row.refuse(
                F.STATE, Message("There is nobody here of this address or external id who could leave.")
            )
        return True
    if key not in ACTIVE:
        row.refuse(F.STATE, Message("Write “active” or “leaves”, not “%(said)s”.", said=said))
    return False


def _organisation(row: _Reading, world: World, *, is_new: bool) -> Named[OrganisationId] | None:
    if F.ORGANISATION in row.cells:
        return _named(row, F.ORGANISATION, world.organisations)
    if not is_new:
        return None
    found = world.default or world.organisations.only
    if found is None:
        row.refuse(F.ORGANISATION, Message("Somebody new needs an organisation."))
    return found


def _named(row: _Reading, at: ImportField, directory: Directory[Id]) -> Named[Id] | None:
    said = row.cells.get(at)
    if not said:
        return None
    found = directory.find(said)
    if len(found) == 1:
        return next(iter(found))
    if found:
        row.refuse(at, Message("There are %(count)s of this name: “%(said)s”.", count=len(found), said=said))
        return None
    nearest = directory.nearest(said)
    row.refuse(at, _unknown(at, said, nearest))
    return None


def _unknown(at: ImportField, said: str, nearest: str | None) -> Message:
    if at is F.ORGANISATION:
        if nearest:
            return Message(
                "You look after no organisation called “%(said)s”. The nearest is “%(nearest)s”.",
                said=said,
                nearest=nearest,
            )
        return Message("You look after no organisation called “%(said)s”.", said=said)
    if nearest:
        return Message(
            "“%(said)s” is not known here. The nearest is “%(nearest)s”.", said=said, nearest=nearest
        )
    return Message("“%(said)s” is not known here.", said=said)


def _of(row: _Reading, at: ImportField, known: Mapping[str, str], unknown: Message) -> str | None:
    said = row.cells.get(at)
    if not said:
        return None
    found = known.get(folded(said))
    if found is None:
        row.refuse(at, unknown)
    return found


def _yes(row: _Reading, at: ImportField, *, otherwise: bool) -> bool:
    said = row.cells.get(at)
    if not said:
        return otherwise
    key = folded(said)
    if key not in YES and key not in NO:
        row.refuse(at, Message("Write “yes” or “no”, not “%(said)s”.", said=said))
    return key in YES


def _changes(
    person: Known, wanted: Wanted, words: Mapping[ImportField, str]
) -> dict[ImportField, tuple[str, str]]:
    compared = {
        F.EXTERNAL_ID: (person.external_id, wanted.external_id, person.external_id or ""),
        F.EMAIL: (person.email, wanted.email, person.email),
        F.NAME: (person.name, wanted.name, person.name),
        F.ORGANISATION: (person.organisation_id, wanted.organisation_id, person.organisation_name),
        F.POSITION: (person.position_id, wanted.position_id, person.position_name),
        F.REGION: (person.region_id, wanted.region_id, person.region_name),
        F.LANGUAGE: (person.locale, wanted.locale, person.locale),
        F.TIME_ZONE: (person.time_zone, wanted.time_zone, person.time_zone),
    }
    return {
        at: (before, words[at])
        for at, (held, asked, before) in compared.items()
        if asked is not None and asked != held
    }
