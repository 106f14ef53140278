"""Who acts, with which roles and how far each reaches."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NewType
from uuid import UUID

Permission = NewType("Permission", str)
"""`feature:verb`, declared in a feature's policy."""


class Role(StrEnum):
    """What a person is here for; a person may hold several, each with its scope."""

    LEARNER = "learner"
    PARTNER_ADMIN = "partner_admin"
    TRAINER = "trainer"
    CHANNEL_MANAGER = "channel_manager"
    PROGRAMME_MANAGER = "programme_manager"
    ADMINISTRATOR = "administrator"
    AUDITOR = "auditor"


@dataclass(frozen=True, slots=True)
class Scope:
    """How far a permission reaches: everything, some organisations and all below, some regions and all below.

    The empty scope reaches nothing but what is the person's own.
    """

    everything: bool = False
    organisation_roots: frozenset[UUID] = frozenset()
    region_roots: frozenset[UUID] = frozenset()

    def __or__(self, other: "Scope") -> "Scope":
        """Return what either reaches."""
        return Scope(
            self.everything or other.everything,
            self.organisation_roots | other.organisation_roots,
            self.region_roots | other.region_roots,
        )


NOTHING = Scope()
EVERYTHING = Scope(everything=True)


@dataclass(frozen=True, slots=True)
class Grant:
    """One role and its scope."""

    role: Role
    scope: Scope


PolicyTable = Mapping[Permission, frozenset[Role]]


@dataclass(frozen=True, slots=True)
class Actor:
    """The person behind a request or job. `person_id` None is the system itself or nobody."""

    person_id: UUID | None = None
    name: str = ""
    employer_id: UUID | None = None
    grants: tuple[Grant, ...] = ()
    scopes: Mapping[Permission, Scope] = field(default_factory=dict)
    is_system: bool = False
    address: str = ""
    request_id: str = ""
    device: str = ""
    """What is known of the browser's own key, as a digest: empty without one."""

    @property
    def roles(self) -> frozenset[Role]:
        """Return every role held, whatever its scope."""
        return frozenset(grant.role for grant in self.grants)

    def may(self, permission: Permission) -> bool:
        """Return whether any role held carries `permission`, somewhere."""
        return self.is_system or permission in self.scopes

    def scope_of(self, permission: Permission) -> Scope:
        """Return how far `permission` reaches for this actor; `NOTHING` beyond one's own without it."""
        return EVERYTHING if self.is_system else self.scopes.get(permission, NOTHING)


SYSTEM = Actor(is_system=True, name="system")
NOBODY = Actor()

_current: ContextVar[Actor] = ContextVar("actor", default=NOBODY)


def scopes_of(grants: tuple[Grant, ...], table: PolicyTable) -> Mapping[Permission, Scope]:
    """Return each permission the grants carry under `table`, with the union of their scopes."""
    reached: dict[Permission, Scope] = {}
    for permission, roles in table.items():
        for grant in grants:
            if grant.role in roles:
                reached[permission] = reached.get(permission, NOTHING) | grant.scope
    return reached


def current() -> Actor:
    """Return who acts now; `NOBODY` outside a request or job."""
    return _current.get()


@contextmanager
def acting_as(actor: Actor) -> Iterator[Actor]:
    """Let `actor` be the current one inside the block."""
    token = _current.set(actor)
    try:
        yield actor
    finally:
        _current.reset(token)


def become(actor: Actor) -> None:
    """Let `actor` be the current one until the context (a request) ends."""
    _current.set(actor)
