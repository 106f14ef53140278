"""What others may hold of identity: ids, kinds and frozen pictures of people and organisations."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType
from uuid import UUID

from lms.kernel.actor import Role
from lms.web.words import lazy as _l

PersonId = NewType("PersonId", UUID)
OrganisationId = NewType("OrganisationId", UUID)
RegionId = NewType("RegionId", UUID)
BrandId = NewType("BrandId", UUID)
PositionId = NewType("PositionId", UUID)
SignInId = NewType("SignInId", UUID)

NameHold = Callable[[Collection[PersonId]], Collection[PersonId]]
"""Says whose names, of these people's, a feature shows as proof of something."""


class OrganisationKind(StrEnum):
    """The manufacturer that runs this installation, or a partner of theirs."""

    OEM = "oem"
    PARTNER = "partner"


class ResellerModel(StrEnum):
    """How a partner sells."""

    DISTRIBUTOR = "distributor"
    RESELLER = "reseller"
    DEALER = "dealer"
    FRANCHISEE = "franchisee"
    MSP = "msp"
    SYSTEM_INTEGRATOR = "system_integrator"
    REFERRAL = "referral"


MODEL_WORDS: Mapping[ResellerModel, str] = {
    ResellerModel.DISTRIBUTOR: _l("Distributor"),
    ResellerModel.RESELLER: _l("Reseller"),
    ResellerModel.DEALER: _l("Dealer"),
    ResellerModel.FRANCHISEE: _l("Franchisee"),
    ResellerModel.MSP: _l("Managed service provider"),
    ResellerModel.SYSTEM_INTEGRATOR: _l("System integrator"),
    ResellerModel.REFERRAL: _l("Referral partner"),
}


class PersonState(StrEnum):
    """Whether a person can sign in."""

    INVITED = "invited"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    ERASED = "erased"
    MERGED = "merged"
    """Joined to another account of the same person, which everything is in now."""


GONE = frozenset({PersonState.ERASED, PersonState.MERGED})
"""Accounts that nobody is behind any more: no list shows them unless it is asked for them."""


class LinkKind(StrEnum):
    """What a single-use link is for."""

    INVITATION = "invitation"
    RESET = "reset"


class PasswordFault(StrEnum):
    """Why a password is not taken."""

    SHORT = "short"
    LONG = "long"
    COMMON = "common"
    REPEATED = "repeated"
    PERSONAL = "personal"


class RoleReach(StrEnum):
    """How far a role may be given."""

    EVERYTHING = "everything"
    ORGANISATION = "organisation"
    REGION = "region"


ROLES: Mapping[Role, str] = {
    Role.LEARNER: _l("Learner"),
    Role.PARTNER_ADMIN: _l("Partner admin"),
    Role.CHANNEL_MANAGER: _l("Channel manager"),
    Role.TRAINER: _l("Trainer"),
    Role.PROGRAMME_MANAGER: _l("Programme manager"),
    Role.ADMINISTRATOR: _l("Administrator"),
    Role.AUDITOR: _l("Auditor"),
}


@dataclass(frozen=True, slots=True)
class Organisation:
    """An organisation as others see it. `parent_id` is the partner above, None at the top."""

    id: OrganisationId
    name: str
    kind: OrganisationKind
    model: ResellerModel | None
    parent_id: OrganisationId | None
    region_id: RegionId | None
    country: str


@dataclass(frozen=True, slots=True)
class Region:
    """A region; regions nest."""

    id: RegionId
    name: str
    code: str
    parent_id: RegionId | None


@dataclass(frozen=True, slots=True)
class Brand:
    """A product brand of the manufacturer. `code` is two letters, as a hallmark's maker."""

    id: BrandId
    name: str
    code: str


@dataclass(frozen=True, slots=True)
class Position:
    """A person's job at a partner."""

    id: PositionId
    name: str
    code: str


def initials_of(name: str) -> str:
    """Return the first letters of a name's first and last word."""
    words = name.split()
    return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper()


@dataclass(frozen=True, slots=True)
class Person:
    """A person with their employment of today, if any."""

    id: PersonId
    name: str
    email: str
    locale: str
    time_zone: str
    state: PersonState
    employer_id: OrganisationId | None = None
    employer_name: str = ""
    position_id: PositionId | None = None
    position_name: str = ""
    external_id: str | None = None

    @property
    def initials(self) -> str:
        """Return the first letters of the first and last name, for the avatar."""
        return initials_of(self.name)


NO_PEOPLE: Mapping[PersonId, Person] = {}


@dataclass(frozen=True, slots=True)
class OpenSignIn:
    """One place where a person is signed in."""

    id: SignInId
    since: datetime
    address: str
    user_agent: str
    is_this_one: bool


@dataclass(frozen=True, slots=True)
class ShowcasePerson:
    """Somebody a demo's sign-in page offers: who they are and what their part shows."""

    person: Person
    role: Role
    line: str


@dataclass(frozen=True, slots=True)
class LinkOffer:
    """Whom a single-use link that still works belongs to."""

    person: Person
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class PersonEntry:
    """One row of a list of people."""

    person: Person
    roles: tuple[Role, ...]
    added_at: datetime


@dataclass(frozen=True, slots=True)
class PeopleFilter:
    """What a reader narrows a list of people to; None means any, and nobody erased."""

    words: str = ""
    organisation_id: OrganisationId | None = None
    position_id: PositionId | None = None
    role: Role | None = None
    state: PersonState | None = None


@dataclass(frozen=True, slots=True)
class EmploymentSpell:
    """One stay of a person at an organisation; `ended_at` None while it lasts."""

    organisation_id: OrganisationId
    organisation_name: str
    position_name: str
    started_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class HeldRole:
    """A role a person holds and where: `place` is an organisation's or region's name, empty for everything."""

    id: UUID
    role: Role
    reach: RoleReach
    place: str
    granted_at: datetime
